import { ToolError, type Inverse, type Settled } from '@rackwarden/core'
import { z } from 'zod'
import type { ProxmoxClient } from './client.ts'
import { disksOf, networksOf } from './guest-config.ts'
import type { GuestConfig } from './guest-schema.ts'
import type { GuestPlace } from './guest-place.ts'
import type { Guest } from './resources.ts'

/** Inputs of whatever makes a guest. */
export const newGuestShape = {
  name: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i, 'is not a DNS name')
    .max(63)
    .describe('Name.'),
  id: z.number().int().min(100).max(999_999_999).optional().describe('Id.'),
  node: z.string().optional().describe('Node.'),
  storage: z.string().optional().describe('Storage.'),
  pool: z.string().optional().describe('Pool.'),
  start: z.boolean().optional().describe('Start.'),
} as const

/** What a tool says of the guest it made. */
export const newGuestOutput = {
  guest: z.string().describe('Name.'),
  id: z.number().describe('Id.'),
  node: z.string().describe('Node it is on.'),
  status: z.string().describe('What it does now.'),
  warnings: z.array(z.string()).optional().describe('What its tasks warned of.'),
} as const

/** A guest that bears the name that is to be given. */
export interface MadeGuest extends GuestPlace {
  status: string
  lock: string | undefined
  digest: string | undefined
  /** How often it was started, as far as the tasks of its node tell. */
  starts: number
  /** Tells it from any other that ever has its id. */
  identity: string
}

/** What making a guest depends on. */
export interface NewGuestState {
  found: MadeGuest | null
  /** The id it gets, or has. */
  id: number
}

/** Reads whether a name is free, and which id is next. */
async function newGuestStateOf(
  { name, id }: { name: string; id?: number | undefined },
  client: ProxmoxClient,
  signal: AbortSignal,
): Promise<NewGuestState> {
  const { guests } = await client.resources(signal)
  const found = guests.find((guest) => guest.name === name)
  return found === undefined
    ? { found: null, id: await client.freeId(signal, id) }
    : { found: await madeGuestOf(found, client, signal), id: found.id }
}

type Reader = (
  input: { name: string; id?: number | undefined },
  context: { client: ProxmoxClient; signal: AbortSignal },
) => Promise<NewGuestState>
/** Reads the state of whatever makes a guest. */
export const readNewGuest: Reader = async (input, { client, signal }) => newGuestStateOf(input, client, signal)

/** Reads what a guest is known by that was made here. */
export async function madeGuestOf({ kind, node, id }: Guest, client: ProxmoxClient, signal: AbortSignal): Promise<MadeGuest> {
  const place = { kind, node, id }
  const [status, config, started] = await Promise.all([
    client.status(place, signal),
    client.guestConfig(place, signal),
    client.tasks.of(node, signal, { vmid: id, typefilter: kind === 'qemu' ? 'qmstart' : 'vzstart', source: 'all', limit: 50 }),
  ])
  const { digest } = config
  return { ...place, status: status.status, lock: status.lock, digest, starts: started.length, identity: identityOf(kind, config) }
}

/** The part a plan is bound to, and by which a guest is still as it was made. */
export function newGuestBasis({ found, id }: NewGuestState): unknown {
  if (found === null) return { id }
  const { node, status, digest, starts } = found
  return { id, node, status, digest, starts }
}

/** What no two guests share: hardware addresses, or where there are none the volumes. */
export function identityOf(kind: GuestPlace['kind'], config: GuestConfig): string {
  const macs = networksOf(config).flatMap(({ mac }) => mac ?? [])
  return (macs.length > 0 ? macs : disksOf(kind, config).map(({ volume }) => volume)).toSorted().join(' ')
}

/** Refuses a name that is taken. */
export function refuseTaken({ found }: NewGuestState, name: string): void {
  if (found === null) return
  throw new ToolError('conflict', `There is a guest called ${name} already (${found.id} on ${found.node}).`, {
    hint: 'Choose another name.',
  })
}

/** Judges a guest that was made. */
export function settledMade({ found }: NewGuestState, before: NewGuestState, isStarted: boolean): Settled {
  if (found === null) return 'it is not listed yet'
  if (found.id !== before.id) return { failed: `the guest of that name is ${found.id}` }
  if (found.lock !== undefined) return `it is locked (${found.lock})`
  const wanted = isStarted ? 'running' : 'stopped'
  return found.status === wanted || `it is ${found.status}`
}

/** By what the call knows a guest that takes it away again. */
export function madeAs({ found, id }: NewGuestState, name: string): Inverse['input'] {
  return { guest: String(id), name, identity: found?.identity ?? '' }
}

/** Does what comes after a guest was made; what fails then leaves no half of one behind. */
export async function completed<Result>(client: ProxmoxClient, place: GuestPlace, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    const isGone = await discard(client, place).then(
      () => true,
      () => false,
    )
    const told = ToolError.isInstance(error) ? error : new ToolError('upstream', 'It failed unexpectedly.', { cause: error })
    const rest = isGone
      ? `What was made of it (${place.id}) was deleted again.`
      : `What was made of it is left on ${place.node} as ${place.id}.`
    throw new ToolError(told.code, `${told.message} ${rest}`, {
      hint: told.hint ?? (isGone ? 'Mend what it names, and plan it again.' : `get_guest guest=${place.id} shows it.`),
      cause: error,
    })
  }
}

async function discard(client: ProxmoxClient, place: GuestPlace): Promise<void> {
  // The caller may be gone; what was begun is ended all the same.
  const signal = AbortSignal.timeout(120_000)
  const { status } = await client.status(place, signal)
  if (status === 'running') await client.tasks.wait(await client.power(place, 'stop', signal), { signal })
  await client.tasks.wait(await client.destroy(place, { purge: true, unreferenced: false }, signal), { signal })
}
