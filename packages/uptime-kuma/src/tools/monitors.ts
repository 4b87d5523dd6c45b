import { page, paging } from '@rackwarden/core'
import { z } from 'zod'
import { ageText, allFacts, monitorStates, percent, watchedOf, type MonitorFacts } from '../monitor-facts.ts'
import { defineTool, nextCursor, toldField } from './define-tool.ts'

/** Lists monitors. */
export const listMonitors = defineTool({
  name: 'list_monitors',
  title: 'List monitors',
  description: 'Monitors (uptime checks) with state, what they watch, uptime of 24 hours and last change; worst first.',
  access: 'observe',
  toolset: 'monitors',
  input: z.object({
    text: z.string().optional().describe('Part of the name or address.'),
    state: z.enum(monitorStates).optional().describe('State.'),
    tag: z.string().optional().describe('Tag.'),
    ...paging,
  }),
  output: z.object({
    told: toldField,
    monitors: z.array(
      z.object({
        id: z.number().describe('Id.'),
        name: z.string().describe('Name.'),
        state: z.string().describe('State.'),
        type: z.string().describe('Type.'),
        watches: z.string().optional().describe('What it watches.'),
        uptime_24h: z.number().optional().describe('In percent.'),
        changed: z.string().optional().describe('When its state changed last.'),
        tags: z.string().optional().describe('Tags.'),
      }),
    ),
    next_cursor: nextCursor,
  }),
  untrusted: true,
  async run({ text, state, tag, ...window }, { client, signal }) {
    const monitors = await client.monitors(signal)
    const wanted = (text ?? '').toLowerCase()
    const found = allFacts(client.picture, monitors).filter(
      (facts) =>
        (state === undefined || facts.state === state) &&
        (tag === undefined || (facts.monitor.tags ?? []).some(({ name }) => name.toLowerCase() === tag.toLowerCase())) &&
        `${facts.monitor.name} ${watchedOf(facts.monitor)}`.toLowerCase().includes(wanted),
    )
    const { rows, ...rest } = page(found, window)
    return { told: ageText(client.picture.silence()), monitors: rows.map(rowOf), ...rest }
  },
})

function rowOf({ monitor, state, isFlapping, since, uptime }: MonitorFacts) {
  return {
    id: monitor.id,
    name: monitor.name,
    state: isFlapping ? `${state}, flapping` : state,
    type: monitor.type,
    watches: watchedOf(monitor) || undefined,
    uptime_24h: percent(uptime),
    changed: since,
    tags: tagsText(monitor.tags) || undefined,
  }
}

/** Tags as they are read: with their values, where they have any. */
export function tagsText(tags: readonly { name: string; value: string }[] | null | undefined): string {
  return (tags ?? []).map(({ name, value }) => (value === '' ? name : `${name}: ${value}`)).join(', ')
}
