import { ToolError, type Plan } from '@rackwarden/core'
import { z } from 'zod'
import type { UptimeKumaClient } from '../client.ts'
import { findMonitor, monitorsWithin, referenceTo } from '../find-monitor.ts'
import { targetName } from '../target-name.ts'
import { defineTool, monitorInput } from './define-tool.ts'

interface Switch {
  id: number
  name: string
  active: boolean
  /** Name of the group above it that is paused. */
  pausedBy: string | undefined
  /** Names of what is checked with it, where it is a group. */
  within: string[]
}

const input = z.object({ monitor: monitorInput })
const output = z.object({
  monitor: z.string().describe('Name.'),
  state: z.string().describe('Whether it is checked.'),
})

async function readState(
  { monitor: reference }: { monitor: string },
  { client, signal }: { client: UptimeKumaClient; signal: AbortSignal },
): Promise<Switch> {
  const monitors = await client.refresh(signal)
  const monitor = findMonitor(monitors, reference)
  const groups: typeof monitors = monitors.filter(({ id, active }) => !active && monitorsWithin(monitors, id).includes(monitor))
  return {
    id: monitor.id,
    name: monitor.name,
    active: monitor.active,
    // What is above a paused group is paused, too: the lowest may be resumed only after the highest.
    pausedBy: monitor.forceInactive ? (groups.find(({ forceInactive }) => !forceInactive)?.name ?? 'a group') : undefined,
    within: monitorsWithin(monitors, monitor.id).map(({ name }) => name),
  }
}

const basis = ({ id, active }: Switch) => ({ id, active })
const show = ({ name, active }: Switch) => ({ monitor: name, state: active ? 'checked' : 'paused' })
const undo = (before: Switch) => ({
  tool: before.active ? 'resume_monitor' : 'pause_monitor',
  input: { monitor: referenceTo(before) },
})

function planOf(before: Switch, instance: string, { summary, after }: { summary: string; after: string }): Plan {
  const { name, within } = before
  return {
    summary,
    targets: [name, ...within].map((one) => targetName(instance, 'monitor', one)),
    diff: [`${name}: ${show(before).state} → ${after}`],
  }
}

function unchanged({ name, active }: Switch, instance: string): Plan {
  return {
    summary: `${name} is ${active ? 'checked' : 'paused'} already`,
    targets: [targetName(instance, 'monitor', name)],
    nothing: true,
  }
}

/** Keeps a monitor from checking. */
export const pauseMonitor = defineTool({
  name: 'pause_monitor',
  title: 'Pause a monitor',
  description: 'Pause a monitor or group: not checked until it is resumed, and nobody is notified.',
  access: 'operate',
  toolset: 'monitors',
  idempotent: true,
  input,
  output,
  state: readState,
  basis,
  plan(_, { state, instance }) {
    if (!state.active) return unchanged(state, instance)
    const { name, within } = state
    const plan = planOf(state, instance, { summary: `Pause ${name}`, after: 'paused' })
    const more = within.length === 0 ? [] : [`What is in the group is paused with it: ${within.join(', ')}.`]
    return { ...plan, warnings: [...more, 'Nobody hears of it if it fails; for a while, start_maintenance ends by itself.'] }
  },
  async run(_, { client, state, signal }) {
    if (state.active) await client.pause(state.id, signal)
    return show(state)
  },
  settled: ({ active }) => !active || 'it is still checked',
  verified: (_, after) => show(after),
  undo,
})

/** Lets a monitor check again. */
export const resumeMonitor = defineTool({
  name: 'resume_monitor',
  title: 'Resume a monitor',
  description: 'Check a paused monitor again, at once and from then on.',
  access: 'operate',
  toolset: 'monitors',
  idempotent: true,
  input,
  output,
  state: readState,
  basis,
  plan(_, { state, instance }) {
    if (state.active) return unchanged(state, instance)
    const { name, pausedBy } = state
    if (pausedBy !== undefined)
      throw new ToolError('conflict', `${name} is paused because the group ${pausedBy} is.`, {
        hint: `Resume the group: resume_monitor monitor=${pausedBy}.`,
      })
    return planOf(state, instance, { summary: `Resume ${name}`, after: 'checked' })
  },
  async run(_, { client, state, signal }) {
    if (!state.active) await client.resume(state.id, signal)
    return show(state)
  },
  settled: ({ active }) => active || 'it is still paused',
  verified: (_, after) => show(after),
  undo,
})
