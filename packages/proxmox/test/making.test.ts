import { describe, expect, test } from 'vitest'
import type { ProxmoxWorld } from '../src/index.ts'
import { defaultWorld } from '../src/simulation/default-world.ts'
import { carriedOut, openCluster, openLab } from './cluster.ts'

type Lab = Awaited<ReturnType<typeof openLab>>
const guestOf = (lab: Lab, id: number) =>
  (
    lab.simulation.snapshot() as { guests: { id: number; node: string; status: string; config: Record<string, string | number> }[] }
  ).guests.find((guest) => guest.id === id)
const changeOf = (result: Awaited<ReturnType<Lab['call']>>) => (result.kind === 'done' ? (result.change ?? '') : result.text)
const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGJ me@desk'

describe('a guest from a template', () => {
  const input = {
    from: 'debian-13-cloud',
    name: 'web',
    cores: 4,
    address: '10.30.0.80/24',
    gateway: '10.30.0.1',
    ssh_keys: [publicKey],
    disk_gib: 40,
    start: true,
  }

  test('gets the next free id, what was asked for, hardware addresses of its own, and is taken back whole', async () => {
    const lab = await openLab()
    const before = lab.simulation.snapshot() as { guests: unknown }
    const planned = await lab.call('create_guest', input)
    expect(planned.text).toContain('Create web (100), a virtual machine on pve1, from the template debian-13-cloud (900)')
    const done = await carriedOut(lab, 'create_guest', input)
    expect(done).toMatchObject({ kind: 'done', output: { id: 100, status: 'running' } })
    const made = guestOf(lab, 100)
    expect(made?.config).toMatchObject({ cores: 4, ipconfig0: 'ip=10.30.0.80/24,gw=10.30.0.1' })
    expect(made?.config['scsi0']).toContain('size=40G')
    expect(made?.config['net0']).not.toBe(guestOf(lab, 900)?.config['net0'])
    expect(decodeURIComponent(String(made?.config['sshkeys']))).toBe(publicKey)
    expect(made?.config['template']).toBeUndefined()
    const undone = await carriedOut(lab, 'undo_change', { change: changeOf(done) })
    expect(undone.kind).toBe('done')
    expect((lab.simulation.snapshot() as { guests: unknown }).guests).toEqual(before.guests)
  })

  test('that cannot be finished is not left half made', async () => {
    const broken: Partial<ProxmoxWorld> = {
      tokens: {
        'a@pve!b': {
          secret: 's'.repeat(12),
          rights: {
            '/': ['VM.Audit', 'Sys.Audit', 'Datastore.Audit', 'VM.Clone', 'VM.Allocate', 'Datastore.AllocateSpace', 'VM.PowerMgmt'],
          },
        },
      },
    }
    const lab = await openLab(broken)
    const result = await carriedOut(lab, 'create_guest', input)
    expect(result).toMatchObject({ kind: 'error', error: { code: 'forbidden' } })
    expect(result.text).toContain('was deleted again')
    expect(guestOf(lab, 100)).toBeUndefined()
  })

  test.each([
    [{ from: 'mail', name: 'web' }, 'is no template'],
    [{ from: 'debian-13-cloud', name: 'mail' }, 'There is a guest called mail already'],
    [{ from: 'debian-13-cloud', name: 'web', id: 101 }, 'VM 101 already exists'],
    [{ from: 'debian-13-cloud', name: 'web', gateway: '10.0.0.1' }, 'A gateway belongs to a fixed address'],
    [{ from: 'debian-13-cloud', name: 'web', disk_gib: 4 }, 'none is ever made smaller'],
    [{ from: '910', name: 'web', user: 'me' }, 'A container is given no user'],
    [{ from: 'nas:import/debian-14.qcow2', name: 'web' }, "There is no volume 'nas:import/debian-14.qcow2'"],
    [{ from: 'nas:import/debian-13-generic-amd64.qcow2', name: 'web', storage: 'backup' }, "'backup' takes no such disks"],
    [{ from: 'debian-13-cloud', name: 'web', node: 'pve9' }, 'There is no node pve9 that is online'],
    [{ from: 'debian-13-cloud', name: 'a_b' }, 'is not a DNS name'],
    [{ from: 'debian-13-cloud', name: 'web', ssh_keys: ['ssh-ed25519 AAAA\nroot'] }, 'is no public key'],
    [{ from: 'debian-13-cloud', name: 'web', bridge: 'vmbr0,firewall=0' }, 'is not the name of a bridge'],
    [{ from: 'debian-13-cloud', name: 'web', address: '10.0.0.1/24,gw=6.6.6.6' }, 'is neither dhcp nor an address'],
  ])('%j is refused with the reason', async (given, why) => {
    const lab = await openLab()
    const result = await lab.call('create_guest', given)
    expect(result.kind).toBe('error')
    expect(result.text).toContain(why)
  })
})

