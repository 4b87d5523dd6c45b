import type { FacetContext, Finding } from '@rackwarden/core'
import type { PiholeClient } from './client.ts'
import { blockingText, gravityAge, staleGravityDays, timeText } from './status-facts.ts'
import { ownTargetOf } from './targets.ts'

const mostMessages = 20

/** Finds what keeps it from resolving or blocking as it should, and what it says of itself. */
export async function findings(client: PiholeClient, { instance, signal }: FacetContext): Promise<Finding[]> {
  const [blocking, summary, upstreams, messages, isResolving, now] = await Promise.all([
    client.blocking(signal),
    client.summary(signal),
    client.upstreams(signal),
    client.messages(signal),
    client.isResolving(signal),
    client.now(signal),
  ])
  const found: Finding[] = []
  const status = { tool: 'get_status', input: {} }
  const add = (kind: string, name: string, finding: Omit<Finding, 'id' | 'target'>) => {
    const target = ownTargetOf(instance, kind, name)
    found.push({ id: target, target, ...finding })
  }
  if (isResolving === false)
    add('process', 'FTL', {
      severity: 'critical',
      stake: 'reach',
      title: 'Its DNS does not run',
      evidence: 'the API answers, the resolver behind it does not',
      next: { tool: 'restart_dns', input: {} },
    })
  if (upstreams.length === 0)
    add('upstream', 'all', {
      severity: 'critical',
      stake: 'reach',
      title: 'It has no upstream to ask',
      evidence: 'dns.upstreams is empty, so only local records resolve',
      next: status,
    })
  const state = blockingText(blocking)
  const timer = blocking.timer ?? undefined
  if (state !== 'on')
    add('blocking', 'state', {
      severity: state === 'off' && timer !== undefined ? 'notice' : 'warning',
      title: `Blocking is ${state}`,
      evidence:
        timer === undefined ? 'it stays so until somebody turns it on' : `it turns on by itself at ${timeText(now + timer * 1_000)}`,
      next: { tool: 'set_blocking', input: { enabled: true } },
    })
  const age = gravityAge(summary.gravity.last_update, now)
  if (age === undefined || age > staleGravityDays)
    add('gravity', 'lists', {
      severity: 'notice',
      title: age === undefined ? 'Gravity was never built' : 'Gravity is old',
      evidence: age === undefined ? 'it has no lists to block by' : `built ${age} days ago; it is meant to be every week`,
      next: { tool: 'update_gravity', input: {} },
    })
  for (const { id, type, plain, timestamp } of messages.slice(0, mostMessages)) {
    const isRate = type === 'RATE_LIMIT'
    add('message', `${type.toLowerCase()}/${id}`, {
      severity: type === 'DNSMASQ_CONFIG' ? 'critical' : 'warning',
      title: isRate ? 'A client asks too often and is refused' : `It reports ${type.toLowerCase().replaceAll('_', ' ')}`,
      evidence: plain,
      since: timeText(timestamp * 1_000),
      next: isRate ? { tool: 'search_queries', input: { since: '1h' } } : status,
    })
  }
  return found
}
