import { ToolError } from '@rackwarden/core'
import { z } from 'zod'
import type { Fields } from '../api.ts'
import type { ProxmoxClient } from '../client.ts'
import { bytesIn } from '../disk-size.ts'
import { findGuest, nameOf } from '../find-guest.ts'
import { bindMounts, disksOf, networksOf } from '../guest-config.ts'
import { completed, newGuestBasis, newGuestOutput, newGuestShape, readNewGuest, refuseTaken, settledMade, madeAs } from '../new-guest.ts'
import type { Guest, ResourceView } from '../resources.ts'
import { diskStorage, nodeFor, refuseUnreached } from '../sources.ts'
import { refuseLocked } from '../snapshot-change.ts'
import { targetOf } from '../targets.ts'
import { gibibytes } from '../verdict.ts'
import { defineTool, guestInput, some } from './define-tool.ts'

const input = z.object({
  guest: guestInput,
  ...newGuestShape,
  linked: z.boolean().optional().describe('Share the disks of a template.'),
  snapshot: z.string().max(40).optional().describe('Snapshot.'),
})

/** Copies a guest. */
export const cloneGuest = defineTool({
  name: 'clone_guest',
  title: 'Clone a guest',
  description: 'Copy a VM or container to a new id, with disks of its own or, from a template, linked ones.',
  access: 'configure',
  toolset: 'lifecycle',
  input,
  output: z.object({ ...newGuestOutput }),
  state: readNewGuest,
  basis: newGuestBasis,
  async plan(given, { state, client, instance, signal }) {
    refuseTaken(state, given.name)
    const view = await client.resources(signal)
    const guest = findGuest(view.guests, given.guest)
    const { status, lock } = await client.status(guest, signal)
    refuseLocked({ ...guest, lock })
    const config = await client.guestConfig(guest, signal)
    const isUp = status === 'running'
    await refuseUncopied(given, { ...guest, status }, { client, signal, binds: bindMounts(guest.kind, config).map(({ volume }) => volume) })
    const node = nodeFor(view, given.node ?? guest.node, undefined)
    const disks = disksOf(guest.kind, config).filter(({ storage }) => storage !== undefined)
    refuseUnreached(view, { guest, node, used: disks.flatMap(({ storage }) => storage ?? []), storage: given.storage })
    if (given.storage !== undefined) diskStorage(view, node, guest.kind, given.storage)
    const bytes = given.linked === true ? 0 : disks.reduce((sum, { size }) => sum + (bytesIn(size) ?? 0), 0)
    const fixed = networksOf(config).flatMap(({ addresses }) => addresses)
    return {
      summary: `Clone ${nameOf(guest)} to ${given.name} (${state.id}) on ${node}, ${given.linked === true ? 'linked to its disks' : 'with disks of its own'}`,
      targets: [targetOf(instance, 'guest', state.id), targetOf(instance, 'guest', guest.id)],
      diff: [
        `guest ${state.id}: (none) → ${given.name}${given.start === true ? ', started' : ', not started'}`,
        ...(bytes > 0 ? [`disks: ${gibibytes(bytes)} GiB copied${given.storage === undefined ? '' : ` to ${given.storage}`}`] : []),
        ...(given.snapshot === undefined ? [] : [`as of the snapshot ${given.snapshot}`]),
      ],
      warnings: [
        ...(fixed.length > 0 ? [`It is given the same addresses (${fixed.join(', ')}): both must not run on one network with them.`] : []),
        'What is inside is the same: host name, keys, databases, scheduled jobs.',
        ...(isUp && given.snapshot === undefined ? ['It runs: the copy is as after a power cut.'] : []),
        ...(given.linked === true ? [`${guest.name} cannot be deleted while it has linked clones.`] : []),
        ...shortage(view, { node, storage: given.storage ?? disks[0]?.storage, bytes }),
      ],
    }
  },
  async run(given, { state, client, signal, progress }) {
    const view = await client.resources(signal)
    const guest = findGuest(view.guests, given.guest)
    const node = nodeFor(view, given.node ?? guest.node, undefined)
    const place = { kind: guest.kind, node, id: state.id }
    const { warnings } = await client.tasks.wait(await client.clone(guest, fieldsOf(given, guest, place), signal), { signal, progress })
    const more =
      given.start !== true
        ? []
        : await completed(client, place, async () => {
            return (await client.tasks.wait(await client.power(place, 'start', signal), { signal, progress })).warnings
          })
    return { guest: given.name, id: state.id, node, status: 'stopped', warnings: some([...warnings, ...more]) }
  },
  settled: (after, { start = false }, before) => settledMade(after, before, start),
  settleWithinMs: 120_000,
  verified: (told, { found }) => ({ ...told, status: found?.status ?? 'gone' }),
  undo: (_, { name }, { after }) => ({ tool: 'delete_created_guest', input: madeAs(after, name) }),
})

type Wanted = z.output<typeof input>

function fieldsOf(
  { name, pool, snapshot, linked = false, storage }: Wanted,
  guest: Guest,
  { node, id }: { node: string; id: number },
): Fields {
  return {
    newid: id,
    [guest.kind === 'qemu' ? 'name' : 'hostname']: name,
    full: !linked,
    pool,
    snapname: snapshot,
    storage: linked ? undefined : storage,
    target: node === guest.node ? undefined : node,
  }
}

interface Copying {
  client: ProxmoxClient
  signal: AbortSignal
  /** Paths of its node that are mounted in it. */
  binds: readonly string[]
}

async function refuseUncopied(
  { linked = false, snapshot, storage }: Wanted,
  guest: Guest,
  { client, signal, binds }: Copying,
): Promise<void> {
  const called = nameOf(guest)
  if (linked && !guest.isTemplate)
    throw new ToolError('conflict', `${called} is no template: only templates have linked clones.`, { hint: 'Leave linked out.' })
  if (linked && storage !== undefined)
    throw new ToolError('invalid_input', 'A linked clone lies where its template lies.', { hint: 'Leave storage or linked out.' })
  if (binds.length > 0)
    throw new ToolError('conflict', `Paths of its node are mounted in ${called} (${binds.join(', ')}): Proxmox does not clone it.`, {
      hint: 'backup_guest and restore_guest make another one of it, without these paths.',
    })
  if (guest.kind === 'lxc' && guest.status === 'running' && snapshot === undefined && !linked)
    throw new ToolError('conflict', `${called} is a container that runs: it is copied only as of a snapshot, or stopped.`, {
      hint: 'create_snapshot, then clone that with snapshot; or shutdown_guest first.',
    })
  if (snapshot !== undefined && (await client.snapshots(guest, signal)).every(({ name }) => name !== snapshot))
    throw new ToolError('not_found', `${called} has no snapshot '${snapshot}'.`, { hint: 'list_snapshots has their names.' })
  if (!(await client.canClone(guest, linked, signal, snapshot)))
    throw new ToolError('conflict', `The storage of ${called} has no ${linked ? 'linked clones' : 'copies of that'}.`, {
      hint: linked ? 'Leave linked out.' : 'Leave snapshot out: copies of snapshots are not possible everywhere.',
    })
}

function shortage(view: ResourceView, { node, storage, bytes }: { node: string; storage: string | undefined; bytes: number }): string[] {
  const place = view.storages.find((one) => one.name === storage && one.node === node)
  const free = place?.total === undefined || place.used === undefined ? undefined : place.total - place.used
  return free !== undefined && free < bytes ? [`${storage} has ${gibibytes(free)} GiB free: less than the disks may come to.`] : []
}
