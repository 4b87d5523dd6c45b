import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { changedValues, changeFields, isSame, previousValues, wantedValues, type ConfigValues } from '../src/config-change.ts'
import { carriedOut, openCluster, openLab } from './cluster.ts'

const configOf = (lab: Awaited<ReturnType<typeof openLab>>, id: number) =>
  (lab.simulation.snapshot() as { guests: { id: number; config: Record<string, string | number>; snapshots: string[] }[] }).guests.find(
    (guest) => guest.id === id,
  )

describe('changing a guest', () => {
  test('shows each value before and after, keeps the old ones, and says what waits for a start', async () => {
    const lab = await openLab()
    const before = configOf(lab, 104)?.config
    const planned = await lab.call('update_guest', {
      guest: 'mail',
      cores: 4,
      memory_mib: 4_096,
      starts_at_boot: true,
      tags: ['core', 'Mail'],
    })
    expect(planned.text).toContain('cores: 2 → 4')
    expect(planned.text).toContain('memory: 2048 → 4096')
    expect(planned.text).toContain('onboot: (not set) → 1')
    expect(planned.text).toContain('tags: core → core;mail')
    expect(planned.text).toContain('what it cannot take up meanwhile holds after it was stopped and started')
    const done = await carriedOut(lab, 'update_guest', {
      guest: 'mail',
      cores: 4,
      memory_mib: 4_096,
      starts_at_boot: true,
      tags: ['core', 'Mail'],
    })
    expect(done).toMatchObject({ kind: 'done', output: { after_restart: ['cores', 'memory'] } })
    expect(configOf(lab, 104)?.config).toMatchObject({ cores: 4, memory: '4096', onboot: 1, tags: 'core;mail' })
    const undone = await carriedOut(lab, 'undo_change', { change: done.kind === 'done' ? (done.change ?? '') : '' })
    expect(undone.kind).toBe('done')
    expect(configOf(lab, 104)?.config).toEqual(before)
  })

  test('that somebody else changed meanwhile is a conflict, and overwrites nothing', async () => {
    const { cluster, client, signal, context, plan } = await openCluster()
    const { guests } = cluster
    const guest = guests.get(104)
    const { digest } = await client.guestConfig({ kind: 'qemu', node: 'pve2', id: 104 }, signal)
    if (guest !== undefined) guest.config = { ...guest.config, cores: 16 }
    await expect(client.updateConfig({ kind: 'qemu', node: 'pve2', id: 104 }, { cores: 3, digest }, context.signal)).rejects.toMatchObject({
      code: 'conflict',
    })
    expect(guest?.config['cores']).toBe(16)
    expect((await plan('update_guest', { guest: 'mail', cores: 3 })).diff).toEqual(['cores: 16 → 3'])
  })

  test('a plan is void once the configuration is another one, and the answer is the plan as it is now', async () => {
    const lab = await openLab()
    const planned = await lab.call('update_guest', { guest: 'mail', cores: 4 })
    await carriedOut(lab, 'update_guest', { guest: 'mail', memory_mib: 1_024 })
    const late = await lab.call('update_guest', { guest: 'mail', cores: 4, confirm: planned.kind === 'plan' ? planned.plan.confirm : '' })
    expect(late.kind).toBe('plan')
    expect(configOf(lab, 104)?.config['cores']).toBe(2)
  })

  test('takes a snapshot first where it is to, names it, and goes on from what that left', async () => {
    const lab = await openLab()
    const input = { guest: 'mail', cores: 4, snapshot_first: true }
    expect((await lab.call('update_guest', input)).text).toContain('first, proxmox: Take the snapshot rackwarden-1 of mail (104)')
    const done = await carriedOut(lab, 'update_guest', input)
    expect(done).toMatchObject({ kind: 'done', output: { changed: ['cores: 4'] } })
    expect(done.text).toContain('Taken first: proxmox/snapshot/104/rackwarden-1')
    expect(configOf(lab, 104)?.snapshots).toEqual(['rackwarden-1'])
  })

  test.each([
    [{ guest: 'jellyfin', cores: 2, snapshot_first: true }, 'jellyfin (206) cannot be snapshotted: mp0 mounts /mnt/media of its node'],
    [{ guest: 'legacy', cores: 1, snapshot_first: true }, 'scsi0 is on nas (nfs) and not in the format qcow2'],
    [{ guest: 'archive', cores: 1 }, 'is locked (backup)'],
    [{ guest: 'mail', swap_mib: 0 }, 'A virtual machine has no swap_mib'],
    [{ guest: 'wiki', balloon_mib: 0 }, 'A container has no balloon_mib'],
    [{ guest: 'mail', name: 'post' }, 'named by its id'],
    [{ guest: 'mail', startup: 'first' }, 'is not order=1,up=30,down=90'],
    [{ guest: 'mail', tags: ['a b'] }, 'is no tag'],
    [{ guest: 'mail' }, 'Nothing is said of what to change'],
  ])('%j is refused with the reason', async (input, why) => {
    const lab = await openLab()
    const result = await lab.call('update_guest', input)
    expect(result.kind).toBe('error')
    expect(result.text).toContain(why)
  })

  test('says why no snapshot could be taken first, also where none is asked for', async () => {
    const lab = await openLab()
    expect((await lab.call('update_guest', { guest: 'jellyfin', cores: 2 })).text).toContain(
      'No snapshot can be taken first: jellyfin (206) cannot be snapshotted: mp0 mounts /mnt/media of its node.',
    )
    expect((await lab.call('update_guest', { guest: 'mail', cores: 4 })).text).toContain(
      'snapshot_first: true would take proxmox/snapshot/104/rackwarden-1 before it.',
    )
  })

  test('to what it is already is nothing', async () => {
    const { plan } = await openCluster()
    expect(await plan('update_guest', { guest: 'mail', cores: 2, tags: ['CORE'], starts_at_boot: false })).toMatchObject({ nothing: true })
  })
})

test('what is put back is exactly what was there, of any values', () => {
  const value = fc.option(fc.stringMatching(/^[a-z0-9;=, ]{0,12}$/), { nil: null })
  const values = fc.record({ cores: value, tags: value, description: value, onboot: fc.constantFrom(null, '0', '1'), memory: value })
  fc.assert(
    fc.property(values, values, (before, wanted) => {
      const changed = changedValues({ values: before }, wanted)
      const applied: ConfigValues = { ...before, ...changed }
      for (const [key, each] of Object.entries(wanted)) expect(isSame(key, applied[key], each)).toBe(true)
      const back = { ...applied, ...previousValues({ values: before }, changed) }
      expect(back).toEqual(before)
      const { delete: gone, digest, ...set } = changeFields(changed, 'abc')
      expect(digest).toBe('abc')
      expect([...Object.keys(set), ...(gone ?? '').split(',').filter((key) => key !== '')].toSorted()).toEqual(
        Object.keys(changed).toSorted(),
      )
    }),
  )
})

test('a value that is not wanted is not sent', () => {
  expect(wantedValues({ cores: 2 }, 'qemu')).toEqual({ cores: '2' })
  expect(wantedValues({ tags: [] }, 'lxc')).toEqual({ tags: null })
})
