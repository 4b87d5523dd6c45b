import { ToolError, type Asset, type CensusItem, type FacetContext, type Health } from '@rackwarden/core'
import { isIP } from 'node:net'
import { alertsOf } from './alert-facts.ts'
import type { PrometheusClient } from './client.ts'
import { hostOf, instanceOf, isLoopback, jobOf } from './scrape-facts.ts'
import { targetName } from './target-name.ts'

const quickMs = 1_200

/** Counts what is scraped and what fires; a configured Alertmanager that is silent is a fault of the whole. */
export async function health(client: PrometheusClient, { signal }: FacetContext): Promise<Health> {
  const [version, targets, { alerts }, alertmanager] = await Promise.all([
    client.version(signal),
    client.targets(signal),
    alertsOf(client, signal),
    alertmanagerHealth(client, signal),
  ])
  const count = (state: string) => alerts.filter((alert) => alert.state === state).length
  const quiet = count('silenced') + count('inhibited')
  const firing = count('firing')
  const facts = [
    `${targets.filter(({ health: state }) => state === 'up').length} of ${targets.length} targets up`,
    `${firing} ${firing === 1 ? 'alert' : 'alerts'} firing`,
    ...(quiet > 0 ? [`${quiet} silenced or inhibited`] : []),
  ]
  return {
    ...(version === '' ? {} : { version }),
    ...(client.alertmanager.isConfigured && alertmanager.error !== undefined ? { degraded: true } : {}),
    evidence: `${facts.join(', ')}; ${alertmanager.told}`,
  }
}

/** What is to be said of the Alertmanager, and why it did not answer where that is so. */
export async function alertmanagerHealth(client: PrometheusClient, signal: AbortSignal): Promise<{ told: string; error?: ToolError }> {
  try {
    return { told: `Alertmanager ${await client.alertmanager.version({ signal, timeoutMs: quickMs })}`.trim() }
  } catch (error) {
    if (!ToolError.isInstance(error)) throw error
    if (error.code === 'invalid_config' && !client.alertmanager.isConfigured) return { told: 'no Alertmanager' }
    return { told: `Alertmanager does not answer (${error.code}: ${error.message})`, error }
  }
}

/** Names every scrape target with the names and addresses it is known by. */
export async function assets(client: PrometheusClient, { instance, signal }: FacetContext): Promise<Asset[]> {
  const targets = await client.targets(signal)
  const jobs = new Map<string, number>()
  for (const target of targets) jobs.set(jobOf(target), (jobs.get(jobOf(target)) ?? 0) + 1)
  return targets.map((target) => {
    const [name, job] = [instanceOf(target), jobOf(target)]
    const { labels, discoveredLabels, scrapeUrl } = target
    const hosts = [name, discoveredLabels['__address__'] ?? '', scrapeUrl].map(hostOf).filter((host) => host !== '' && !isLoopback(host))
    const named = ['hostname', 'host', 'nodename', 'node', 'name', 'container'].map((label) => labels[label] ?? '')
    // A job that scrapes many says nothing about one of them.
    const aliases = [...hosts.filter((host) => isIP(host) === 0), ...named, ...(jobs.get(job) === 1 ? [job] : [])]
    return {
      target: targetName(instance, 'target', `${job}/${name}`),
      kind: 'target',
      name,
      aliases: distinct(aliases.filter((alias) => alias !== name)),
      addresses: distinct(hosts.filter((host) => isIP(host) !== 0)),
      macs: [],
      state: target.health,
    }
  })
}

/** Says what the lab is watched by, in one item. */
export async function census(client: PrometheusClient, { instance, signal }: FacetContext): Promise<CensusItem[]> {
  const [version, targets, rules] = await Promise.all([client.version(signal), client.targets(signal), client.rules(signal)])
  const jobs = [...new Set(targets.map(jobOf))].toSorted()
  return [
    {
      section: 'services',
      target: targetName(instance, 'server', instance === 'default' ? 'prometheus' : instance),
      name: 'Prometheus',
      facts: {
        version,
        targets: targets.length,
        alerting_rules: rules.filter(({ type }) => type === 'alerting').length,
        recording_rules: rules.filter(({ type }) => type === 'recording').length,
      },
      details: { jobs: jobs.join(', ') },
    },
  ]
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].filter((value) => value !== '')
}
