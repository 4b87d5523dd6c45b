import { ageText } from './backups.ts'
import type { ReplicationStatus } from './cluster-schema.ts'
import { nameOf } from './find-guest.ts'
import type { Check } from './node-checks.ts'
import type { Guest } from './resources.ts'
import { targetOf } from './targets.ts'

// A backup or migration holds one for hours; only what failed holds it longer than anything runs.
const busyLocks = new Set(['backup', 'migrate', 'clone', 'snapshot', 'snapshot-delete', 'rollback', 'disk', 'create', 'suspending'])

/** What is looked at besides what the overview tells. */
export interface GuestSurroundings {
  instance: string
  replication: readonly ReplicationStatus[]
  now: number
}

/** Judges the guests of a node, or of all. */
export function guestChecks(guests: readonly Guest[], { instance, replication, now }: GuestSurroundings): Check[] {
  const checks: Check[] = []
  const running = guests.filter(({ status }) => status === 'running').length
  checks.push({
    section: 'guests',
    probe: 'running',
    verdict: 'ok',
    evidence: `${running} of ${guests.filter(({ isTemplate }) => !isTemplate).length}`,
    told: { target: '', title: '' },
  })
  for (const guest of guests) checks.push(...checksOf(guest, instance))
  for (const job of replication) {
    const guest = guests.find(({ id }) => id === job.guest)
    if ((job.fail_count ?? 0) === 0 && job.error === undefined) continue
    const name = guest === undefined ? String(job.guest) : nameOf(guest)
    const synced =
      job.last_sync === undefined || job.last_sync === 0
        ? 'never synchronised'
        : `last synchronised ${ageText(now - job.last_sync * 1_000)} ago`
    checks.push({
      section: 'guests',
      probe: `replication ${job.id}`,
      verdict: 'warn',
      evidence: `${job.fail_count ?? 1} failures in a row, ${synced}${job.error === undefined ? '' : `: ${job.error}`}`,
      told: {
        target: targetOf(instance, 'guest', job.guest),
        title: `The replication of ${name} to ${job.target} fails`,
        stake: 'data',
        next: { tool: 'get_guest', input: { guest: String(job.guest) } },
      },
    })
  }
  return checks
}

function checksOf(guest: Guest, instance: string): Check[] {
  const target = targetOf(instance, 'guest', guest.id)
  const next = { tool: 'get_guest', input: { guest: String(guest.id) } }
  const checks: Check[] = []
  if (guest.ha === 'error' || guest.ha === 'fence')
    checks.push({
      section: 'guests',
      probe: `HA ${guest.id}`,
      verdict: 'crit',
      evidence: `HA has it in state ${guest.ha}, and does nothing for it any more`,
      told: { target, title: `HA gave up on ${nameOf(guest)}`, stake: 'reach', next },
    })
  if (guest.lock !== undefined && guest.status !== 'running' && busyLocks.has(guest.lock))
    checks.push({
      section: 'guests',
      probe: `lock ${guest.id}`,
      verdict: 'warn',
      evidence: `lock ${guest.lock} while it is ${guest.status}: nothing can be done with it until that ends`,
      told: { target, title: `${nameOf(guest)} is locked`, severity: 'notice', next },
    })
  return checks
}
