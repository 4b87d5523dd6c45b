import { page, paging } from '@rackwarden/core'
import { z } from 'zod'
import { matcherText } from '../matchers.ts'
import { shortTime } from '../time.ts'
import { defineTool, nextCursor } from './define-tool.ts'

const rank: Readonly<Record<string, number>> = { active: 0, pending: 1, expired: 2 }

/** Lists silences, those in force first. */
export const listSilences = defineTool({
  name: 'list_silences',
  title: 'List silences',
  description: 'Silences: who muted which alerts, why and until when; active ones first.',
  access: 'observe',
  input: z.object({
    state: z.enum(['active', 'pending', 'expired']).optional().describe('Else all but expired.'),
    ...paging,
  }),
  output: z.object({
    silences: z.array(
      z.object({
        silence: z.string().describe('Id.'),
        state: z.string().describe('Whether it is in force.'),
        matchers: z.string().describe('What it matches.'),
        alerts: z.number().describe('Alerts it silences now.'),
        until: z.string().optional().describe('When it ends, or ended.'),
        author: z.string().describe('Who made it.'),
        comment: z.string().describe('Why.'),
      }),
    ),
    next_cursor: nextCursor,
  }),
  untrusted: true,
  async run({ state, ...window }, { client, signal }) {
    const [silences, alerts] = await Promise.all([client.alertmanager.silences(signal), client.alertmanager.alerts([], { signal })])
    const counts = new Map<string, number>()
    for (const { status } of alerts) for (const id of status.silencedBy) counts.set(id, (counts.get(id) ?? 0) + 1)
    const found = silences
      .filter(({ status }) => (state === undefined ? status.state !== 'expired' : status.state === state))
      .toSorted(
        (first, second) =>
          (rank[first.status.state] ?? 3) - (rank[second.status.state] ?? 3) ||
          (first.status.state === 'expired' ? -1 : 1) * (Date.parse(first.endsAt) - Date.parse(second.endsAt)),
      )
    const { rows, ...rest } = page(found, window)
    return {
      silences: rows.map(({ id, status, matchers, endsAt, createdBy, comment }) => ({
        silence: id,
        state: status.state,
        matchers: matchers.map(matcherText).join(', '),
        alerts: counts.get(id) ?? 0,
        until: shortTime(endsAt),
        author: createdBy,
        comment,
      })),
      ...rest,
    }
  },
})
