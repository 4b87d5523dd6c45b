import type { Asset, FacetContext, Pause, Watchers } from '@rackwarden/core'
import { setTimeout } from 'node:timers/promises'
import type { Silence } from './alertmanager-schema.ts'
import type { PrometheusClient } from './client.ts'
import { alertmanagerHealth } from './facets.ts'

const mostLooks = 10
const betweenLooksMs = 200

/** Alerts about what is worked on are silenced meanwhile: one silence for each scrape target. */
export const watchers: Watchers<PrometheusClient> = {
  tool: 'silence_alert',

  /** Where nobody is told of alerts, there is nothing to silence. */
  async select(client, found, { signal }) {
    const { told, error } = await alertmanagerHealth(client, signal)
    if (error !== undefined) throw error
    return told === 'no Alertmanager' ? [] : found
  },

  async pause(client, found, { id, until, reason }: Pause, { signal }: FacetContext) {
    const startsAt = new Date(await client.alertmanager.now(signal)).toISOString()
    for (const { name } of distinct(found))
      await client.alertmanager.createSilence(
        {
          matchers: [{ name: 'instance', value: name, isRegex: false, isEqual: true }],
          startsAt,
          endsAt: until,
          createdBy: 'rackwarden',
          comment: `${commentFor(id)}: ${reason}`.slice(0, 500),
        },
        signal,
      )
    // A silence that is not listed yet could not be found again by what ends it.
    const wanted = distinct(found).length
    for (let look = 0; look < mostLooks && (await silencesOf(client, id, signal)).length < wanted; look += 1)
      await setTimeout(betweenLooksMs, undefined, { signal })
  },

  async resume(client, id, { signal }) {
    for (const silence of await silencesOf(client, id, signal)) await client.alertmanager.expireSilence(silence.id, signal)
  },
}

/** The silences of one pause that are in force, or will be. */
async function silencesOf(client: PrometheusClient, id: string, signal: AbortSignal): Promise<Silence[]> {
  const silences = await client.alertmanager.silences(signal)
  return silences.filter(({ comment, status }) => comment.startsWith(`${commentFor(id)}:`) && status.state !== 'expired')
}

/** What the silences of one pause begin with, and are found by. */
function commentFor(id: string): string {
  return `rackwarden ${id}`
}

/** A host that is scraped for several jobs has one silence. */
function distinct(found: readonly Asset[]): Asset[] {
  return found.filter(({ name }, index) => found.findIndex((other) => other.name === name) === index)
}
