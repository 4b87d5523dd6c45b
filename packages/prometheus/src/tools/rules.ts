import { page, paging } from '@rackwarden/core'
import { z } from 'zod'
import type { Rule } from '../prometheus-schema.ts'
import { spanText } from '../time.ts'
import { defineTool, nextCursor } from './define-tool.ts'

const ranks: Readonly<Record<string, number>> = { error: 0, firing: 1, pending: 2, inactive: 3, unknown: 4, recording: 5 }

/** Lists rules, those that fail first. */
export const listRules = defineTool({
  name: 'list_rules',
  title: 'List rules',
  description: 'Alerting and recording rules: expression with its threshold, how long it must hold; broken ones first.',
  access: 'observe',
  input: z.object({
    name: z.string().optional().describe('Part of name or group.'),
    state: z.enum(['error', 'firing', 'pending', 'inactive', 'recording']).optional().describe('State.'),
    ...paging,
  }),
  output: z.object({
    rules: z.array(
      z.object({
        rule: z.string().describe('Name of the alert or the metric.'),
        state: z.string().describe('Recording for rules that are no alerts.'),
        error: z.string().optional().describe('Why it cannot be evaluated.'),
        severity: z.string().optional().describe('Severity label.'),
        for: z.string().optional().describe('How long it must hold.'),
        group: z.string().describe('Group.'),
        query: z.string().describe('PromQL.'),
      }),
    ),
    next_cursor: nextCursor,
  }),
  untrusted: true,
  async run({ name, state, ...window }, { client, signal }) {
    const wanted = name?.toLowerCase()
    const found = (await client.rules(signal))
      .filter((rule) => wanted === undefined || rule.name.toLowerCase().includes(wanted) || rule.group.toLowerCase().includes(wanted))
      .filter((rule) => state === undefined || stateOf(rule) === state)
      .toSorted((first, second) => (ranks[stateOf(first)] ?? 4) - (ranks[stateOf(second)] ?? 4) || (first.name < second.name ? -1 : 1))
    const { rows, ...rest } = page(found, window)
    return {
      rules: rows.map((rule) => ({
        rule: rule.name,
        state: stateOf(rule),
        error: oneLine(rule.lastError) || undefined,
        severity: rule.labels['severity'],
        for: rule.duration == null || rule.duration === 0 ? undefined : spanText(rule.duration),
        group: rule.group,
        query: oneLine(rule.query),
      })),
      ...rest,
    }
  },
})

function stateOf({ health, type, state }: Rule): string {
  if (health === 'err') return 'error'
  return type === 'recording' ? 'recording' : state || 'unknown'
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length > 300 ? `${line.slice(0, 299)}…` : line
}
