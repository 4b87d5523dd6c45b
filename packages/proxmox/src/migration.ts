import { ToolError } from '@rackwarden/core'
import { attempt, ifAllowed } from './attempt.ts'
import { bytesIn } from './disk-size.ts'
import { backupSentence, circumstancesOf, dependentWarnings, type Circumstances } from './circumstances.ts'
import type { ProxmoxClient } from './client.ts'
import { nameOf, type LocatedGuest } from './find-guest.ts'
import { bindMounts, disksOf, isSet, passedThrough, propertiesIn } from './guest-config.ts'
import type { Preconditions } from './guest-change-calls.ts'
import type { Guest, ResourceView } from './resources.ts'
import { gibibytes } from './verdict.ts'

/** What moving a guest depends on. */
export interface MoveState extends LocatedGuest {
  status: string
  lock: string | undefined
  ha: string | undefined
  digest: string | undefined
  /** What its disks lie on. */
  storages: readonly string[]
}

/** How a guest is moved. */
export interface Move {
  /** Told to Proxmox. */
  fields: Readonly<Record<string, string | boolean | undefined>>
  /** In a word: live, restart, offline. */
  manner: 'live' | 'restart' | 'offline'
  warnings: string[]
}

interface Moving {
  client: ProxmoxClient
  view: ResourceView
  signal: AbortSignal
  node: string
  storage: string | undefined
  dependents: ((hosts?: readonly string[]) => readonly string[]) | undefined
}

/** Finds out how a guest gets to a node, with what should be known of it; throws where it cannot, saying each reason. */
export async function planMove(state: MoveState, moving: Moving): Promise<Move & { around: Circumstances }> {
  const { client, view, signal, node, storage } = moving
  const guest = view.guests.find(({ id }) => id === state.id)
  if (guest === undefined) throw new ToolError('not_found', `${nameOf(state)} is gone.`, { hint: 'list_guests shows what there is.' })
  const [around, told] = await Promise.all([
    circumstancesOf(client, { ...guest, status: state.status }, view, signal),
    client.preconditions(state, node, signal),
  ])
  const isUp = state.status === 'running'
  const local = around.localStorages
  const reasons = [
    ...hindrances(told, around, { isUp, node, storage }),
    ...(storage === undefined ? missingStorages(view, local, node) : []),
  ]
  if (reasons.length > 0)
    throw new ToolError('conflict', `${nameOf(state)} cannot go to ${node}: ${reasons.join('; ')}.`, {
      hint: isUp
        ? 'What holds it only while it runs is no hindrance when it is stopped: shutdown_guest, then plan it again.'
        : 'Mend what it names, or choose another node.',
    })
  const manner = isUp ? (state.kind === 'qemu' ? 'live' : 'restart') : 'offline'
  const copied = local.length > 0 || told.localDisks.some(({ isDrive }) => !isDrive)
  const fields =
    state.kind === 'qemu'
      ? { target: node, online: isUp, 'with-local-disks': isUp && copied ? true : undefined, targetstorage: storage }
      : { target: node, restart: isUp ? true : undefined, 'target-storage': storage }
  const warnings = [
    ...mannerWarnings(manner, around, moving),
    ...(copied
      ? [`Its local disks are copied to ${storage ?? 'storages of the same name'} (${sizeOf(around)}): that takes as long as it takes.`]
      : []),
    ...(await placeWarnings(state, around, { ...moving, told })),
    backupSentence(around),
  ]
  return { fields, manner, warnings, around }
}

/** Why a guest cannot go there, a phrase each. */
function hindrances(
  told: Preconditions,
  { guest, config, snapshots, localStorages, replication }: Circumstances,
  { isUp, node, storage }: { isUp: boolean; node: string; storage: string | undefined },
): string[] {
  const held = passedThrough(config).filter((device) => !device.includes('mapping='))
  const devices = [...held, ...told.localResources.filter((key) => !held.some((device) => device.split(' ')[0] === key))]
  const binds = bindMounts(guest.kind, config).filter(({ key }) => !isSet(propertiesIn(config[key] ?? '')['shared']))
  const disc = told.localDisks.find(({ volume, isDrive }) => isDrive && volume.includes(':iso/'))
  const withMemory = snapshots.filter(({ vmstate }) => vmstate).map(({ name }) => name)
  return [
    ...(devices.length > 0 ? [`it holds devices of ${guest.node} (${devices.join(', ')})`] : []),
    ...(binds.length > 0 ? [`paths of ${guest.node} are mounted in it (${binds.map(({ volume }) => volume).join(', ')})`] : []),
    ...(disc === undefined ? [] : [`its drive holds ${disc.volume}, which only ${guest.node} has`]),
    ...(told.missingStorages.length > 0 && storage === undefined ? [`${node} does not have ${told.missingStorages.join(', ')}`] : []),
    ...(told.blocking.length > 0 ? [`HA keeps it apart from ${told.blocking.join(', ')}, which is on ${node}`] : []),
    ...(localStorages.length > 0 && isUp && snapshots.length > 0
      ? [`its local disks have snapshots (${snapshots.map(({ name }) => name).join(', ')}), and do not move with them while it runs`]
      : []),
    ...(localStorages.length > 0 && withMemory.length > 0 && storage !== undefined
      ? [`snapshots with RAM (${withMemory.join(', ')}) do not move to another storage`]
      : []),
    ...(replication.length > 0 && storage !== undefined ? ['it is replicated, and replicated disks stay on storages of one name'] : []),
  ]
}

