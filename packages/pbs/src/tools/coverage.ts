import { z } from 'zod'
import { addressOf, readScope } from '../addresses.ts'
import { coverageOf, staleVerificationDays, verdictOf } from '../coverage.ts'
import { byGroup, requireSnapshots, snapshotsIn } from '../inventory.ts'
import { newestOf } from './backups.ts'
import { defineTool } from './define-tool.ts'

/** Tells how much is verified, and what is corrupt. */
export const getVerifyCoverage = defineTool({
  name: 'get_verify_coverage',
  title: 'Get verify coverage',
  description: 'Can the backups be trusted? Verified, corrupt and never verified backups of each datastore and namespace.',
  access: 'observe',
  input: z.object({ scope: z.string().optional().describe('Datastore, main:namespace or main:vm/100.') }),
  output: z.object({
    coverage: z.array(
      z.object({
        where: z.string().describe('Datastore and namespace.'),
        backups: z.number().describe('How many are whole.'),
        verified: z.number().describe(`Verified in ${staleVerificationDays} days.`),
        outdated: z.number().describe('Verified before.'),
        corrupt: z.number().describe('Verification failed.'),
        never: z.number().describe('Never verified.'),
        percent: z.number().describe('Share verified.'),
      }),
    ),
    corrupt: z.array(z.string()).describe('Corrupt backups.'),
    newest_not_verified: z.number().describe('Groups whose newest backup is not verified.'),
    unread: z.array(z.string()).optional().describe('What could not be looked at.'),
  }),
  async run({ scope }, { client, signal }) {
    const { items, unread } =
      scope === undefined
        ? await snapshotsIn(client, undefined, signal)
        : { items: await requireSnapshots(client, readScope(scope), signal), unread: [] }
    const now = client.now()
    return {
      coverage: coverageOf(items, now).map(({ store, namespace, backups, ok, outdated, failed, never }) => ({
        where: addressOf({ store, namespace }),
        backups,
        verified: ok,
        outdated,
        corrupt: failed,
        never,
        percent: Math.floor((ok / backups) * 100),
      })),
      corrupt: items.filter(({ verification }) => verification === 'failed').map(addressOf),
      newest_not_verified: [...byGroup(items).values()].flatMap(newestOf).filter((newest) => verdictOf(newest, now) !== 'ok').length,
      ...(unread.length === 0 ? {} : { unread }),
    }
  },
})
