import { nearestNames, ToolError } from '@rackwarden/core'
import { z } from 'zod'
import type { UptimeKumaClient } from '../client.ts'
import type { Maintenance } from '../kuma-schema.ts'
import { targetName } from '../target-name.ts'
import { defineTool } from './define-tool.ts'

interface WindowFacts {
  id: number
  title: string
  status: string
  strategy: string
  monitors: string[]
}

const input = z.object({ maintenance: z.string().min(1).describe('Title or id.') })
const output = z.object({
  maintenance: z.number().describe('Id.'),
  title: z.string().describe('Title.'),
  status: z.string().describe('What it is now.'),
})

async function readState(
  { maintenance: reference }: { maintenance: string },
  { client, signal }: { client: UptimeKumaClient; signal: AbortSignal },
): Promise<WindowFacts> {
  const windows = await client.maintenances(signal)
  const { id, title, status, strategy } = findWindow(windows, reference)
  const [monitors, ids] = await Promise.all([client.refresh(signal), client.monitorsUnder(id, signal)])
  return { id, title, status, strategy, monitors: monitors.filter((monitor) => ids.includes(monitor.id)).map(({ name }) => name) }
}

function findWindow(windows: readonly Maintenance[], reference: string): Maintenance {
  const id = Number(/^#?(\d+)$/.exec(reference)?.[1])
  const byId = windows.find((window) => window.id === id)
  const titled = windows.filter(({ title }) => title.toLowerCase() === reference.toLowerCase())
  // Those that are over stay in the list under their titles.
  const current = titled.filter(isOpen)
  const found = current.length > 0 ? current : titled
  if (found.length > 1)
    throw new ToolError('conflict', `${found.length} windows are called '${reference}': #${found.map((one) => one.id).join(', #')}.`, {
      hint: 'Give the id.',
    })
  const window = found[0] ?? byId
  if (window !== undefined) return window
  const running = windows.filter(isOpen)
  const near = nearestNames(
    reference,
    running.map(({ title }) => title),
  )
  throw new ToolError('not_found', `There is no maintenance '${reference}'.`, {
    hint:
      near.length > 0
        ? `Is it ${near.join(' or ')}?`
        : running.length > 0
          ? `Open are: ${running.map((one) => `#${one.id} ${one.title}`).join(', ')}.`
          : 'None is open.',
  })
}

function isOpen({ status }: Pick<Maintenance, 'status'>): boolean {
  return status === 'under-maintenance' || status === 'scheduled'
}

const basis = ({ id, status }: WindowFacts) => ({ id, open: isOpen({ status }) })
const show = ({ id, title, status }: WindowFacts) => ({ maintenance: id, title, status })

/** Ends a window of maintenance before its time. */
export const endMaintenance = defineTool({
  name: 'end_maintenance',
  title: 'End maintenance',
  description: 'End maintenance now, before its time: its monitors notify again.',
  access: 'operate',
  toolset: 'maintenance',
  idempotent: true,
  input,
  output,
  state: readState,
  basis,
  plan(_, { state, instance }) {
    const { id, title, status, strategy, monitors } = state
    const targets = [targetName(instance, 'maintenance', title), ...monitors.map((name) => targetName(instance, 'monitor', name))]
    if (!isOpen(state)) return { summary: `Maintenance '${title}' (#${id}) is over already`, targets, nothing: true }
    if (strategy !== 'single' && strategy !== 'manual')
      throw new ToolError('conflict', `Maintenance '${title}' comes back by itself: ending it would end all that is to come.`, {
        hint: 'Its owner edits it in the web page of Uptime Kuma.',
      })
    return {
      summary: `End maintenance '${title}' (#${id})`,
      targets,
      diff: [`${title}: ${status} → inactive`, ...monitors.map((name) => `${name}: in maintenance → checked as ever`)],
    }
  },
  async run(_, { client, state, signal }) {
    if (isOpen(state)) await client.pauseMaintenance(state.id, signal)
    return show(state)
  },
  settled: (after) => !isOpen(after) || 'it is still in force',
  verified: (_, after) => show(after),
  undo: (before) => ({ tool: isOpen(before) ? 'resume_maintenance' : 'end_maintenance', input: { maintenance: `#${before.id}` } }),
})

/** Takes the end of a window back, as long as its time is not over. */
export const resumeMaintenance = defineTool({
  name: 'resume_maintenance',
  title: 'Resume maintenance',
  description: 'Takes end_maintenance back: the window is in force again until its time is over.',
  access: 'operate',
  internal: true,
  idempotent: true,
  input,
  output,
  state: readState,
  basis,
  plan: (_, { state, instance }) => ({
    summary: `Put maintenance '${state.title}' (#${state.id}) in force again`,
    targets: [targetName(instance, 'maintenance', state.title), ...state.monitors.map((name) => targetName(instance, 'monitor', name))],
    diff: [`${state.title}: ${state.status} → in force until its time is over`],
  }),
  async run(_, { client, state, signal }) {
    await client.resumeMaintenance(state.id, signal)
    return show(state)
  },
  settled: ({ status }) => isOpen({ status }) || (status === 'ended' ? { failed: 'its time is over' } : 'it is not in force yet'),
  verified: (_, after) => show(after),
  undo: ({ id }) => ({ tool: 'end_maintenance', input: { maintenance: `#${id}` } }),
})
