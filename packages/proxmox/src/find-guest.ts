import { nearestNames, ToolError } from '@rackwarden/core'
import type { ProxmoxClient } from './client.ts'
import type { GuestPlace } from './guest-place.ts'
import type { Guest } from './resources.ts'

/** A guest as a state keeps it: where it is, and what it is called. */
export interface LocatedGuest extends GuestPlace {
  name: string
  isTemplate: boolean
}

/** Finds the one guest an id or a name means, wherever it is. */
export function findGuest(guests: readonly Guest[], reference: string): Guest {
  const wanted = bare(reference)
  const numbered = /^\d+$/.test(wanted) ? guests.find(({ id }) => id === Number(wanted)) : undefined
  if (numbered !== undefined) return numbered
  const exact = guests.filter(({ name }) => name === wanted)
  const named = exact.length > 0 ? exact : guests.filter(({ name }) => name.toLowerCase() === wanted.toLowerCase())
  const [first] = named
  if (first !== undefined && named.length === 1) return first
  if (named.length > 1)
    throw new ToolError('conflict', `${named.length} guests are called '${wanted}': ${describe(named)}.`, { hint: 'Use the id.' })
  const near = nearestNames(
    wanted,
    guests.map(({ id, name }) => (isId(wanted) ? String(id) : name)),
  )
  throw new ToolError('not_found', `There is no guest '${wanted}' that this token can see.`, {
    hint:
      near.length > 0 ? `Is it ${near.join(' or ')}?` : 'list_guests has the names and ids; get_status tells what the token may not see.',
  })
}

/** Where the guest a reference means is, with what does not change while it runs. */
export async function locateGuest(reference: string, client: ProxmoxClient, signal: AbortSignal): Promise<LocatedGuest> {
  const { guests } = await client.resources(signal)
  const { kind, node, id, name, isTemplate } = findGuest(guests, reference)
  return { kind, node, id, name, isTemplate }
}

/** Whether a reference is an id, which no rename changes. */
export function isId(reference: string): boolean {
  return /^\d+$/.test(bare(reference))
}

function bare(reference: string): string {
  return reference.trim().replace(/^(?:qemu|lxc|vm|ct)[/:]/i, '')
}

function describe(guests: readonly Guest[]): string {
  const shown = guests.slice(0, 5).map(({ id, kind, node }) => `${id} (${kind} on ${node})`)
  return [...shown, ...(guests.length > 5 ? [`${guests.length - 5} more`] : [])].join(', ')
}

/** A guest as a sentence names it: name and id. */
export function nameOf({ name, id }: Pick<Guest, 'name' | 'id'>): string {
  return name === String(id) ? name : `${name} (${id})`
}
