import { z } from 'zod'
import { censusSections, type CensusItem, type CensusSection } from '../define/facet.ts'
import { toolsFor } from '../define/tool.ts'
import { cleanData } from '../present/clean.ts'
import { renderOutput } from '../present/render.ts'
import { askEverybody } from './ask.ts'
import { changesSince, readCensus, writeCensus } from './census-store.ts'
import type { Lab } from './lab.ts'

const depths = ['status', 'summary', 'full'] as const
const schemaVersion = 1

const row = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
const section = z.object({
  total: z.number().describe('How many there are.'),
  states: z.string().optional().describe('How many in each state.'),
  items: z.array(row).optional().describe('One row each; not at depth status.'),
})

const census = z.object({
  schema_version: z.number().describe('Version of this shape.'),
  at: z.string().describe('When it was taken, ISO 8601.'),
  depth: z.enum(depths).describe('How much is told.'),
  sections: z.partialRecord(z.enum(censusSections), section).describe('Parts that were seen.'),
  unobserved: z.array(z.string()).optional().describe('Parts no configured service can see.'),
  errors: z
    .array(
      z.object({
        service: z.string().describe('Service.'),
        instance: z.string().describe('Instance.'),
        error: z.string().describe('Why it said nothing.'),
      }),
    )
    .optional()
    .describe('Who could not be asked.'),
  redactions: z.number().describe('Values withheld.'),
  compared_with: z.string().optional().describe('When the last census was taken.'),
  changes: z.array(z.string()).optional().describe('What is new (+), gone (-) or different (~) since then.'),
})

/** The census of the lab: everything every service can see, what could not be seen and why, and what changed since the last one. */
export const describeHomelab = toolsFor<Lab>()({
  name: 'describe_homelab',
  title: 'Describe the homelab',
  description: 'Overview of the lab: nodes, storage, containers, VMs, services, networks, and what changed since the last look.',
  access: 'observe',
  input: z.object({
    depth: z.enum(depths).default('summary').describe('How much.'),
    section: z.enum(censusSections).optional().describe('Section.'),
    name: z.string().optional().describe('Part of the name.'),
  }),
  output: census,
  text: textOf,
  untrusted: true,
  run: async ({ depth, section: only, name: part = '' }, { client: { mounts, runtime }, signal }) => {
    const asked = await askEverybody(mounts, runtime, signal, async (mount, client, context) => mount.facets?.census(client, context) ?? [])
    const seen = asked.flatMap(({ answer }) => answer ?? [])
    const items = seen.map((item) => runtime.secrets.data(cleanData(item)))
    const at = new Date(runtime.clock.now()).toISOString()
    const last = await readCensus(runtime.store)
    const answering = asked
      .filter(({ error }) => error === undefined)
      .map(({ mount, instance }) => targetPrefix(mount.service, instance.name))
    const changes = last === undefined ? [] : changesSince(last, items, answering)
    await writeCensus(runtime.store, { at, items: [...items, ...keptFrom(last?.items ?? [], answering)] }).catch((error: unknown) =>
      runtime.log(
        'warn',
        `The census could not be kept, so the next one has nothing to compare with: ${error instanceof Error ? error.message : String(error)}`,
      ),
    )
    const wanted = only === undefined ? censusSections : [only]
    const silent = asked.flatMap(({ mount, instance, error }) =>
      error === undefined ? [] : [{ service: mount.service, instance: instance.name, error: `${error.code}: ${error.message}` }],
    )
    const unobserved = wanted.filter((name) => !items.some((item) => item.section === name))
    return {
      schema_version: schemaVersion,
      at,
      depth,
      sections: Object.fromEntries(wanted.flatMap((name) => sectionOf(name, items.filter(isCalled(part)), depth))),
      ...(unobserved.length === 0 ? {} : { unobserved }),
      ...(silent.length === 0 ? {} : { errors: silent }),
      redactions: seen.filter((item, index) => JSON.stringify(item) !== JSON.stringify(items[index])).length,
      ...(last === undefined ? {} : { compared_with: last.at, changes }),
    }
  },
})

/** Tells what has a text in its name or target. */
function isCalled(part: string): (item: CensusItem) => boolean {
  const wanted = part.toLowerCase()
  return ({ name, target }) => `${name}\n${target}`.toLowerCase().includes(wanted)
}

/** How the targets of one instance begin. */
function targetPrefix(service: string, instance: string): string {
  return `${service}${instance === 'default' ? '' : `@${instance}`}/`
}

/** What is known of those who did not answer this time is kept for the next comparison. */
function keptFrom(last: readonly CensusItem[], answering: readonly string[]): CensusItem[] {
  return last.filter(({ target }) => !answering.some((prefix) => target.startsWith(prefix)))
}

function sectionOf(
  name: CensusSection,
  all: readonly CensusItem[],
  depth: (typeof depths)[number],
): [CensusSection, z.output<typeof section>][] {
  const items = all.filter((item) => item.section === name)
  if (items.length === 0) return []
  const rows = items.map(({ target, name: own, state, facts, details }) => ({
    target,
    ...(target.endsWith(`/${own}`) ? {} : { name: own }),
    ...(state === undefined ? {} : { state }),
    ...facts,
    ...(depth === 'full' ? details : {}),
  }))
  const states = statesOf(items)
  return [[name, { total: items.length, ...(states === '' ? {} : { states }), ...(depth === 'status' ? {} : { items: rows }) }]]
}

function statesOf(items: readonly CensusItem[]): string {
  const counts = new Map<string, number>()
  for (const { state } of items) if (state !== undefined) counts.set(state, (counts.get(state) ?? 0) + 1)
  return [...counts]
    .toSorted(([, first], [, second]) => second - first)
    .map(([state, count]) => `${count} ${state}`)
    .join(', ')
}

function textOf({ at, depth, sections, unobserved, errors, redactions, compared_with, changes }: z.output<typeof census>): string {
  const lines = [`census at ${at}, depth ${depth}${redactions === 0 ? '' : `, ${redactions} values withheld`}`]
  if (compared_with !== undefined)
    lines.push(
      changes === undefined || changes.length === 0 ? `nothing changed since ${compared_with}` : `changed since ${compared_with}:`,
      ...(changes ?? []).map((change) => `  ${change}`),
    )
  for (const [name, part] of Object.entries(sections)) {
    lines.push(`${name}: ${part.total}${part.states === undefined ? '' : ` (${part.states})`}`)
    if (part.items !== undefined) lines.push(renderOutput({ items: part.items }))
  }
  if (Object.keys(sections).length === 0) lines.push('nothing of that kind is there')
  if (unobserved !== undefined) lines.push(`not seen by any configured service: ${unobserved.join(', ')}`)
  for (const { service, instance, error } of errors ?? []) lines.push(`not observed: ${service}@${instance}: ${error}`)
  return lines.join('\n')
}
