import { nearestNames, ToolError } from '@rackwarden/core'
import { z } from 'zod'
import { targetOf } from '../addresses.ts'
import { countText, gigabytes, sizeText } from '../amounts.ts'
import { storeFacts } from '../store-facts.ts'
import { followTask, requireSuccess, warningsIn } from '../tasks.ts'
import { collectionText } from './datastores.ts'
import { defineTool, type StateReader } from './define-tool.ts'

const input = z.object({ datastore: z.string().describe('Datastore.') })

/** What a garbage collection is planned from. */
interface Garbage {
  store: string
  /** The task of the last one. */
  last: string | undefined
  pendingBytes: number
  removedBytes: number
  lastRun: string
}

const readState: StateReader<z.output<typeof input>, Garbage> = async ({ datastore }, { client, signal }) => {
  const { stores, now } = await storeFacts(client, signal)
  const found = stores.find(({ store }) => store === datastore)
  if (found === undefined) {
    const near = nearestNames(
      datastore,
      stores.map(({ store }) => store),
    )
    throw new ToolError('not_found', `There is no datastore '${datastore}'.`, {
      hint: near.length > 0 ? `Is it ${near.join(' or ')}?` : 'list_datastores has those this token sees.',
    })
  }
  const { collection } = found
  return {
    store: datastore,
    last: collection?.upid ?? undefined,
    pendingBytes: collection?.['pending-bytes'] ?? 0,
    removedBytes: collection?.['removed-bytes'] ?? 0,
    lastRun: collectionText(found, now),
  }
}

/** Frees what no backup refers to any more. */
export const runGarbageCollection = defineTool({
  name: 'run_garbage_collection',
  title: 'Collect garbage',
  description: 'Run garbage collection: free the disk space of pruned and deleted backups, for good; waits for the end.',
  access: 'admin',
  input,
  output: z.object({
    freed_gb: z.number().describe('GB freed.'),
    pending_gb: z.number().describe('GB the next one will free.'),
    warnings: z.array(z.string()).optional().describe('Lines of its log that warn.'),
    task: z.string().describe('Id, for get_task.'),
  }),
  state: readState,
  basis: ({ store, last }) => ({ store, last }),
  plan: (_, { state: { store, lastRun, pendingBytes }, instance }) => ({
    summary: `Collect the garbage of ${store}`,
    targets: [targetOf(instance, 'datastore', store)],
    diff: [
      `${store}: last collected ${lastRun}${pendingBytes > 0 ? `, ${sizeText(pendingBytes)} waiting` : ''} → what no backup refers to is gone`,
    ],
    warnings: [
      'Backups that were pruned or deleted cannot be brought back from the disks afterwards.',
      'What was in use in the last 24 hours and 5 minutes stays until the next one.',
      'It touches every chunk, and may take hours on slow disks.',
    ],
  }),
  async run({ datastore }, context) {
    const { client, signal } = context
    const task = await client.collectGarbage(datastore, signal)
    const end = await followTask(task, context)
    requireSuccess('The garbage collection', end)
    const after = await readState({ datastore }, context)
    const warnings = warningsIn(end.tail)
    return {
      freed_gb: gigabytes(after.removedBytes),
      pending_gb: gigabytes(after.pendingBytes),
      ...(end.warnings === 0 ? {} : { warnings: warnings.length > 0 ? warnings : [countText(end.warnings, 'warning')] }),
      task,
    }
  },
  settled: (after, _, before) => after.last !== before.last || 'the server does not tell of it yet',
  undo: 'irreversible',
})
