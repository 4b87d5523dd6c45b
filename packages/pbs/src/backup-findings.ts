import type { Finding } from '@rackwarden/core'
import { addressOf, targetOf, timeText } from './addresses.ts'
import { countText } from './amounts.ts'
import { coverageOf, staleVerificationDays, verdictOf } from './coverage.ts'
import { withinMs, type FindingContext } from './finding-context.ts'
import { freshnessOf, type Freshness } from './freshness.ts'
import { byGroup, groupKey, groupsIn, snapshotsIn, type Snapshot } from './inventory.ts'

/** Reading every manifest takes long on slow disks; whoever asks for what is wrong does not wait for it. */
const listingMs = 1_500

/** Finds groups without a fresh backup, corrupt backups, and datastores nobody verifies. */
export async function backupFindings(context: FindingContext): Promise<Finding[]> {
  const { client, instance, signal, now } = context
  const [{ items: groups }, snapshots] = await Promise.all([
    groupsIn(client, undefined, signal),
    withinMs(listingMs, signal, (limited) => snapshotsIn(client, undefined, limited)),
  ])
  const late = freshnessOf(groups, { now, rpoHours: client.rpoHours }).filter(({ verdict }) => verdict !== 'fresh')
  return [
    ...late.map((one) => ofGroup(one, context)),
    ...(snapshots === undefined
      ? [notLooked(instance)]
      : [...corrupt(snapshots.items, instance), ...unverified(snapshots.items, instance, now)]),
  ]
}

function ofGroup({ group, hours, verdict }: Freshness, { instance, client }: FindingContext): Finding {
  const name = groupKey(group)
  const target = targetOf(instance, 'group', name)
  const next = { tool: 'list_backups', input: { scope: name, all: true } }
  // The task that failed says why; it is named after the group, without its namespace.
  const cause = targetOf(instance, 'task', `backup/${groupKey({ ...group, namespace: '' })}`)
  // What runs a guest tells of the same, and knows more of why.
  const told = group.kind === 'host' ? {} : { about: [group.id] }
  const about = { id: `${target}#fresh`, target, stake: 'data', cause, ...told, next } as const
  if (group.newest === undefined || hours === undefined)
    return {
      ...about,
      severity: 'warning',
      title: `No backup of ${name} was ever finished`,
      evidence: `${countText(group.count, 'backup')}, none of them whole`,
    }
  const days = Math.floor(hours / 24)
  const since = timeText(group.newest)
  return verdict === 'abandoned'
    ? {
        ...about,
        severity: 'notice',
        stake: 'function',
        title: `${name} has had no backup for ${days} days`,
        evidence: `where ${group.kind}/${group.id} is gone for good, its ${countText(group.count, 'backup')} take up space for nothing`,
        since,
      }
    : {
        ...about,
        severity: 'warning',
        title: `${name} has no fresh backup`,
        evidence: `the newest is ${hours < 72 ? `${hours} h` : `${days} days`} old, ${client.rpoHours} h are allowed`,
        since,
      }
}

function corrupt(snapshots: readonly Snapshot[], instance: string): Finding[] {
  return [...byGroup(snapshots)].flatMap(([name, group]): Finding[] => {
    const failed = group.filter(({ verification }) => verification === 'failed')
    const [newest] = failed
    if (newest === undefined) return []
    const target = targetOf(instance, 'group', name)
    const isNewest = group.find(({ size }) => size !== undefined) === newest
    return [
      {
        id: `${target}#corrupt`,
        severity: isNewest || failed.length === group.length ? 'critical' : 'warning',
        stake: 'data',
        target,
        title: `${failed.length} of ${countText(group.length, 'backup')} of ${name} ${failed.length === 1 ? 'is' : 'are'} corrupt`,
        evidence: `${isNewest ? 'the newest is one of them' : 'the newest is not'}: ${failed
          .slice(0, 3)
          .map((one) => timeText(one.time))
          .join(', ')}${failed.length > 3 ? ' …' : ''}`,
        next: { tool: 'list_backups', input: { scope: name, all: true } },
      },
    ]
  })
}

function unverified(snapshots: readonly Snapshot[], instance: string, now: number): Finding[] {
  return coverageOf(snapshots, now).flatMap(({ store, namespace, backups, ok }): Finding[] => {
    const groups = [...byGroup(snapshots.filter((one) => one.store === store && one.namespace === namespace)).values()]
    const without = groups.filter((group) => group.every((one) => ['never', 'outdated'].includes(verdictOf(one, now))))
    if (without.length === 0) return []
    const name = addressOf({ store, namespace })
    const target = targetOf(instance, 'backups', name)
    return [
      {
        id: `${target}#verified`,
        severity: 'notice',
        stake: 'data',
        target,
        title: `${without.length} of ${countText(groups.length, 'group')} in ${name} ${without.length === 1 ? 'has' : 'have'} no backup verified in ${staleVerificationDays} days`,
        evidence: `${ok} of ${countText(backups, 'backup')} there ${ok === 1 ? 'is' : 'are'}`,
        next: { tool: 'run_verify', input: { scope: name } },
      },
    ]
  })
}

function notLooked(instance: string): Finding {
  const target = targetOf(instance, 'backups', 'all')
  return {
    id: `${target}#verified`,
    severity: 'notice',
    target,
    title: 'Whether backups are verified was not looked at',
    evidence: `listing them takes the server more than ${listingMs / 1_000} s`,
    next: { tool: 'get_verify_coverage', input: {} },
  }
}
