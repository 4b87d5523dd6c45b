import { ToolError } from '@rackwarden/core'
import { nameOf, shortId } from './container-facts.ts'
import type { ContainerSummary } from './engine-schema.ts'

/** Finds the one container a name, an id or the beginning of an id means. */
export function findContainer(containers: readonly ContainerSummary[], reference: string): ContainerSummary {
  const wanted = reference.replace(/^\//, '')
  const named = containers.find((container) => container.Names.some((name) => name.replace(/^\//, '') === wanted))
  if (named !== undefined) return named

  const matches = /^[0-9a-f]+$/.test(wanted) ? containers.filter(({ Id }) => Id.startsWith(wanted)) : []
  const [match] = matches
  if (match !== undefined && matches.length === 1) return match
  if (matches.length > 1)
    throw new ToolError('conflict', `'${wanted}' begins the id of ${matches.length} containers: ${describe(matches)}.`, {
      hint: 'Use the name, or more of the id.',
    })

  const near = nearestNames(wanted, containers.map(nameOf))
  throw new ToolError('not_found', `There is no container '${wanted}'.`, {
    hint: near.length > 0 ? `Did you mean ${near.join(', ')}?` : 'list_containers shows the names.',
  })
}

function describe(containers: readonly ContainerSummary[]): string {
  const shown = containers.slice(0, 5).map((container) => `${nameOf(container)} (${shortId(container.Id)})`)
  return [...shown, ...(containers.length > 5 ? [`${containers.length - 5} more`] : [])].join(', ')
}

// A slip in a few letters leaves few pairs standing.
const shortName = 4

/** Names that resemble what was written, most alike first, at most three. */
export function nearestNames(written: string, names: readonly string[]): string[] {
  const own = pairs(written)
  return names
    .map((name) => ({ name, score: likeness(own, pairs(name), name.includes(written) && written.length > 1) }))
    .filter(({ score }) => score >= (written.length <= shortName ? 0.25 : 0.4))
    .toSorted((first, second) => second.score - first.score || (first.name < second.name ? -1 : 1))
    .slice(0, 3)
    .map(({ name }) => name)
}

function likeness(first: ReadonlySet<string>, second: ReadonlySet<string>, contained: boolean): number {
  const shared = [...first].filter((pair) => second.has(pair)).length
  const dice = (2 * shared) / Math.max(1, first.size + second.size)
  return contained ? 0.5 + dice / 2 : dice
}

function pairs(text: string): Set<string> {
  const padded = ` ${text.toLowerCase()} `
  return new Set(Array.from({ length: padded.length - 1 }, (_, index) => padded.slice(index, index + 2)))
}