test('a cloud image becomes a machine with cloud-init, on the shared storage and the node with most room', async () => {
  const { write, exchanges, cluster } = await openCluster()
  await write('create_guest', { from: 'nas:import/debian-13-generic-amd64.qcow2', name: 'web', ssh_keys: [publicKey], vlan: 30 })
  const sent = Object.fromEntries(
    new URLSearchParams(exchanges.find(({ method, target }) => method === 'POST' && target.endsWith('/qemu'))?.sent),
  )
  expect(sent).toMatchObject({
    scsi0: 'ceph:0,import-from=nas:import/debian-13-generic-amd64.qcow2,discard=on,iothread=1',
    ide2: 'ceph:cloudinit',
    ipconfig0: 'ip=dhcp',
    net0: 'virtio,bridge=vmbr0,tag=30',
    sshkeys: encodeURIComponent(publicKey),
  })
  expect(cluster.guests.get(100)?.node).toBe('pve2')
  expect(cluster.guests.get(100)?.config['scsi0']).toContain('ceph:vm-100-disk-0')
})

test('a container is made unprivileged, from a file only one node has there', async () => {
  const { write, cluster } = await openCluster()
  await write('create_guest', { from: 'local:vztmpl/alpine-3.22-default_20250617_amd64.tar.xz', name: 'tiny', memory_mib: 128 })
  expect(cluster.guests.get(100)).toMatchObject({
    node: 'pve1',
    kind: 'lxc',
    config: { unprivileged: 1, memory: 128, features: 'nesting=1' },
  })
})

test('what guests can be made from is listed, each as create_guest takes it', async () => {
  const { read } = await openCluster()
  const { templates } = (await read('list_templates')) as { templates: { from: string; what: string; where: string }[] }
  expect(templates).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ from: '900', what: 'template', where: 'pve1' }),
      expect.objectContaining({ from: 'nas:import/debian-13-generic-amd64.qcow2', what: 'cloud image', where: 'shared' }),
      expect.objectContaining({
        from: 'local:vztmpl/alpine-3.22-default_20250617_amd64.tar.xz',
        what: 'container template',
        where: 'pve1',
      }),
    ]),
  )
})

describe('a clone', () => {
  test('warns of addresses that are the same, and of how much is copied', async () => {
    const { plan } = await openCluster()
    const { diff, warnings } = await plan('clone_guest', { guest: 'mail', name: 'mail-2' })
    expect(diff).toContain('disks: 16 GiB copied')
    expect(warnings?.[0]).toBe('It is given the same addresses (10.30.0.25): both must not run on one network with them.')
  })

  test.each([
    [{ guest: 'mail', name: 'x', linked: true }, 'only templates have linked clones'],
    [{ guest: 'jellyfin', name: 'x' }, 'Paths of its node are mounted in jellyfin (206) (/mnt/media)'],
    [{ guest: 'wiki', name: 'x' }, 'is copied only as of a snapshot, or stopped'],
    [{ guest: 'database', name: 'x', node: 'pve1' }, 'The disks of database (110) are local to pve3 (local-zfs)'],
    [{ guest: 'mail', name: 'x', node: 'pve1', storage: 'local-zfs' }, 'copies to another node only on a shared storage'],
    [{ guest: 'mail', name: 'x', snapshot: 'gone' }, "has no snapshot 'gone'"],
    [{ guest: 'archive', name: 'x' }, 'is locked (backup)'],
  ])('%j is refused with the reason', async (given, why) => {
    const lab = await openLab()
    const result = await lab.call('clone_guest', given)
    expect(result.kind).toBe('error')
    expect(result.text).toContain(why)
  })

  test('of a template is linked where that is wanted', async () => {
    const { write, exchanges } = await openCluster()
    await write('clone_guest', { guest: '900', name: 'linked', linked: true })
    expect(exchanges.find(({ target }) => target.endsWith('/clone'))?.sent).toContain('full=0')
  })
})

