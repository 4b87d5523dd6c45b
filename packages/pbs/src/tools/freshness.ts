import { page, paging } from '@rackwarden/core'
import { z } from 'zod'
import { readScope, timeText } from '../addresses.ts'
import { freshnessOf } from '../freshness.ts'
import { groupKey, groupsIn } from '../inventory.ts'
import { defineTool } from './define-tool.ts'

/** Finds groups without a fresh backup. */
export const auditFreshness = defineTool({
  name: 'audit_freshness',
  title: 'Audit freshness',
  description: 'Which guests have no recent backup? Groups whose newest backup is older than the RPO, the worst first.',
  access: 'observe',
  input: z.object({
    hours: z.number().positive().optional().describe('Instead of the RPO configured.'),
    scope: z.string().optional().describe('Datastore, main:namespace or main:vm/100.'),
    ...paging,
  }),
  output: z.object({
    rpo_hours: z.number().describe('Held to.'),
    fresh: z.number().describe('Groups that are.'),
    groups: z
      .array(
        z.object({
          group: z.string().describe('Its address.'),
          verdict: z.string().describe('stale; abandoned: over 30 days, so gone?; never finished.'),
          newest: z.string().optional().describe('Newest backup.'),
          hours: z.number().optional().describe('Its age.'),
          backups: z.number().describe('How many.'),
        }),
      )
      .describe('Groups that are not.'),
    unread: z.array(z.string()).optional().describe('What could not be looked at.'),
    next_cursor: z.string().optional().describe('For more.'),
  }),
  async run({ hours, scope, ...window }, { client, signal }) {
    const rpoHours = hours ?? client.rpoHours
    const { items, unread } = await groupsIn(client, scope === undefined ? undefined : readScope(scope), signal)
    const rated = freshnessOf(items, { now: client.now(), rpoHours })
    const { rows, ...rest } = page(
      rated.filter(({ verdict }) => verdict !== 'fresh'),
      window,
    )
    return {
      rpo_hours: rpoHours,
      fresh: rated.filter(({ verdict }) => verdict === 'fresh').length,
      groups: rows.map(({ group, verdict, hours: age }) => ({
        group: groupKey(group),
        verdict,
        ...(group.newest === undefined ? {} : { newest: timeText(group.newest) }),
        ...(age === undefined ? {} : { hours: age }),
        backups: group.count,
      })),
      ...(unread.length === 0 ? {} : { unread }),
      ...rest,
    }
  },
})
