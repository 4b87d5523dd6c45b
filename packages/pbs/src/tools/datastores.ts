import { z } from 'zod'
import { ageText, gigabytes } from '../amounts.ts'
import { storeFacts, type StoreFacts } from '../store-facts.ts'
import { defineTool } from './define-tool.ts'

/** Lists datastores with how they grow. */
export const listDatastores = defineTool({
  name: 'list_datastores',
  title: 'List datastores',
  description: 'Datastores: how full, how fast the backups grow, days until full, deduplication, last garbage collection.',
  access: 'observe',
  input: z.object({}),
  output: z.object({
    datastores: z.array(
      z.object({
        datastore: z.string().describe('Name.'),
        state: z.string().describe('ok, or why not.'),
        used_gb: z.number().optional().describe('GB in use.'),
        free_gb: z.number().optional().describe('GB free.'),
        used_percent: z.number().optional().describe('Of what can be used.'),
        growth_gb_day: z.number().optional().describe('GB a day.'),
        full_in_days: z.number().optional().describe('Where it grows.'),
        based_on: z.string().describe('What growth rests on.'),
        deduplication: z.number().optional().describe('Times over.'),
        garbage_collection: z.string().describe('How long ago, and how it ended.'),
        reclaimable_gb: z.number().optional().describe('Left for the next garbage collection.'),
        comment: z.string().optional().describe('Comment.'),
      }),
    ),
  }),
  async run(_, { client, signal }) {
    const { stores, now } = await storeFacts(client, signal)
    return { datastores: stores.map((store) => rowOf(store, now)) }
  },
})

function rowOf(facts: StoreFacts, now: number) {
  const { store, state, used, available, share, growth, deduplication, collection, comment } = facts
  const pending = collection?.['pending-bytes']
  return {
    datastore: store,
    state,
    ...(used === undefined ? {} : { used_gb: gigabytes(used) }),
    ...(available === undefined ? {} : { free_gb: gigabytes(available) }),
    ...(share === undefined ? {} : { used_percent: Math.round(share * 100) }),
    ...(growth === undefined ? {} : { growth_gb_day: gigabytes(growth.bytesPerDay) }),
    ...(growth?.daysUntilFull === undefined ? {} : { full_in_days: growth.daysUntilFull }),
    based_on: growth === undefined ? 'under 3 days of history' : `line through ${growth.days} days of history`,
    ...(deduplication === undefined ? {} : { deduplication }),
    garbage_collection: collectionText(facts, now),
    ...(pending === undefined || pending === 0 ? {} : { reclaimable_gb: gigabytes(pending) }),
    ...(comment === undefined ? {} : { comment }),
  }
}

/** When garbage was last collected, and how that went. */
export function collectionText({ collection }: Pick<StoreFacts, 'collection'>, now: number): string {
  if (collection === undefined) return 'not told'
  const { 'last-run-endtime': end, 'last-run-state': state, schedule } = collection
  if (end === undefined || end === null) return schedule === undefined || schedule === null ? 'never, and no schedule' : 'never'
  return `${ageText(end, now)} ago${state === undefined || state === null || state === 'OK' ? '' : `: ${state}`}`
}