describe('taking back that a guest was made', () => {
  const made = async (lab: Lab) => carriedOut(lab, 'clone_guest', { guest: 'rss', name: 'rss-2' })

  test('deletes exactly that one, at the tier it was made with', async () => {
    const lab = await openLab()
    const done = await made(lab)
    const planned = await lab.call('undo_change', { change: changeOf(done) }, { tier: 'configure' })
    expect(planned.text).toContain('Delete rss-2 (100) again, as it was made')
    expect(planned.kind).toBe('plan')
  })

  test('takes admin once it was changed or started, and is refused once another one has its id or its name', async () => {
    const lab = await openLab()
    const done = await made(lab)
    await carriedOut(lab, 'start_guest', { guest: 'rss-2' })
    expect(await lab.call('undo_change', { change: changeOf(done) }, { tier: 'configure' })).toMatchObject({ error: { code: 'denied' } })
    expect((await lab.call('undo_change', { change: changeOf(done) })).text).toContain('no longer as the change left it')
    await carriedOut(lab, 'update_guest', { guest: '100', name: 'mine' })
    expect((await lab.call('undo_change', { change: changeOf(done) })).text).toContain('somebody made it theirs')
  })

  test('is refused for what has been running for longer than an hour', async () => {
    const { cluster, write, plan, client, signal } = await openCluster()
    await write('create_guest', { from: '910', name: 'tiny', start: true })
    const config = cluster.guests.get(100)?.config ?? {}
    const mac = /hwaddr=([^,]+)/.exec(String(config['net0']))?.[1]?.toLowerCase() ?? ''
    const input = { guest: '100', name: 'tiny', identity: mac }
    expect((await plan('delete_created_guest', input)).summary).toContain('it runs, and is powered off')
    cluster.pass(4_000)
    await expect(plan('delete_created_guest', input)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('no longer just made'),
    })
    expect((await client.status({ kind: 'lxc', node: 'pve1', id: 100 }, signal)).status).toBe('running')
  })
})

