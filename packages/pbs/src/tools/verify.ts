import { z } from 'zod'
import { addressOf, readScope, targetOf } from '../addresses.ts'
import { countText, sizeText } from '../amounts.ts'
import { staleVerificationDays, verdictOf } from '../coverage.ts'
import { requireSnapshots, type Snapshot } from '../inventory.ts'
import { followTask, requireSuccess, warningsIn } from '../tasks.ts'
import { defineTool, type StateReader } from './define-tool.ts'

const input = z.object({
  scope: z.string().describe('Datastore, main:namespace, main:vm/100, or one backup.'),
  all: z.boolean().default(false).describe('Also those verified lately.'),
})

/** What verifications say of a scope, counted. */
interface Verified {
  backups: number
  ok: number
  failed: number
  never: number
  /** When the latest verification began, in seconds since the epoch. */
  latest: number
}

function countsOf(snapshots: readonly Snapshot[]): Verified {
  const count = (verification: Snapshot['verification']) => snapshots.filter((one) => one.verification === verification).length
  return {
    backups: snapshots.length,
    ok: count('ok'),
    failed: count('failed'),
    never: count('none'),
    latest: snapshots.reduce((latest, { verifiedAt = 0 }) => Math.max(latest, verifiedAt), 0),
  }
}

const readState: StateReader<z.output<typeof input>, Verified> = async ({ scope }, { client, signal }) =>
  countsOf(await requireSnapshots(client, readScope(scope), signal))

/** Reads backups whole and holds them to their checksums. */
export const runVerify = defineTool({
  name: 'run_verify',
  title: 'Verify backups',
  description: 'Verify backups now: read them whole, check their checksums, name the corrupt ones.',
  access: 'operate',
  input,
  output: z.object({
    result: z.string().describe('ok, warnings or corrupt.'),
    verified: z.number().describe('Backups in the scope that are well.'),
    never: z.number().describe('Still never verified.'),
    corrupt: z.array(z.string()).describe('Corrupt backups in the scope.'),
    warnings: z.array(z.string()).optional().describe('Lines of its log that warn.'),
    task: z.string().describe('Id, for get_task.'),
  }),
  state: readState,
  // What was backed up meanwhile is verified along.
  basis: () => 'verify',
  async plan({ scope, all }, { client, state, instance, signal }) {
    const snapshots = await requireSnapshots(client, readScope(scope), signal)
    const now = client.now()
    const due = snapshots.filter((snapshot) => snapshot.size !== undefined && (all || isDue(snapshot, now)))
    const name = addressOf(readScope(scope))
    const targets = [targetOf(instance, 'backups', name)]
    if (due.length === 0)
      return { summary: `Every backup in ${name} was verified in the last ${staleVerificationDays} days`, targets, nothing: true }
    const bytes = due.reduce((sum, { size = 0 }) => sum + size, 0)
    return {
      summary: `Verify ${countText(due.length, 'backup')} in ${name}, ${sizeText(bytes)} before deduplication`,
      targets,
      diff: [`${name}: ${state.ok} ok, ${state.failed} corrupt, ${state.never} never verified → what is found`],
      warnings: ['It reads all of it from the disks; backups and restores are slower meanwhile.'],
    }
  },
  async run({ scope, all }, context) {
    const { client, signal } = context
    const within = readScope(scope)
    const task = await client.verify(within, { outdatedAfterDays: all ? undefined : staleVerificationDays }, signal)
    const end = await followTask(task, context)
    // That it found what it looks for is no failure of the task.
    const isCorrupt = end.error?.startsWith('verification failed') === true
    if (!isCorrupt) requireSuccess('The verification', end)
    const snapshots = await requireSnapshots(client, within, signal)
    const { ok, never } = countsOf(snapshots)
    const corrupt = snapshots.filter(({ verification }) => verification === 'failed').map(addressOf)
    const warnings = warningsIn(end.tail)
    return {
      result: isCorrupt || corrupt.length > 0 ? 'corrupt' : end.warnings > 0 ? 'warnings' : 'ok',
      verified: ok,
      never,
      corrupt,
      ...(end.warnings === 0 ? {} : { warnings: warnings.length > 0 ? warnings : [countText(end.warnings, 'warning')] }),
      task,
    }
  },
  undo: 'transient',
})

/** The server passes over what was verified lately, corrupt or not. */
function isDue(snapshot: Snapshot, now: number): boolean {
  const { verification, verifiedAt } = snapshot
  return verdictOf(verification === 'failed' ? { verification: 'ok', verifiedAt } : snapshot, now) !== 'ok'
}
