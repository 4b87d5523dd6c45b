import { page, paging } from '@rackwarden/core'
import { z } from 'zod'
import { alertsOf } from '../alert-facts.ts'
import { labelsText, valueOf } from '../series.ts'
import { shortTime } from '../time.ts'
import { defineTool, nextCursor } from './define-tool.ts'

/** Lists alerts, what fires and is not silenced first. */
export const listAlerts = defineTool({
  name: 'list_alerts',
  title: 'List alerts',
  description: 'Active alerts (alarms), firing or pending, with labels and summary; critical first.',
  access: 'observe',
  input: z.object({
    name: z.string().optional().describe('Part of the name.'),
    state: z.enum(['firing', 'silenced', 'inhibited', 'pending']).optional().describe('State.'),
    severity: z.string().optional().describe('Severity.'),
    ...paging,
  }),
  output: z.object({
    note: z.string().optional().describe('What is not known.'),
    alerts: z.array(
      z.object({
        alert: z.string().describe('Name.'),
        state: z.string().describe('Silenced and inhibited ones fire, but notify nobody.'),
        severity: z.string().optional().describe('Severity label.'),
        labels: z.string().optional().describe('Other labels.'),
        since: z.string().optional().describe('Since when.'),
        value: z.union([z.number(), z.string()]).describe('Value of its expression.'),
        summary: z.string().optional().describe('What it says.'),
        silence: z.string().optional().describe('Silence that covers it.'),
      }),
    ),
    next_cursor: nextCursor,
  }),
  untrusted: true,
  async run({ name, state, severity, ...window }, { client, signal }) {
    const { alerts, note } = await alertsOf(client, signal)
    const found = alerts.filter(
      (alert) =>
        (name === undefined || alert.name.toLowerCase().includes(name.toLowerCase())) &&
        (state === undefined || alert.state === state) &&
        (severity === undefined || alert.severity === severity),
    )
    const { rows, ...rest } = page(found, window)
    return {
      note,
      alerts: rows.map((alert) => {
        const { alertname: _, severity: label, ...labels } = alert.labels
        return {
          alert: alert.name,
          state: alert.state,
          severity: label,
          labels: labelsText(labels) || undefined,
          since: shortTime(alert.since),
          value: valueOf(alert.value),
          summary: alert.summary || undefined,
          silence: alert.silence,
        }
      }),
      ...rest,
    }
  },
})
