import { nearestNames, ToolError } from '@rackwarden/core'
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
