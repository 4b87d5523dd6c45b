import type { Asset, Watchers } from '@rackwarden/core'
import type { UptimeKumaClient } from './client.ts'
import type { Monitor } from './kuma-schema.ts'

const longestTitle = 150
const minuteMs = 60_000

/** What watches a thing that is worked on is in maintenance meanwhile: one window for all of it, which ends by itself. */
export const watchers: Watchers<UptimeKumaClient> = {
  tool: 'start_maintenance',

  /** One that is paused, or in maintenance already, raises no alarm. */
  async select(client, found, { signal }) {
    const monitors = await client.monitors(signal)
    return found.filter((asset) => monitorsOf([asset], monitors).some(({ active, maintenance }) => active && !maintenance))
  },

  async pause(client, found, { id, until, reason }, { signal }) {
    const monitors = monitorsOf(found, await client.refresh(signal))
    if (monitors.length === 0) return
    const from = new Date((await client.now(signal)).getTime() - minuteMs)
    const title = `${titleFor(id)}: ${reason}`.slice(0, longestTitle)
    await client.startMaintenance({ title, from, until: new Date(until), monitors: monitors.map((monitor) => monitor.id) }, signal)
  },

  async resume(client, id, { signal }) {
    const windows = await client.maintenances(signal)
    // It was made for this, and is of no use to anybody afterwards.
    for (const window of windows.filter(({ title }) => title.startsWith(`${titleFor(id)}:`)))
      await client.deleteMaintenance(window.id, signal)
  },
}

/** What the window of a pause begins with, and is found by. */
function titleFor(id: string): string {
  return `rackwarden ${id}`
}

/** The monitors assets stand for; a group is none of them, for it would take with it what watches other things. */
function monitorsOf(assets: readonly Asset[], monitors: readonly Monitor[]): Monitor[] {
  return monitors.filter(({ name, type }) => type !== 'group' && assets.some((asset) => asset.name === name))
}
