import { describe, expect, test } from 'vitest'
import { bytesIn } from '../src/disk-size.ts'
import { defaultWorld } from '../src/simulation/default-world.ts'
import { carriedOut, openCluster, openLab } from './cluster.ts'

const changed = (id: number, more: object) => ({ guests: defaultWorld.guests.map((one) => (one.id === id ? { ...one, ...more } : one)) })

describe('moving a guest', () => {
  test('that runs is live, and is taken back by moving it home', async () => {
    const lab = await openLab()
    const planned = await lab.call('migrate_guest', { guest: 'monitoring', node: 'pve3' })
    expect(planned.text).toContain('Move monitoring (111) from pve2 to pve3, while it runs')
    const done = await carriedOut(lab, 'migrate_guest', { guest: 'monitoring', node: 'pve3' })
    expect(done).toMatchObject({ output: { node: 'pve3', from: 'pve2', status: 'running' } })
    const undone = await carriedOut(lab, 'undo_change', { change: done.kind === 'done' ? (done.change ?? '') : '' })
    expect(undone).toMatchObject({ output: { node: 'pve2' } })
  })

  test('copies local disks along, and says how much', async () => {
    const { plan, write, exchanges } = await openCluster({ replication: [] })
    expect((await plan('migrate_guest', { guest: 'database', node: 'pve1' })).warnings).toContain(
      'Its local disks are copied to storages of the same name (16 GiB): that takes as long as it takes.',
    )
    await write('migrate_guest', { guest: 'database', node: 'pve1', storage: 'ceph' })
    const sent = Object.fromEntries(
      new URLSearchParams(exchanges.findLast(({ method, target }) => method === 'POST' && target.endsWith('/migrate'))?.sent),
    )
    expect(sent).toEqual({ target: 'pve1', online: '1', 'with-local-disks': '1', targetstorage: 'ceph' })
  })

  test('of a container restarts it, and says who is away meanwhile', async () => {
    const { plan } = await openCluster()
    const { summary, diff, warnings } = await plan('migrate_guest', { guest: 'grafana', node: 'pve1' })
    expect(summary).toContain('restarting it')
    expect(diff).toContain('status: running → stopped → running')
    expect(warnings?.[0]).toContain('A container does not move while it runs')
  })

  test('tells what HA and replication make of it', async () => {
    const { plan } = await openCluster()
    const { warnings } = await plan('migrate_guest', { guest: 'router', node: 'pve3' })
    expect(warnings).toContain('HA manages it (started) and moves it itself, a moment later.')
    expect(warnings).toContain('The HA rule router-home wants it on pve1:2,pve2:1: HA may move it back.')
    const database = await plan('migrate_guest', { guest: 'database', node: 'pve2' })
    expect(database.warnings?.join('\n')).toContain('a job to pve2 turns round')
  })

  test('warns where the processor is that of the host and the other node has another', async () => {
    const { plan } = await openCluster(changed(111, { config: { cpu: 'host' } }))
    const { warnings } = await plan('migrate_guest', { guest: 'monitoring', node: 'pve3' })
    expect(warnings?.join('\n')).toMatch(/Its processor is that of the host|It runs on while it moves/)
  })

  test.each([
    [{ guest: 'media', node: 'pve2' }, {}, 'it holds devices of pve1 (hostpci0'],
    [{ guest: 'homeassistant', node: 'pve1' }, {}, 'usb0'],
    [{ guest: 'jellyfin', node: 'pve2' }, {}, 'paths of pve1 are mounted in it (/mnt/media)'],
    [{ guest: 'dns1', node: 'pve2' }, {}, 'HA keeps it apart from ct:202, which is on pve2'],
    [{ guest: 'mail', node: 'pve9' }, {}, "There is no node 'pve9'"],
    [{ guest: 'archive', node: 'pve1' }, {}, 'is locked (backup)'],
    [
      { guest: 'mail', node: 'pve3' },
      changed(104, { config: { ide2: 'local:iso/debian.iso,media=cdrom' } }),
      'its drive holds local:iso/debian.iso',
    ],
    [
      { guest: 'database', node: 'pve1' },
      changed(110, { snapshots: [{ name: 'before', hoursAgo: 3 }] }),
      'its local disks have snapshots (before)',
    ],
    [
      { guest: 'database', node: 'pve1' },
      {
        storages: {
          ...defaultWorld.storages,
          'local-zfs': { type: 'zfspool' as const, content: 'images,rootdir', gib: 860, usedPercent: 34, nodes: ['pve3', 'pve2'] },
        },
      },
      'pve1 does not have local-zfs',
    ],
    [
      { guest: 'mail', node: 'pve3' },
      { nodes: { ...defaultWorld.nodes, pve3: { ...defaultWorld.nodes['pve3'], offline: true } as never } },
      'pve3 is offline',
    ],
  ])('%j is refused with the reason', async (input, world, why) => {
    const lab = await openLab(world)
    const result = await lab.call('migrate_guest', input)
    expect(result.kind).toBe('error')
    expect(result.text).toContain(why)
  })

  test('to where it is is nothing', async () => {
    const { plan } = await openCluster()
    expect(await plan('migrate_guest', { guest: 'mail', node: 'pve2' })).toMatchObject({ nothing: true })
  })

  test('that fails says so in the words of its task, and where it still is', async () => {
    const lab = await openLab(changed(111, { fails: { qmigrate: 'migration aborted' } }))
    const result = await carriedOut(lab, 'migrate_guest', { guest: 'monitoring', node: 'pve3' })
    expect(result).toMatchObject({ kind: 'error', error: { code: 'upstream' } })
    expect(result.text).toContain('migration aborted')
  })
})

describe('a disk', () => {
  test('grows to what is asked, and is never made smaller', async () => {
    const lab = await openLab()
    expect((await lab.call('resize_disk', { guest: 'mail', disk: 'scsi0', gib: 8 })).text).toContain('a disk is never made smaller')
    expect((await lab.call('resize_disk', { guest: 'mail', disk: 'scsi9', gib: 8 })).text).toContain('It has scsi0')
    expect(await lab.call('resize_disk', { guest: 'mail', disk: 'scsi0', gib: 16 })).toMatchObject({ kind: 'done' })
    expect((await lab.call('resize_disk', { guest: 'jellyfin', disk: 'mp0', gib: 8 })).text).toContain('is a path of its node, and no disk')
    const done = await carriedOut(lab, 'resize_disk', { guest: 'mail', disk: 'scsi0', gib: 32, snapshot_first: true })
    expect(done).toMatchObject({ output: { size: '32G' } })
    expect(done.text).toContain('Taken first: proxmox/snapshot/104/rackwarden-1')
  })

  test.each([
    ['32G', 32 * 1024 ** 3],
    ['4M', 4 * 1024 ** 2],
    ['2T', 2 * 1024 ** 4],
    ['1.5G', 1.5 * 1024 ** 3],
    ['512', 512],
    ['much', undefined],
    [undefined, undefined],
  ])('of %s has %s bytes', (size, bytes) => expect(bytesIn(size)).toBe(bytes))
})
