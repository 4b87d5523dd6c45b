import { nearestNames, ToolError } from '@rackwarden/core'
import type { Monitor } from './kuma-schema.ts'

/** Finds the one monitor a name or an id means; an id is written `12` or, where that is a name too, `#12`. */
export function findMonitor(monitors: readonly Monitor[], reference: string): Monitor {
  const found = monitorIfAny(monitors, reference)
  if (found !== undefined) return found
  const near = nearestNames(reference, new Set(monitors.map(({ name }) => name)))
  throw new ToolError('not_found', `There is no monitor '${reference}'.`, {
    hint: near.length > 0 ? `Is it ${near.join(' or ')}?` : 'list_monitors has the names.',
  })
}

/** The same, and nothing where there is none; throws only where several are meant. */
export function monitorIfAny(monitors: readonly Monitor[], reference: string): Monitor | undefined {
  const exactly = monitors.filter(({ name }) => name === reference)
  const loosely = exactly.length > 0 ? exactly : monitors.filter(({ name }) => name.toLowerCase() === reference.trim().toLowerCase())
  if (loosely.length > 1)
    throw new ToolError('conflict', `${loosely.length} monitors are called '${reference}': ${loosely.map(describe).join(', ')}.`, {
      hint: 'Give the id, as in #12.',
    })
  const id = /^#?(\d+)$/.exec(reference.trim())?.[1]
  return loosely[0] ?? (id === undefined ? undefined : monitors.find((monitor) => monitor.id === Number(id)))
}

/** What leads back to this very monitor, whatever it is called by then. */
export function referenceTo({ id }: Pick<Monitor, 'id'>): string {
  return `#${id}`
}

function describe({ id, type, parent }: Monitor): string {
  return `#${id} (${type}${parent == null ? '' : `, in #${parent}`})`
}

/** The monitors in a group, and in the groups in it. */
export function monitorsWithin(monitors: readonly Monitor[], group: number): Monitor[] {
  return monitors.filter(({ parent }) => parent === group).flatMap((child) => [child, ...monitorsWithin(monitors, child.id)])
}
