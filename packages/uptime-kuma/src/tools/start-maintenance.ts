import { z } from 'zod'
import { longestWindow } from '../client.ts'
import { findMonitor, monitorsWithin } from '../find-monitor.ts'
import { targetName } from '../target-name.ts'
import { atMost } from '../text-limit.ts'
import { defineTool } from './define-tool.ts'

const minuteMs = 60_000

/** Begins a window of maintenance that ends by itself. */
export const startMaintenance = defineTool({
  name: 'start_maintenance',
  title: 'Start maintenance',
  description: 'Maintenance that ends by itself: its monitors are muted, notify nobody and do not count as down.',
  access: 'operate',
  toolset: 'maintenance',
  input: z.object({
    title: atMost(150).describe('Title.'),
    monitors: z.array(z.string().min(1)).min(1).describe('Names or ids.'),
    minutes: z.number().int().min(1).max(longestWindow).describe('Minutes.'),
  }),
  output: z.object({
    maintenance: z.number().describe('Id.'),
    title: z.string().describe('Title.'),
    until: z.string().describe('When it ends.'),
    monitors: z.array(z.string()).describe('What it is about.'),
  }),
  async state({ title, monitors: references }, { client, signal }) {
    const monitors = await client.refresh(signal)
    const found = new Map(references.map((reference) => findMonitor(monitors, reference)).map((monitor) => [monitor.id, monitor]))
    const windows = (await client.maintenances(signal)).filter(({ status }) => status === 'under-maintenance')
    return {
      monitors: [...found.values()].map(({ id, name }) => ({ id, name })),
      within: [...found.keys()].flatMap((id) => monitorsWithin(monitors, id).map(({ name }) => name)),
      running: windows.map(({ id }) => id),
      alike: windows.filter((window) => window.title === title).map(({ id }) => id),
    }
  },
  basis: ({ monitors, alike }) => ({ monitors, alike }),
  async plan({ title, minutes }, { state, client, instance, signal }) {
    const until = new Date((await client.now(signal)).getTime() + minutes * minuteMs)
    const names = state.monitors.map(({ name }) => name)
    return {
      summary: `Maintenance '${title}' for ${minutes} minutes on ${names.join(', ')}`,
      targets: [...new Set([...names, ...state.within])].map((name) => targetName(instance, 'monitor', name)),
      diff: [...names.map((name) => `${name}: → in maintenance`), `until: ${shortTime(until)}`],
      warnings: [
        ...(state.within.length === 0 ? [] : [`With the groups: ${state.within.join(', ')}.`]),
        ...(state.alike.length === 0 ? [] : [`One of that title runs already: #${state.alike.join(', #')}.`]),
      ],
    }
  },
  async run({ title, minutes }, { state, client, signal }) {
    const now = (await client.now(signal)).getTime()
    const until = new Date(now + minutes * minuteMs)
    // A little earlier than now: a clock that lags is no reason to wait.
    const from = new Date(now - minuteMs)
    const ids = state.monitors.map(({ id }) => id)
    const maintenance = await client.startMaintenance({ title, from, until, monitors: ids }, signal)
    return { maintenance, title, until: shortTime(until), monitors: state.monitors.map(({ name }) => name) }
  },
  settled: (after, _, before) => after.running.some((id) => !before.running.includes(id)) || 'it is not in force yet',
  undo: (_, __, { output }) => ({ tool: 'end_maintenance', input: { maintenance: `#${output.maintenance}` } }),
})

/** A time as it is read, to the second. */
export function shortTime(moment: Date): string {
  return moment.toISOString().replace(/\.\d+/, '')
}
