import { z } from 'zod'
import { act, isUp, lifecycleBasis, planLifecycle, readUnit, settledUp } from '../lifecycle.ts'
import type { UnitDetail } from '../unit.ts'
import { defineTool, unitInput } from './define-tool.ts'

const input = z.object({ unit: unitInput })
const output = z.object({
  unit: z.string().describe('Name.'),
  active: z.string().describe('Whether it is up.'),
  sub: z.string().describe('What it does, in words of its kind.'),
  pid: z.number().optional().describe('Main process.'),
})

function show({ name, active, sub, pid }: UnitDetail): z.input<typeof output> {
  return { unit: name, active, sub, pid }
}

/** Starts a unit and waits until it is up. */
export const startUnit = defineTool({
  name: 'start_unit',
  title: 'Start a unit',
  description: 'Start a systemd service; done once it is active and stays so.',
  access: 'operate',
  toolset: 'units',
  idempotent: true,
  input,
  output,
  state: readUnit,
  basis: lifecycleBasis,
  plan: (_, { state, client, instance }) => planLifecycle({ action: 'start', state, client, instance }),
  run: async (_, { state, client, signal }) => show(await act('start', state, client, signal)),
  settled: (after, _, before) => (isUp(before) && after.invocation === before.invocation ? true : settledUp(after, before)),
  settleWithinMs: 40_000,
  verified: (_, after) => show(after),
  undo: (before, { unit }) => ({ tool: isUp(before) ? 'start_unit' : 'stop_unit', input: { unit } }),
})

/** Stops a unit in order. */
export const stopUnit = defineTool({
  name: 'stop_unit',
  title: 'Stop a unit',
  description: 'Stop a systemd service; refused for what holds the way into the host.',
  access: 'operate',
  toolset: 'units',
  idempotent: true,
  input,
  output,
  state: readUnit,
  basis: lifecycleBasis,
  plan: (_, { state, client, instance }) => planLifecycle({ action: 'stop', state, client, instance }),
  run: async (_, { state, client, signal }) => show(await act('stop', state, client, signal)),
  settled: (after) => (!isUp(after) && after.active !== 'deactivating') || `it is still ${after.active}`,
  settleWithinMs: 40_000,
  verified: (_, after) => show(after),
  undo: (before, { unit }) => ({ tool: isUp(before) ? 'start_unit' : 'stop_unit', input: { unit } }),
})

/** Restarts a unit and waits until it is up. */
export const restartUnit = defineTool({
  name: 'restart_unit',
  title: 'Restart a unit',
  description: 'Stop and start a systemd service; done once it is active and stays so.',
  access: 'operate',
  toolset: 'units',
  input,
  output,
  state: readUnit,
  basis: lifecycleBasis,
  plan: (_, { state, client, instance }) => planLifecycle({ action: 'restart', state, client, instance }),
  run: async (_, { state, client, signal }) => show(await act('restart', state, client, signal)),
  settled: (after, _, before) =>
    isUp(after) && after.invocation !== '' && after.invocation === before.invocation
      ? 'it has not restarted yet'
      : settledUp(after, before),
  settleWithinMs: 40_000,
  verified: (_, after) => show(after),
  undo: 'transient',
})
