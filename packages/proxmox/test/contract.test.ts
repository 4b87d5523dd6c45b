import { openSchemaDigest, type RecordedExchange } from '@rackwarden/core/testing'
import { readFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import * as clusterSchema from '../src/cluster-schema.ts'
import * as changeSchema from '../src/guest-change-schema.ts'
import * as guestSchema from '../src/guest-schema.ts'
import proxmox from '../src/index.ts'
import { identityOf } from '../src/new-guest.ts'
import * as nodeSchema from '../src/node-schema.ts'
import { parameters } from '../src/simulation/parameters.ts'
import { openCluster } from './cluster.ts'

const file = new URL('schema-digest.json', import.meta.url)
const digest = openSchemaDigest(file, { failure: '$failure' })

const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGJ me@desk'

async function everything(release: 8 | 9) {
  const { client, exchanges, signal, read, write, health, findings, assets, census } = await openCluster({ release })
  await health()
  await findings()
  await assets()
  await census()
  await proxmox.backups?.(client, { instance: 'default', signal })
  await proxmox.rights?.(client, { instance: 'default', signal })
  for (const tool of ['get_status', 'list_nodes', 'list_guests', 'list_storage', 'list_backups']) await read(tool)
  await read('get_node', { node: 'pve1' })
  await read('check_node', { node: 'pve2' })
  for (const guest of ['router', 'dns1', 'dock1', 'jellyfin', 'media', 'camera', '900']) await read('get_guest', { guest })
  await read('ping_agent', { guest: 'dock1' })
  await read('ping_agent', { guest: 'camera' })
  await client.haStatus(signal)
  await client.ha(signal)
  await client.backupJobs(signal)
  for (const guest of ['grafana', 'git.lab.lan']) {
    await write('stop_guest', { guest })
    await write('start_guest', { guest })
    await write('restart_guest', { guest, timeout_seconds: 30 })
    await write('shutdown_guest', { guest, timeout_seconds: 30 })
    await write('create_snapshot', { guest, name: 'probe', note: 'a note & more' })
    await write('rollback_snapshot', { guest, snapshot: 'rackwarden-probe' })
    await write('delete_snapshot', { guest, snapshot: 'rackwarden-probe' })
  }
  const { output } = await write('backup_guest', { guest: 'wiki', storage: 'nas', note: 'before the move' })
  await read('list_snapshots', { guest: 'dock1' })
  const { archive } = output as { archive: string }
  await write('delete_created_backup', { guest: '215', node: 'pve2', archive })
  await read('list_templates')
  const made: { tool: string; input: Record<string, unknown> }[] = [
    {
      tool: 'create_guest',
      input: {
        from: 'debian-13-cloud',
        name: 'one',
        cores: 1,
        vlan: 7,
        disk_gib: 20,
        address: 'dhcp',
        user: 'ops',
        ssh_keys: [publicKey],
        tags: ['x'],
      },
    },
    {
      tool: 'create_guest',
      input: {
        from: 'nas:import/debian-13-generic-amd64.qcow2',
        name: 'two',
        node: 'pve2',
        disk_gib: 9,
        ssh_keys: [publicKey],
        start: true,
      },
    },
    { tool: 'create_guest', input: { from: '910', name: 'three', address: '10.30.0.77/24', gateway: '10.30.0.1' } },
    {
      tool: 'create_guest',
      input: {
        from: 'nas:vztmpl/debian-13-standard_13.1-2_amd64.tar.zst',
        name: 'four',
        ssh_keys: [publicKey],
        storage: 'ceph',
        pool: 'lab',
      },
    },
    { tool: 'clone_guest', input: { guest: '900', name: 'five', linked: true } },
    { tool: 'clone_guest', input: { guest: 'rss', name: 'six', storage: 'ceph', id: 777 } },
    { tool: 'restore_guest', input: { guest: 'mail', storage: 'ceph' } },
    { tool: 'restore_guest', input: { guest: 'proxy', name: 'seven' } },
  ]
  for (const { tool, input } of made) {
    const { output: guest } = await write(tool, input)
    const { id, guest: name } = guest as { id: number; guest: string }
    const { kind, node } = (await client.resources(signal)).guests.find((one) => one.id === id) ?? { kind: 'qemu', node: '' }
    const identity = identityOf(kind, await client.guestConfig({ kind, node, id }, signal))
    await write('delete_created_guest', { guest: String(id), name, identity })
  }
  await write('update_guest', {
    guest: '104',
    name: 'post',
    cores: 3,
    memory_mib: 1_024,
    balloon_mib: 512,
    starts_at_boot: true,
    startup: 'order=3',
    tags: [],
    description: 'a & b',
    protected: true,
  })
  await write('update_guest_config', { guest: '104', values: { name: 'mail', cores: '2', protection: null, onboot: null } })
  await write('update_guest', { guest: '213', swap_mib: 0, cores: 2, tags: ['watch'] })
  await write('migrate_guest', { guest: 'mail', node: 'pve3' })
  await write('migrate_guest', { guest: 'database', node: 'pve1' })
  await write('migrate_guest', { guest: 'grafana', node: 'pve1' })
  await write('resize_disk', { guest: 'mail', disk: 'scsi0', gib: 50 })
  await write('resize_disk', { guest: 'grafana', disk: 'rootfs', gib: 50 })
  await write('exec_guest', { guest: 'dock1', command: ['echo', 'a b', '&', 'c'], timeout_seconds: 5 })
  await write('rollback_guest', { guest: 'build', archive: 'backup:backup/vm/109/2026-06-01T01:52:00Z' })
  await write('shutdown_guest', { guest: 'ntp' })
  await write('rollback_guest', { guest: 'ntp', archive: 'backup:backup/ct/212/2026-06-01T01:34:00Z' })
  await write('delete_guest', { guest: 'ntp' })
  await write('delete_guest', { guest: 'build', unreferenced_disks: true })
  const [task] = await client.tasks.of('pve1', signal, { source: 'all', limit: 5 })
  await read('get_task', { upid: task?.upid ?? '' })
  await client.tasks.stop(task?.upid ?? '', signal)
  // What is refused has the same envelope.
  await client.guestConfig({ kind: 'qemu', node: 'pve1', id: 777 }, signal).catch(() => undefined)
  await client.api.get('/nodes/pve1/tasks', z.unknown(), signal, { pages: 3 }).catch(() => undefined)
  return exchanges
}

const walked: Record<8 | 9, RecordedExchange[]> = { 8: [], 9: [] }

beforeAll(async () => {
  for (const release of [8, 9] as const) walked[release] = await everything(release)
}, 60_000)

const numberedKey = /^(?:net|ipconfig|ide|sata|scsi|virtio|mp|hostpci|usb|virtiofs|unused|dev|serial)\d+$/

/** Forms are held to the same parameters as queries, and numbered keys to the one they stand for. */
function comparable({ method, target, sent, status, body }: RecordedExchange) {
  const fields = new URLSearchParams(sent ?? '')
  const renamed = [...fields].map(([name, value]): [string, string] => [numberedKey.test(name) ? name.replace(/\d+$/, '[n]') : name, value])
  const named = new URLSearchParams(renamed)
  const form = fields.size === 0 ? '' : `${target.includes('?') ? '&' : '?'}${named.toString()}`
  const isConfig = method === 'GET' && target.endsWith('/config') && status === 200
  return { method, target: `${target}${form}`, status, body: isConfig ? withoutNumbers(body) : body }
}

function withoutNumbers(body: string): string {
  const { data } = JSON.parse(body) as { data: Record<string, unknown> }
  const renamed = Object.entries(data).map(([key, value]) => [numberedKey.test(key) ? key.replace(/\d+$/, '[n]') : key, value])
  return JSON.stringify({ data: Object.fromEntries(renamed) as unknown })
}

const wrongOnPurpose = ({ target }: { target: string }) => target.includes('pages=3')

test.each([8, 9] as const)('every request to version %i is one the vendor’s schema describes', (release) => {
  const exchanges = walked[release].filter((exchange) => !wrongOnPurpose(exchange))
  expect(exchanges.map(comparable).flatMap(digest.requestProblems)).toEqual([])
})

test.each([8, 9] as const)('every answer of a simulated version %i has the shape of the vendor’s schema', (release) => {
  const exchanges = walked[release].filter(({ body }) => body !== '')
  expect(exchanges.map(comparable).flatMap(digest.answerProblems)).toEqual([])
})

test('the digest holds the endpoints that are used, and no others', () => {
  const used = new Set([...walked[8], ...walked[9]].map((exchange) => digest.endpointOf(exchange) ?? exchange.target))
  expect([...used].toSorted()).toEqual(digest.endpoints.toSorted())
})

test('what the simulator refuses requests by names the same parameters', () => {
  const { endpoints } = JSON.parse(readFileSync(file, 'utf8')) as { endpoints: { method: string; path: string; parameters: object }[] }
  const inJson = endpoints.map(({ method, path, parameters: given }) => [
    `${method} ${path.replace('/api2/json', '')}`,
    ...Object.keys(given).map((name) => name.replace(/^query /, '')),
  ])
  const inCode = parameters
    .trim()
    .split('\n')
    .map((line) => line.split(' '))
    .map(([method = '', path = '', ...fields]) => [`${method} ${path}`, ...fields.map((field) => field.slice(0, field.indexOf(':')))])
  expect(inCode).toEqual(inJson)
})

const { version, resource, clusterMember, haResource, haRule, haStatus, replicationJob, replicationStatus, backupJob, uncovered } =
  clusterSchema
const { nodeStatus, nodeTime, unit, disk, update, installed, certificate, volume, storagePoint, taskRow, taskStatus, logLine } = nodeSchema
const { machinePreconditions, containerPreconditions, pendingRow, programStatus } = changeSchema
const { guestStatus, snapshot, feature, agentInterfaces, containerInterface } = guestSchema

test.each<[string, z.ZodType]>([
  ['/version', version],
  ['/cluster/resources', z.array(resource)],
  ['/cluster/status', z.array(clusterMember)],
  ['/cluster/ha/resources', z.array(haResource)],
  ['/cluster/ha/rules', z.array(haRule)],
  ['/cluster/ha/status/current', z.array(haStatus)],
  ['/cluster/replication', z.array(replicationJob)],
  ['/nodes/{node}/replication', z.array(replicationStatus)],
  ['/cluster/backup', z.array(backupJob)],
  ['/cluster/backup-info/not-backed-up', z.array(uncovered)],
  ['/nodes/{node}/status', nodeStatus],
  ['/nodes/{node}/time', nodeTime],
  ['/nodes/{node}/services', z.array(unit)],
  ['/nodes/{node}/disks/list', z.array(disk)],
  ['/nodes/{node}/apt/update', z.array(update)],
  ['/nodes/{node}/apt/versions', z.array(installed)],
  ['/nodes/{node}/certificates/info', z.array(certificate)],
  ['/nodes/{node}/storage/{storage}/content', z.array(volume)],
  ['/nodes/{node}/storage/{storage}/rrddata', z.array(storagePoint)],
  ['/nodes/{node}/tasks', z.array(taskRow)],
  ['/nodes/{node}/tasks/{upid}/status', taskStatus],
  ['/nodes/{node}/tasks/{upid}/log', z.array(logLine)],
  ['/nodes/{node}/qemu/{vmid}/status/current', guestStatus],
  ['/nodes/{node}/qemu/{vmid}/snapshot', z.array(snapshot)],
  ['/nodes/{node}/qemu/{vmid}/feature', feature],
  ['/nodes/{node}/qemu/{vmid}/agent/network-get-interfaces', agentInterfaces],
  ['/nodes/{node}/lxc/{vmid}/interfaces', z.array(containerInterface)],
  ['/nodes/{node}/qemu/{vmid}/migrate', machinePreconditions],
  ['/nodes/{node}/lxc/{vmid}/migrate', containerPreconditions],
  ['/nodes/{node}/qemu/{vmid}/pending', z.array(pendingRow)],
  ['/nodes/{node}/lxc/{vmid}/pending', z.array(pendingRow)],
  ['/nodes/{node}/qemu/{vmid}/agent/exec-status', programStatus],
])('every field that is read of %s is documented there', (path, schema) => {
  const { endpoints } = JSON.parse(readFileSync(file, 'utf8')) as {
    endpoints: { method: string; path: string; responses: Record<string, { data: unknown }> }[]
  }
  const documented = endpoints.find((endpoint) => endpoint.method === 'GET' && endpoint.path === `/api2/json${path}`)?.responses['200']
    ?.data
  expect(documented).toBeDefined()
  expect(undocumented(schema, documented, '')).toEqual([])
})

function undocumented(schema: z.ZodType, shape: unknown, at: string): string[] {
  const { def } = schema as unknown as {
    def: { type: string; element?: z.ZodType; innerType?: z.ZodType; shape?: Record<string, z.ZodType> }
  }
  if (def.innerType !== undefined) return undocumented(def.innerType, shape, at)
  if (def.element !== undefined) return undocumented(def.element, Array.isArray(shape) ? shape[0] : shape, `${at}[]`)
  if (def.shape === undefined) return []
  if (typeof shape !== 'object' || shape === null) return shape === 'any' ? [] : [`${at} is no object there`]
  const known = shape as Record<string, unknown>
  return Object.entries(def.shape).flatMap(([field, inner]) => {
    const found = known[`${field}?`] ?? known[field]
    return found === undefined ? [`${at}.${field}`] : undocumented(inner, found, `${at}.${field}`)
  })
}

test('a request that departs from the schema is refused by the simulator, each wrong parameter named', async () => {
  const { client, signal, exchanges } = await openCluster()
  const asked = client.api.get('/nodes/pve1/tasks', z.unknown(), signal, { limit: -1, vmid: 'x', pages: 3 })
  await expect(asked).rejects.toMatchObject({ code: 'invalid_input', message: expect.stringMatching(/limit: .*; vmid: .*; pages: /) })
  expect(exchanges.at(-1)).toMatchObject({ status: 400, body: expect.stringContaining('"pages":"property is not defined') })
  await expect(client.api.get('/nodes/pve1/everything', z.unknown(), signal)).rejects.toMatchObject({ code: 'not_found' })
  await expect(client.api.post('/nodes/pve1/qemu/101/snapshot', signal, { snapname: '1-bad name' })).rejects.toMatchObject({
    code: 'invalid_input',
    message: expect.stringContaining('snapname'),
  })
})
