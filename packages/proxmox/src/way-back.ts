import { ToolError } from '@rackwarden/core'
import { z } from 'zod'
import type { ProxmoxClient } from './client.ts'
import { nameOf } from './find-guest.ts'
import type { GuestConfig } from './guest-schema.ts'
import type { GuestPlace } from './guest-place.ts'
import type { ResourceView } from './resources.ts'
import { managedName, realSnapshots, snapshotCapability } from './snapshots.ts'
import { targetOf } from './targets.ts'

/** The input by which a snapshot is taken before anything is changed. */
export const snapshotFirst = z.boolean().optional().describe('True takes a snapshot to go back to first.')

/** What a result says of it. */
export const snapshotTaken = z.string().optional().describe('Snapshot taken first: rollback_snapshot goes back to it.')

/** The guest a way back is of. */
export interface WayBackOf extends GuestPlace {
  name: string
  isTemplate: boolean
  /** What its snapshots are called; read where one is to be taken. */
  snapshots: readonly string[] | undefined
}

/** What a plan says of the way back. */
export interface PlannedWayBack {
  targets: string[]
  diff: string[]
  warnings: string[]
}

/** Names of the snapshots a guest has, where one more is wanted. */
export async function snapshotNames(
  guest: GuestPlace,
  isWanted: boolean | undefined,
  client: ProxmoxClient,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  return isWanted === true ? realSnapshots(await client.snapshots(guest, signal)).map(({ name }) => name) : undefined
}

/** Tells which snapshot is taken first, or why none can be; throws where one is wanted and cannot be. */
export async function planWayBack(
  state: WayBackOf,
  {
    client,
    config,
    view,
    instance,
    signal,
  }: { client: ProxmoxClient; config: GuestConfig; view: ResourceView; instance: string; signal: AbortSignal },
): Promise<PlannedWayBack> {
  const guest = view.guests.find(({ id }) => id === state.id)
  const capability =
    guest === undefined ? { isCapable: false, reason: 'it is not listed' } : await snapshotCapability(client, guest, config, view, signal)
  if (state.snapshots === undefined)
    return { targets: [], diff: [], warnings: capability.isCapable ? [] : [`No snapshot could be taken first: ${capability.reason}.`] }
  if (!capability.isCapable)
    throw new ToolError('conflict', `${nameOf(state)} cannot be snapshotted first: ${capability.reason}.`, {
      hint: 'Leave snapshot_first out; backup_guest keeps a copy of it instead.',
    })
  const name = managedName(state.snapshots, undefined)
  return {
    targets: [targetOf(instance, 'snapshot', `${state.id}/${name}`)],
    diff: [`snapshot ${name}: (none) → taken first`],
    warnings: [`rollback_snapshot goes back to ${name}; what is written in the guest after it is lost then.`],
  }
}

/** Does the work a plan is about behind the snapshot it named; where that fails, what is left of it is said. */
export async function withWayBack<Result>(
  state: WayBackOf,
  what: string,
  context: { client: ProxmoxClient; signal: AbortSignal; progress: (message: string) => void },
  work: (snapshot: string | undefined) => Promise<Result>,
): Promise<Result & { snapshot: string | undefined }> {
  const snapshot = await takeWayBack(state, what, context)
  try {
    return { ...(await work(snapshot)), snapshot }
  } catch (error) {
    if (snapshot === undefined || !ToolError.isInstance(error)) throw error
    throw new ToolError(error.code, `${error.message} The snapshot ${snapshot} was taken before, and stays.`, {
      hint: error.hint ?? `rollback_snapshot guest=${state.id} snapshot=${snapshot} goes back to it; delete_snapshot deletes it.`,
      cause: error,
    })
  }
}

/** Takes the snapshot a plan named; nothing where none was wanted. */
async function takeWayBack(
  state: WayBackOf,
  what: string,
  { client, signal, progress }: { client: ProxmoxClient; signal: AbortSignal; progress: (message: string) => void },
): Promise<string | undefined> {
  if (state.snapshots === undefined) return undefined
  const name = managedName(state.snapshots, undefined)
  const started = await client.createSnapshot(state, { name, note: `Before: ${what}`.slice(0, 500), withMemory: false }, signal)
  await client.tasks.wait(started, { signal, progress })
  const taken = realSnapshots(await client.snapshots(state, signal)).some((one) => one.name === name)
  if (taken) return name
  throw new ToolError('upstream', `The task says it took the snapshot ${name}, but there is none.`, { hint: 'Nothing else was done.' })
}
