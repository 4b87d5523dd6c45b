import { page, paging } from '@rackwarden/core'
import { z } from 'zod'
import { instanceOf, jobOf, lastErrorOf } from '../scrape-facts.ts'
import { defineTool, nextCursor } from './define-tool.ts'

const rank: Readonly<Record<string, number>> = { down: 0, unknown: 1, up: 2 }

/** Lists scrape targets, those that are down first. */
export const listTargets = defineTool({
  name: 'list_targets',
  title: 'List scrape targets',
  description: 'Scrape targets (exporters): up, or down with the last error; down ones first.',
  access: 'observe',
  input: z.object({
    name: z.string().optional().describe('Part of instance or address.'),
    job: z.string().optional().describe('Job.'),
    state: z.enum(['up', 'down', 'unknown']).optional().describe('State.'),
    ...paging,
  }),
  output: z.object({
    targets: z.array(
      z.object({
        instance: z.string().describe('Instance label.'),
        job: z.string().describe('Job label.'),
        state: z.string().describe('Whether the last scrape worked.'),
        error: z.string().optional().describe('Why it did not.'),
        address: z.string().describe('Where it is scraped.'),
      }),
    ),
    next_cursor: nextCursor,
  }),
  untrusted: true,
  async run({ name, job, state, ...window }, { client, signal }) {
    const found = (await client.targets(signal))
      .filter(
        (target) =>
          (name === undefined || instanceOf(target).includes(name) || target.scrapeUrl.includes(name)) &&
          (job === undefined || jobOf(target) === job) &&
          (state === undefined || target.health === state),
      )
      .map((target) => ({
        instance: instanceOf(target),
        job: jobOf(target),
        state: target.health,
        error: lastErrorOf(target) || undefined,
        address: target.scrapeUrl,
      }))
      .toSorted(
        (first, second) =>
          (rank[first.state] ?? 1) - (rank[second.state] ?? 1) ||
          (first.job === second.job ? (first.instance < second.instance ? -1 : 1) : first.job < second.job ? -1 : 1),
      )
    const { rows, ...rest } = page(found, window)
    return { targets: rows, ...rest }
  },
})