/** A storage Proxmox does not tell of because it exists elsewhere under the same name is none. */
function missingStorages({ storages }: ResourceView, used: readonly string[], node: string): string[] {
  const lacks = used.filter((name) => !storages.some((one) => one.name === name && one.node === node && one.isAvailable))
  return lacks.length === 0 ? [] : [`${node} has no storage ${lacks.join(', ')} that is available`]
}

function mannerWarnings(manner: Move['manner'], around: Circumstances, { client, dependents }: Moving): string[] {
  if (manner === 'live') return ['It runs on while it moves, and stands still for a moment at the end.']
  if (manner === 'offline') return []
  return [
    'A container does not move while it runs: it is shut down, moved and started again.',
    ...dependentWarnings(around, { own: client.own(), dependents }),
  ]
}

async function placeWarnings(
  state: MoveState,
  { guest, config, replication, snapshots }: Circumstances,
  { client, view, signal, node, told }: Moving & { told: Preconditions },
): Promise<string[]> {
  const target = view.nodes.find(({ name }) => name === node)
  const free = target?.maxMemory === undefined || target.memory === undefined ? undefined : target.maxMemory - target.memory
  const withMemory = snapshots.filter(({ vmstate }) => vmstate).map(({ name }) => name)
  return [
    ...(free !== undefined && state.status === 'running' && (guest.maxMemory ?? 0) > free
      ? [`${node} has ${gibibytes(free)} GiB of memory free, and it may take ${gibibytes(guest.maxMemory)}.`]
      : []),
    ...(told.together.length > 0 ? [`HA moves ${told.together.join(', ')} along with it.`] : []),
    ...(await haWarnings(state, { client, signal })),
    ...(replication.length > 0
      ? [`It is replicated to ${replication.map((job) => job.target).join(', ')}: a job to ${node} turns round, others go on from there.`]
      : []),
    ...(withMemory.length > 0 ? [`Snapshots with RAM (${withMemory.join(', ')}) go back only on a like processor.`] : []),
    ...(state.status === 'running' && guest.kind === 'qemu' && /^(?:cputype=)?host\b/.test(config['cpu'] ?? '')
      ? await processorWarnings(state, { client, signal, node })
      : []),
  ]
}

/** Where HA would rather have it. */
async function haWarnings(state: MoveState, { client, signal }: Pick<Moving, 'client' | 'signal'>): Promise<string[]> {
  if (state.ha === undefined) return []
  const sid = `${state.kind === 'qemu' ? 'vm' : 'ct'}:${state.id}`
  const rules = await ifAllowed(client.haRules(signal))
  const own = (rules ?? []).filter(
    ({ resources, disable, type }) =>
      !disable && type === 'node-affinity' && (resources ?? '').split(',').some((one) => one.trim() === sid),
  )
  return [
    `HA manages it (${state.ha}) and moves it itself, a moment later.`,
    ...own.map(({ rule, nodes }) => `The HA rule ${rule} wants it on ${nodes ?? 'other nodes'}: HA may move it back.`),
  ]
}

async function processorWarnings(
  state: MoveState,
  { client, signal, node }: Pick<Moving, 'client' | 'signal' | 'node'>,
): Promise<string[]> {
  const [from, to] = await Promise.all(
    [state.node, node].map(async (name) => attempt(2_000, signal, async (own) => (await client.nodeStatus(name, own)).cpuinfo.model)),
  )
  return from?.value !== undefined && from.value === to?.value
    ? []
    : [
        `Its processor is that of the host (${from?.value ?? 'not told'}), and ${node} has ${to?.value ?? 'one that is not told'}: it may not live on there.`,
      ]
}

function sizeOf({ guest, config, localStorages }: Circumstances): string {
  const disks = disksOf(guest.kind, config).filter(({ storage }) => storage !== undefined && localStorages.includes(storage))
  return `${gibibytes(disks.reduce((sum, { size }) => sum + (bytesIn(size) ?? 0), 0))} GiB`
}

/** The node a guest is to go to; throws where that is none, or the one it is on. */
export function targetNode(view: ResourceView, wanted: string): { name: string } {
  const found = view.nodes.find(({ name }) => name === wanted.trim())
  const others = view.nodes.filter(({ isOnline }) => isOnline).map(({ name }) => name)
  if (found === undefined) throw new ToolError('not_found', `There is no node '${wanted}'.`, { hint: `They are ${others.join(', ')}.` })
  if (!found.isOnline) throw new ToolError('conflict', `${found.name} is offline.`, { hint: `Online are ${others.join(', ')}.` })
  return found
}

/** Reads a guest as moving, deleting and overwriting it need it. */
export async function readMoveState(guest: Guest, client: ProxmoxClient, signal: AbortSignal): Promise<MoveState> {
  const { kind, node, id, name, isTemplate } = guest
  const [{ status, lock, ha: managed }, config] = await Promise.all([client.status(guest, signal), client.guestConfig(guest, signal)])
  const storages = [...new Set(disksOf(kind, config).flatMap(({ storage }) => storage ?? []))]
  const ha = managed?.managed === true ? (managed.state ?? 'managed') : undefined
  return { kind, node, id, name, isTemplate, status, lock, ha, digest: config['digest'], storages }
}
