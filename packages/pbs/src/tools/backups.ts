import { page, paging } from '@rackwarden/core'
import { z } from 'zod'
import { addressOf, readScope } from '../addresses.ts'
import { gigabytes } from '../amounts.ts'
import { verifiedText } from '../coverage.ts'
import { byGroup, groupKey, requireSnapshots, snapshotsIn, type Snapshot } from '../inventory.ts'
import { defineTool } from './define-tool.ts'

/** Lists the newest backup of each group, or every one. */
export const listBackups = defineTool({
  name: 'list_backups',
  title: 'List backups',
  description: 'Newest backup of each VM, container and host: age, size, verified or corrupt, protected; or every one.',
  access: 'observe',
  input: z.object({
    scope: z.string().optional().describe('Datastore, main:namespace or main:vm/100.'),
    text: z.string().optional().describe('In address or note.'),
    all: z.boolean().default(false).describe('Not the newest alone.'),
    ...paging,
  }),
  output: z.object({
    backups: z.array(
      z.object({
        backup: z.string().describe('Its address.'),
        of: z.number().optional().describe('Backups in its group.'),
        size_gb: z.number().optional().describe('Before deduplication.'),
        verified: z.string().describe('When, and how it ended.'),
        protected: z.boolean().optional().describe('Never pruned.'),
        comment: z.string().optional().describe('As noted; often the guest.'),
        state: z.string().optional().describe('Where it is not whole.'),
      }),
    ),
    unread: z.array(z.string()).optional().describe('What could not be looked at.'),
    next_cursor: z.string().optional().describe('For more.'),
  }),
  untrusted: true,
  async run({ scope, text, all, ...window }, { client, signal }) {
    const within = scope === undefined ? undefined : readScope(scope)
    const { items, unread } =
      within === undefined
        ? await snapshotsIn(client, undefined, signal)
        : { items: await requireSnapshots(client, within, signal), unread: [] }
    const groups = byGroup(items)
    const wanted = (all ? items : [...groups.values()].flatMap(newestOf)).filter((snapshot) => isWanted(snapshot, text))
    const { rows, ...rest } = page(wanted, window)
    const count = (snapshot: Snapshot) => groups.get(groupKey(snapshot))?.length ?? 1
    return {
      backups: rows.map((snapshot) => ({ ...rowOf(snapshot), ...(all ? {} : { of: count(snapshot) }) })),
      ...(unread.length === 0 ? {} : { unread }),
      ...rest,
    }
  },
})

/** The newest that is whole; where none is, the newest. */
export function newestOf(group: readonly Snapshot[]): Snapshot[] {
  const found = group.find(({ size }) => size !== undefined) ?? group[0]
  return found === undefined ? [] : [found]
}

function isWanted(snapshot: Snapshot, text: string | undefined): boolean {
  return text === undefined || `${addressOf(snapshot)} ${snapshot.comment ?? ''}`.toLowerCase().includes(text.toLowerCase())
}

function rowOf(snapshot: Snapshot) {
  const { size, isProtected, comment } = snapshot
  return {
    backup: addressOf(snapshot),
    ...(size === undefined ? {} : { size_gb: gigabytes(size) }),
    verified: verifiedText(snapshot),
    ...(isProtected ? { protected: true } : {}),
    ...(comment === undefined || comment === '' ? {} : { comment }),
    ...(size === undefined ? { state: 'not finished' } : {}),
  }
}
