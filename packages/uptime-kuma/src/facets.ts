import type { Asset, FacetContext, Health } from '@rackwarden/core'
import type { UptimeKumaClient } from './client.ts'
import { referenceTo } from './find-monitor.ts'
import { ageText, allFacts, countsText, namesWatched } from './monitor-facts.ts'
import { targetName } from './target-name.ts'

/** Says its version, how many monitors are in which state, and how old that is. */
export async function health(client: UptimeKumaClient, { signal }: FacetContext): Promise<Health> {
  const all = allFacts(client.picture, await client.monitors(signal))
  const version = client.version()
  return {
    ...(version === undefined ? {} : { version }),
    evidence: `${all.length} monitors: ${countsText(all)}; told ${ageText(client.picture.silence())}`,
  }
}

/** Names every monitor with the names and addresses of what it watches. */
export async function assets(client: UptimeKumaClient, { instance, signal }: FacetContext): Promise<Asset[]> {
  const monitors = await client.monitors(signal)
  return allFacts(client.picture, monitors).map(({ monitor, state }) => {
    const { names, addresses } = namesWatched(monitor)
    const group = monitors.find(({ id }) => id === monitor.parent)
    const isOne = monitors.filter(({ name }) => name === monitor.name).length === 1
    const input = { monitor: isOne ? monitor.name : referenceTo(monitor) }
    return {
      target: targetName(instance, 'monitor', monitor.name),
      kind: 'monitor',
      name: monitor.name,
      aliases: names.filter((name) => name !== monitor.name),
      addresses,
      macs: [],
      ...(group === undefined ? {} : { parent: targetName(instance, 'monitor', group.name) }),
      state,
      removal: {
        ...(monitor.active ? { calls: [{ tool: 'pause_monitor', input }] } : {}),
        forGood: { tool: 'delete_monitor', input },
      },
    }
  })
}
