import { inParallel, ToolError } from '@rackwarden/core'
import { z } from 'zod'
import { addressOf, isBackup, isWithin, readScope, targetOf, timeText, type Scope } from '../addresses.ts'
import { countText } from '../amounts.ts'
import type { Keep, PbsClient } from '../client.ts'
import { deleteAll, mostAtOnce, warningsOf } from '../deletion.ts'
import { byGroup, requireSnapshots, type Snapshot } from '../inventory.ts'
import { keepText } from '../job-facts.ts'
import { defineTool, type StateReader } from './define-tool.ts'

const spans = ['last', 'hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const
const previewsAtOnce = 4

const keep = z.number().int().min(1).optional()
const input = z.object({
  scope: z.string().describe('Datastore or main:namespace, with all below it; or main:vm/100.'),
  keep_last: keep.describe('Keep last.'),
  keep_hourly: keep.describe('Keep hourly.'),
  keep_daily: keep.describe('Keep daily.'),
  keep_weekly: keep.describe('Keep weekly.'),
  keep_monthly: keep.describe('Keep monthly.'),
  keep_yearly: keep.describe('Keep yearly.'),
})

type Input = z.output<typeof input>

/** What the server itself would keep, backup by backup. */
interface Previewed extends Snapshot {
  stays: boolean
}

const readState: StateReader<Input, Previewed[]> = async (given, { client, signal }) => {
  const scope = readScope(given.scope)
  if (isBackup(scope))
    throw new ToolError('invalid_input', 'A prune thins out groups; this is one backup.', { hint: 'delete_backup takes one backup.' })
  const rules = keepOf(given)
  if (Object.keys(rules).length === 0) throw await noRules(scope, client, signal)
  const snapshots = await requireSnapshots(client, scope, signal)
  const previewed = await inParallel([...byGroup(snapshots).values()], previewsAtOnce, async (group) => {
    const [first] = group
    if (first === undefined) return []
    const told = await client.previewPrune(first, rules, signal)
    const kept = new Map(told.map((one) => [one['backup-time'], one.keep]))
    // What came in between both questions is not taken.
    return group.map((snapshot): Previewed => ({ ...snapshot, stays: snapshot.isProtected || (kept.get(snapshot.time) ?? true) }))
  })
  return previewed.flat()
}

/** Thins out groups as the server's own rules have it, and takes exactly what was shown. */
export const pruneBackups = defineTool({
  name: 'prune_backups',
  title: 'Prune backups',
  description: 'Thin out old backups by keep rules: the plan tells exactly what would be deleted and what stays; protected ones stay.',
  access: 'admin',
  input,
  output: z.object({
    deleted: z.number().describe('How many are gone.'),
    kept: z.number().describe('How many are there.'),
    left: z
      .array(z.object({ backup: z.string().describe('Its address.'), why: z.string().describe('Why it is still there.') }))
      .optional()
      .describe('What was to go and could not.'),
    gone_before: z.array(z.string()).optional().describe('What had vanished meanwhile.'),
  }),
  state: readState,
  basis: (state) => state.map((one) => `${addressOf(one)} ${one.stays ? 'stays' : 'goes'}`),
  plan(given, { state, instance }) {
    const name = addressOf(readScope(given.scope))
    const rules = rulesText(given)
    const going = state.filter(({ stays }) => !stays)
    if (going.length === 0)
      return {
        summary: `${rules} keeps all of ${name}: there is nothing to prune`,
        targets: [targetOf(instance, 'backups', name)],
        nothing: true,
      }
    if (going.length > mostAtOnce)
      throw new ToolError('invalid_input', `${going.length} backups would go; a plan shows at most ${mostAtOnce}.`, {
        hint: 'Narrow the scope to a namespace or a group, or keep more and prune in steps.',
      })
    return {
      summary: `Delete ${countText(going.length, 'backup')} of ${state.length} in ${name}: ${rules}`,
      targets: going.map((one) => targetOf(instance, 'backup', addressOf(one))),
      diff: [...[...byGroup(state)].flatMap(([group, snapshots]) => linesOf(group, snapshots)), ...wholeGroups(state)],
      warnings: [
        ...warningsOf(state, (one) => !(one as Previewed).stays),
        'What goes cannot be brought back. Its space is free after the next garbage collection.',
      ],
    }
  },
  async run(_, { state, ...context }) {
    const going = state.filter(({ stays }) => !stays).toSorted((first, second) => first.time - second.time)
    const { deleted, goneBefore, left } = await deleteAll(going, context)
    return {
      deleted: deleted.length,
      kept: state.length - going.length + left.length,
      ...(left.length === 0 ? {} : { left }),
      ...(goneBefore.length === 0 ? {} : { gone_before: goneBefore }),
    }
  },
  undo: 'irreversible',
})

function linesOf(group: string, snapshots: readonly Previewed[]): string[] {
  const [goes, stays] = [snapshots.filter((one) => !one.stays), snapshots.filter((one) => one.stays)]
  if (goes.length === 0) return []
  const times = (list: readonly Previewed[]) =>
    list.map((one) => `${timeText(one.time)}${one.isProtected ? ' (protected)' : ''}`).join(', ')
  return [
    `${group}: ${snapshots.length} → ${stays.length}`,
    `  goes: ${times(goes)}`,
    `  stays: ${stays.length === 0 ? '(none)' : times(stays)}`,
  ]
}

/** Groups nothing is taken from. */
function wholeGroups(state: readonly Previewed[]): string[] {
  const whole = [...byGroup(state)].filter(([, snapshots]) => snapshots.every(({ stays }) => stays))
  return whole.length === 0 ? [] : [`all stays of: ${whole.map(([group, { length }]) => `${group} (${length})`).join(', ')}`]
}

function keepOf(given: Input): Keep {
  const told = spans.map((span) => [`keep-${span}`, given[`keep_${span}`]] as const)
  return Object.fromEntries(told.filter(([, count]) => count !== undefined))
}

function rulesText(given: Input): string {
  return keepText(keepOf(given))
}

/** Without a rule the server would keep everything; what its own jobs keep is worth a hint. */
async function noRules(scope: Scope, client: PbsClient, signal: AbortSignal): Promise<ToolError> {
  const jobs = await client.pruneJobs(signal)
  const own = jobs.find((job) => job.store === scope.store && isWithin(scope.namespace, job.ns ?? ''))
  const hint = own === undefined ? 'For example keep_last=3 keep_daily=7 keep_weekly=4.' : `Its prune job ${own.id} has ${keepText(own)}.`
  return new ToolError('invalid_input', 'At least one keep rule is needed.', { hint })
}