describe('restoring', () => {
  test('makes a new guest of the newest whole backup, beside the one that lives, and is taken back', async () => {
    const lab = await openLab()
    const live = guestOf(lab, 102)
    const planned = await lab.call('restore_guest', { guest: 'dock1' })
    expect(planned.text).toContain('Restore the backup of 2026-06-01 01:59 UTC (backup) of dock1 (102) as dock1-restored (100) on pve1')
    expect(planned.text).toContain('dock1 (102) stays as it is')
    const done = await carriedOut(lab, 'restore_guest', { guest: 'dock1' })
    expect(done).toMatchObject({ output: { id: 100, guest: 'dock1-restored', status: 'stopped' } })
    expect(guestOf(lab, 102)).toEqual(live)
    expect(guestOf(lab, 100)?.config['net0']).not.toBe(live?.config['net0'])
    await carriedOut(lab, 'undo_change', { change: changeOf(done) })
    expect(guestOf(lab, 100)).toBeUndefined()
  })

  test('brings back what is gone, under its own id if that is wanted', async () => {
    const lab = await openLab()
    const done = await carriedOut(lab, 'restore_guest', { guest: '999', name: 'old-mail', id: 999 })
    expect(done).toMatchObject({ output: { id: 999, guest: 'old-mail' } })
    expect(done.text).toContain('nas:backup/vzdump-qemu-999')
  })

  test.each([
    [{ guest: 'speedtest' }, 'has no whole backup'],
    [{ guest: 'archive' }, 'has no whole backup'],
    [{ guest: 'mail', archive: 'backup:backup/vm/104/2020-01-01T00:00:00Z' }, 'has no backup'],
    [{ guest: 'notes', node: 'pve1' }, 'pve1 does not reach local, where the backup is'],
    [{ guest: 'mail', name: 'router' }, 'There is a guest called router already'],
  ])('%j is refused with the reason', async (given, why) => {
    const lab = await openLab()
    const result = await lab.call('restore_guest', given)
    expect(result.kind).toBe('error')
    expect(result.text).toContain(why)
  })

  test('of a container goes to the storage it was on, and says what comes there with it', async () => {
    const guests = defaultWorld.guests.map((one) =>
      one.id === 207 ? { ...one, config: { mp0: 'nas:207/vm-207-disk-1.raw,mp=/media,size=500G,backup=1' } } : one,
    )
    const { plan, write, exchanges, cluster } = await openCluster({ guests })
    const { diff, warnings } = await plan('restore_guest', { guest: 'sonarr' })
    expect(diff).toContain('disks: on ceph')
    expect(warnings).toContain('All of a container goes to one storage: mp0 come to ceph, too.')
    await write('restore_guest', { guest: 'sonarr' })
    const sent = Object.fromEntries(
      new URLSearchParams(exchanges.find(({ method, target }) => method === 'POST' && target.endsWith('/lxc'))?.sent),
    )
    expect(sent).toMatchObject({ restore: '1', unique: '1', storage: 'ceph', hostname: 'sonarr-restored' })
    expect(cluster.guests.get(100)?.config['mp0']).toContain('ceph:')
  })

  test('over the guest itself overwrites only what is stopped, with what is named', async () => {
    const lab = await openLab()
    const archive = 'backup:backup/vm/109/2026-06-01T01:52:00Z'
    await carriedOut(lab, 'update_guest', { guest: 'build', description: 'changed since' })
    await carriedOut(lab, 'start_guest', { guest: 'build' })
    expect((await lab.call('rollback_guest', { guest: 'build', archive })).text).toContain('only what is stopped is overwritten')
    await carriedOut(lab, 'stop_guest', { guest: 'build' })
    const planned = await lab.call('rollback_guest', { guest: 'build', archive })
    expect(planned.text).toContain('restore_guest makes a new guest of the backup and loses nothing')
    expect(await carriedOut(lab, 'rollback_guest', { guest: 'build', archive })).toMatchObject({
      kind: 'done',
      output: { status: 'stopped' },
    })
  })
})

describe('deleting a guest', () => {
  test.each([
    [{ guest: 'mail' }, 'is running: only what is stopped is deleted'],
    [{ guest: 'scratch' }, 'has no backup: what is deleted without a fresh one is gone'],
    [{ guest: 'nobody' }, "There is no guest 'nobody'"],
  ])('%j is refused with the reason', async (given, why) => {
    const lab = await openLab()
    const result = await lab.call('delete_guest', given)
    expect(result.kind).toBe('error')
    expect(result.text).toContain(why)
  })

  test('names every disk, what is left of it, and what purge does; and is final', async () => {
    const lab = await openLab()
    const planned = await lab.call('delete_guest', { guest: 'build', unreferenced_disks: true })
    expect(planned.text).toContain('scsi0 ceph:vm-109-disk-0 (16G): there → gone')
    expect(planned.text).toContain('What is left is its backup of 2026-06-01 01:52 UTC (backup)')
    expect(planned.text).toContain('purge: it is taken out of backup jobs')
    expect(planned.text).toContain('unreferenced_disks:')
    expect(planned.kind === 'plan' && planned.plan.targets[0]).toBe('proxmox/guest/build')
    const done = await carriedOut(lab, 'delete_guest', { guest: 'build' })
    expect(done).toMatchObject({ output: { id: 109, disks: ['ceph:vm-109-disk-0'] } })
    expect(await lab.call('undo_change', { change: changeOf(done) })).toMatchObject({ error: { code: 'conflict' } })
  })

  test('that is protected, or that HA manages, is told before Proxmox refuses', async () => {
    const guests = defaultWorld.guests.map((one) =>
      one.id === 109 ? { ...one, ha: 'stopped' } : one.id === 102 ? { ...one, status: 'stopped' as const, config: { protection: 1 } } : one,
    )
    const lab = await openLab({ guests })
    expect((await lab.call('delete_guest', { guest: 'build', purge: false })).text).toContain(
      'managed by HA: Proxmox deletes it only with purge',
    )
    expect((await lab.call('delete_guest', { guest: 'dock1' })).text).toContain('is protected in Proxmox')
  })
})
