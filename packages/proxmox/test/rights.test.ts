import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import proxmox, { type ProxmoxWorld } from '../src/index.ts'
import { blindSpots, holds, privilegesFor, tierOfPrivilege } from '../src/privileges.ts'
import { defaultWorld } from '../src/simulation/default-world.ts'
import { openCluster, openLab } from './cluster.ts'

const secret = 'a-secret-that-is-long-enough'
const token = (rights: Record<string, string[]>, release: 8 | 9 = 9): Partial<ProxmoxWorld> => ({
  release,
  tokens: { 'rackwarden@pve!narrow': { secret, rights } },
})
const observer = (release: 8 | 9) => token({ '/': privilegesFor('observe', release) }, release)

describe('what a token may do', () => {
  test.each([
    [9, 'observe'],
    [9, 'operate'],
    [9, 'configure'],
    [9, 'admin'],
    [8, 'observe'],
    [8, 'configure'],
    [8, 'admin'],
  ] as const)('on %i is told as the tier it was made for: %s', async (release, tier) => {
    const { client, signal } = await openCluster(token({ '/': privilegesFor(tier, release) }, release))
    expect(await proxmox.rights?.(client, { instance: 'default', signal })).toMatchObject({ highest: tier })
  })

  test('is admin where it has what no tool needs, and that is named with its place', async () => {
    const { client, signal } = await openCluster(token({ '/': ['VM.Audit'], '/vms/101': ['VM.Audit', 'Permissions.Modify'] }))
    expect(await proxmox.rights?.(client, { instance: 'default', signal })).toEqual({
      highest: 'admin',
      evidence: 'it has Permissions.Modify on /vms/101',
    })
  })

  test('is nothing where it was given nothing', async () => {
    const { client, signal } = await openCluster(token({}))
    expect(await proxmox.rights?.(client, { instance: 'default', signal })).toEqual({
      highest: 'observe',
      evidence: 'it has no privileges at all',
    })
  })

  test('holds where the nearest place says so', () => {
    const permissions = { '/': { 'VM.Audit': true, 'Sys.Audit': false }, '/vms/7': {} }
    expect(holds(permissions, '/vms/1', 'VM.Audit')).toBe(true)
    expect(holds(permissions, '/vms/7', 'VM.Audit')).toBe(false)
    expect(holds(permissions, '/', 'Sys.Audit')).toBe(true)
    expect(holds(permissions, '/nodes/x', 'Sys.Audit')).toBe(false)
  })

  test('is called differently in 8 and 9', () => {
    // It runs commands in the guest, too.
    expect(tierOfPrivilege('VM.Monitor', 8)).toBe('admin')
    expect(tierOfPrivilege('VM.GuestAgent.Audit', 9)).toBe('observe')
    expect(tierOfPrivilege('VM.GuestAgent.Unrestricted', 9)).toBe('admin')
  })
})

test('the README names the privileges of each tier, and no others', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const below = { observe: [], operate: ['observe'], configure: ['operate'], admin: ['configure'] } as const
  for (const tier of ['observe', 'operate', 'configure', 'admin'] as const) {
    const row = new RegExp(`^\\| \`${tier}\` \\| (.*\`.*) \\|$`, 'm').exec(readme)?.[1] ?? ''
    const told = [...row.matchAll(/`([A-Z]\w*(?:\.\w+)+)`/g)].map(([, name]) => name)
    const own = [8, 9].flatMap((major) => {
      const known = below[tier].flatMap((one) => privilegesFor(one, major))
      return privilegesFor(tier, major).filter((name) => !known.includes(name))
    })
    expect(new Set(told)).toEqual(new Set(own))
  }
})

describe('what a token may not see', () => {
  test('is said beside the little it sees', async () => {
    const lab = await openLab(token({ '/vms/102': ['VM.Audit'] }))
    const { text } = await lab.call('list_guests')
    expect(text).toContain('This token sees 1 guests; it lacks VM.Audit on /vms, so there may be more.')
    expect((await lab.call('get_status')).text).toContain('It lacks Sys.Audit on /: quorum, HA, Ceph and backup jobs cannot be seen.')
    expect((await lab.call('audit_backups')).text).toContain('It lacks Datastore.Audit on /storage')
  })

  test('is nothing where it sees everything', async () => {
    const { client, signal } = await openCluster(observer(9))
    expect(blindSpots(await client.permissions(signal), { guests: 50 })).toEqual([])
  })

  test('is unknown, not well, in a checkup', async () => {
    const { read } = await openCluster(observer(9))
    const { checks } = (await read('check_node', { node: 'pve1' })) as { checks: { probe: string; verdict: string; evidence: string }[] }
    expect(checks.find(({ probe }) => probe === 'updates')).toMatchObject({
      verdict: 'unknown',
      evidence: 'The token lacks Sys.Modify on /nodes/pve1.',
    })
  })
})

test.each([8, 9] as const)(
  'on %i a token of a tier may do what the tools of it do, and the cluster itself refuses the rest',
  async (release) => {
    const reader = await openLab(observer(release))
    for (const tool of ['get_status', 'list_guests', 'list_backups', 'list_storage']) expect((await reader.call(tool)).kind).toBe('done')
    const pinged = await reader.call('ping_agent', { guest: 'dock1' })
    expect(pinged).toMatchObject(
      release === 9
        ? { output: { agent: 'answers' } }
        : { error: { code: 'forbidden', message: 'The token lacks VM.Monitor on /vms/102.' } },
    )
    const planned = await reader.call('stop_guest', { guest: 'wiki' })
    const refused = await reader.call('stop_guest', { guest: 'wiki', confirm: planned.kind === 'plan' ? planned.plan.confirm : '' })
    expect(refused).toMatchObject({ error: { code: 'forbidden', message: 'The token lacks VM.PowerMgmt on /vms/215.' } })

    const keeper = await openLab(token({ '/': privilegesFor('configure', release) }, release))
    for (const [tool, input] of [
      ['create_snapshot', { guest: 'wiki' }],
      ['backup_guest', { guest: 'wiki' }],
    ] as const) {
      const plan = await keeper.call(tool, input)
      const done = await keeper.call(tool, { ...input, confirm: plan.kind === 'plan' ? plan.plan.confirm : '' })
      expect(done).toMatchObject({ kind: 'done' })
      const undo = await keeper.call('undo_change', { change: done.kind === 'done' ? (done.change ?? '') : '' })
      expect(
        (
          await keeper.call('undo_change', {
            change: done.kind === 'done' ? (done.change ?? '') : '',
            confirm: undo.kind === 'plan' ? undo.plan.confirm : '',
          })
        ).kind,
      ).toBe('done')
    }
  },
)

test('a node alone needs no quorum, and one whose cluster state may not be seen is not called lost', async () => {
  const { pve1 } = defaultWorld.nodes as Record<string, (typeof defaultWorld.nodes)[string]>
  const { read } = await openCluster({ nodes: { pve1 }, name: undefined } as never)
  expect(await read('get_status')).toMatchObject({ cluster: 'standalone', quorum: 'not needed: one node' })
  const narrow = await openCluster(token({ '/vms': ['VM.Audit'] }))
  expect(await narrow.read('get_status')).toMatchObject({ cluster: 'not told', quorum: 'not told' })
})
