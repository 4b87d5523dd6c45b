import type { FacetContext, Finding } from '@rackwarden/core'
import type { UptimeKumaClient } from './client.ts'
import { allFacts, namesWatched, watchedOf, type MonitorFacts } from './monitor-facts.ts'
import type { Monitor } from './kuma-schema.ts'
import { targetName } from './target-name.ts'

const certificateDays = 14
const longPauseMs = 30 * 86_400_000

/** Finds monitors that are down or do not hold still, certificates that are soon over, and what was paused and forgotten. */
export async function findings(client: UptimeKumaClient, { instance, signal }: FacetContext): Promise<Finding[]> {
  const monitors = await client.monitors(signal)
  const all = allFacts(client.picture, monitors)
  const latest = Date.parse(client.picture.latest() ?? '')
  return all.flatMap((facts) => {
    const { state, isFlapping, since } = facts
    const found: Finding[] = []
    if (state === 'down') found.push(down(facts, all, instance))
    else if (isFlapping) found.push(flapping(facts, instance))
    if (state === 'up' || state === 'down') found.push(...certificate(facts, instance))
    if (state === 'paused' && !facts.monitor.forceInactive && since !== undefined && latest - Date.parse(since) > longPauseMs)
      found.push(paused(facts, instance))
    return found
  })
}

function down({ monitor, since, last }: MonitorFacts, all: readonly MonitorFacts[], instance: string): Finding {
  const target = targetName(instance, 'monitor', monitor.name)
  const watched = watchedOf(monitor)
  // A group is down because what is in it is.
  const child = all.find((other) => other.state === 'down' && other.monitor.parent === monitor.id)
  return {
    id: `${target}#down`,
    severity: 'critical',
    target,
    title: `${monitor.name} is down`,
    evidence: [watched, last?.msg || 'no reason given'].filter(Boolean).join(': '),
    ...(since === undefined ? {} : { since }),
    ...(child === undefined ? {} : { cause: targetName(instance, 'monitor', child.monitor.name) }),
    ...aboutOf(monitor),
    next: { tool: 'get_monitor', input: { monitor: monitor.name } },
  }
}

function flapping({ monitor, state, changes }: MonitorFacts, instance: string): Finding {
  const target = targetName(instance, 'monitor', monitor.name)
  return {
    id: `${target}#flapping`,
    severity: 'warning',
    target,
    title: `${monitor.name} does not hold still`,
    evidence: `${changes} changes within an hour, now ${state}`,
    ...aboutOf(monitor),
    next: { tool: 'list_heartbeats', input: { monitor: monitor.name } },
  }
}

function certificate({ monitor, certificateDays: days }: MonitorFacts, instance: string): Finding[] {
  if (days === undefined || days > certificateDays) return []
  const target = targetName(instance, 'monitor', monitor.name)
  return [
    {
      id: `${target}#certificate`,
      severity: days <= 0 ? 'critical' : 'warning',
      target,
      title: `The certificate of ${monitor.name} ${days <= 0 ? 'is no longer good' : 'is soon over'}`,
      evidence: `${watchedOf(monitor)}: ${days} days left`,
      next: { tool: 'get_monitor', input: { monitor: monitor.name } },
    },
  ]
}

function paused({ monitor, since }: MonitorFacts, instance: string): Finding {
  const target = targetName(instance, 'monitor', monitor.name)
  return {
    id: `${target}#paused`,
    severity: 'notice',
    target,
    title: `${monitor.name} is paused for long`,
    evidence: 'nobody hears of it if it fails',
    ...(since === undefined ? {} : { since }),
    next: { tool: 'resume_monitor', input: { monitor: monitor.name } },
  }
}

/** The container, the host and the name, as whoever runs them knows them. */
function aboutOf(monitor: Monitor): { about?: string[] } {
  if (monitor.type === 'group') return {}
  const { names, addresses } = namesWatched(monitor)
  const short = names.filter((name) => name.includes('.')).map((name) => name.split('.')[0] ?? '')
  return { about: [...new Set([...names, ...addresses, ...short, monitor.name, monitor.name.toLowerCase()])].filter(Boolean) }
}
