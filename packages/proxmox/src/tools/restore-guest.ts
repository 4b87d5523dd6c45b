import { ToolError } from '@rackwarden/core'
import { z } from 'zod'
import type { ProxmoxClient } from '../client.ts'
import { nameOf } from '../find-guest.ts'
import { networksOf } from '../guest-config.ts'
import type { GuestConfig } from '../guest-schema.ts'
import {
  completed,
  newGuestBasis,
  newGuestOutput,
  newGuestShape,
  readNewGuest,
  refuseTaken,
  settledMade,
  madeAs,
  type NewGuestState,
} from '../new-guest.ts'
import {
  archiveFor,
  archiveText,
  gatheredWarnings,
  kindIn,
  originOf,
  reachedFrom,
  restoreFields,
  unpackedTo,
  type Origin,
} from '../restoration.ts'
import type { ResourceView } from '../resources.ts'
import { nodeFor } from '../sources.ts'
import { targetOf } from '../targets.ts'
import { gibibytes } from '../verdict.ts'
import { defineTool, guestInput, some, type StateReader } from './define-tool.ts'

const input = z.object({
  guest: guestInput.describe('Name; id if it is gone.'),
  archive: z.string().optional().describe('volid; default: newest whole one.'),
  ...newGuestShape,
  name: newGuestShape.name.optional().describe('Default: the old, -restored.'),
})

type Wanted = z.output<typeof input>
type Context = { client: ProxmoxClient; signal: AbortSignal }

interface RestoreState extends NewGuestState {
  name: string
  /** The backup it is made of: a newer one makes another plan. */
  archive: string
}

const readState: StateReader<Wanted, RestoreState> = async ({ guest, archive: wanted, name: given, id }, { client, signal }) => {
  const view = await client.resources(signal)
  const origin = originOf(view, guest)
  const name = given ?? `${origin.guest?.name ?? `guest-${origin.id}`}-restored`
  const [state, archive] = await Promise.all([
    readNewGuest({ name, id }, { client, signal }),
    archiveFor(origin, wanted, { client, view, signal }),
  ])
  return { ...state, name, archive: archive.volid }
}

/** Makes a new guest of a backup, beside the one it is of. */
export const restoreGuest = defineTool({
  name: 'restore_guest',
  title: 'Restore a backup as a new guest',
  description: 'Restore a backup: bring a VM or container back, deleted or not, as a new one; what exists is not touched.',
  access: 'configure',
  toolset: 'backups',
  input,
  output: z.object({ ...newGuestOutput, archive: z.string().describe('What it was made of.') }),
  state: readState,
  basis: (state) => ({ made: newGuestBasis(state), ...(state.found === null && { archive: state.archive }) }),
  async plan(wanted, { state, client, instance, signal }) {
    refuseTaken(state, state.name)
    const { view, origin, archive, node, storage, config } = await siteOf(wanted, state, { client, signal })
    const kind = kindIn(archive)
    const place = view.storages.find((one) => one.name === storage && one.node === node)
    const free = place?.total === undefined || place.used === undefined ? undefined : place.total - place.used
    return {
      summary: `Restore ${archiveText(archive)} of ${origin.guest === undefined ? origin.name : nameOf(origin.guest)} as ${state.name} (${state.id}) on ${node}`,
      targets: [targetOf(instance, 'guest', state.id)],
      diff: [
        `guest ${state.id}: (none) → ${state.name}, a ${kind === 'qemu' ? 'virtual machine' : 'container'}${wanted.start === true ? ', started' : ', not started'}`,
        `disks: on ${storage ?? 'the storages they were on'}`,
      ],
      warnings: [
        ...besideWarnings(origin, config, wanted.start === true),
        ...gatheredWarnings(archive, config, storage),
        ...(archive.verification === undefined ? ['Whether the backup is whole was never verified.'] : []),
        ...(free !== undefined && free < archive.size
          ? [`${storage} has ${gibibytes(free)} GiB free, and the backup alone has ${gibibytes(archive.size)}.`]
          : []),
        'It may take long.',
      ],
    }
  },
  async run(wanted, { state, client, signal, progress }) {
    const { archive, node, storage } = await siteOf(wanted, state, { client, signal })
    const kind = kindIn(archive)
    const place = { kind, node, id: state.id }
    const fields = restoreFields(archive, { id: state.id, name: state.name, storage, pool: wanted.pool, isNew: true })
    const { warnings } = await client.tasks.wait(await client.create(kind, node, fields, signal), { signal, progress })
    const more =
      wanted.start !== true
        ? []
        : await completed(client, place, async () => {
            return (await client.tasks.wait(await client.power(place, 'start', signal), { signal, progress })).warnings
          })
    return { guest: state.name, id: state.id, node, status: 'stopped', archive: archive.volid, warnings: some([...warnings, ...more]) }
  },
  settled: (after, { start = false }, before) => settledMade(after, before, start),
  settleWithinMs: 120_000,
  verified: (told, { found }) => ({ ...told, status: found?.status ?? 'gone' }),
  undo: (before, _, { after }) => ({ tool: 'delete_created_guest', input: madeAs(after, before.name) }),
})

async function siteOf(wanted: Wanted, state: RestoreState, { client, signal }: Context) {
  const view = await client.resources(signal)
  const origin = originOf(view, wanted.guest)
  const archive = await archiveFor(origin, state.archive, { client, view, signal })
  const reached = reachedFrom(archive, view)
  const node = nodeFor(view, wanted.node ?? preferred(origin, view, reached), reached)
  if (!reached.includes(node))
    throw new ToolError('conflict', `${node} does not reach ${archive.storage}, where the backup is.`, {
      hint: `These do: ${reached.join(', ')}.`,
    })
  const config = origin.guest === undefined ? undefined : await client.guestConfig(origin.guest, signal)
  const storage = unpackedTo(archive, view, { node, wanted: wanted.storage, config })
  return { view, origin, archive, node, storage, config }
}

/** Where the guest itself is, as its storages are there. */
function preferred({ guest }: Origin, view: ResourceView, reached: readonly string[]): string | undefined {
  if (guest === undefined || !reached.includes(guest.node)) return undefined
  return view.nodes.some(({ name, isOnline }) => isOnline && name === guest.node) ? guest.node : undefined
}

function besideWarnings({ guest }: Origin, config: GuestConfig | undefined, isStarted: boolean): string[] {
  if (guest === undefined || config === undefined) return []
  const addresses = networksOf(config).flatMap((network) => network.addresses)
  const same =
    addresses.length === 0 ? 'the same host name, keys and jobs' : `the same addresses (${addresses.join(', ')}), host name, keys and jobs`
  return [
    `${nameOf(guest)} stays as it is; the new one has other hardware addresses, and inside ${same}${isStarted && guest.status === 'running' ? ': both will run' : ''}.`,
  ]
}
