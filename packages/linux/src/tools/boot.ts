import { ToolError, type Plan } from '@rackwarden/core'
import { z } from 'zod'
import { act, readUnit, type UnitPlan } from '../lifecycle.ts'
import { refuseProtected } from '../protected.ts'
import { targetOf } from '../targets.ts'
import type { UnitDetail } from '../unit.ts'
import { defineTool, unitInput } from './define-tool.ts'

const input = z.object({ unit: unitInput })
const output = z.object({
  unit: z.string().describe('Name.'),
  enabled: z.string().describe('Whether it starts at boot.'),
  active: z.string().describe('Whether it is up now.'),
})

const changeable = new Set(['enabled', 'disabled', 'enabled-runtime', 'indirect', 'linked'])
const reasons: Readonly<Record<string, string>> = {
  static: 'is static: nothing says when it would start by itself; other units start it',
  masked: 'is masked: systemd never starts it',
  'masked-runtime': 'is masked until the next boot: systemd does not start it',
  generated: 'is generated from other configuration at boot, and is changed there',
  transient: 'was made at runtime, and is gone at the next boot',
  alias: 'is another name of a unit',
}

function show({ name, enabled, active }: UnitDetail): z.input<typeof output> {
  return { unit: name, enabled, active }
}

function isEnabled({ enabled }: UnitDetail): boolean {
  return enabled === 'enabled' || enabled === 'enabled-runtime'
}

function basisOf(state: UnitDetail): { name: string; enabled: boolean } {
  return { name: state.name, enabled: isEnabled(state) }
}

function planBoot({ action, state, client, instance }: UnitPlan): Plan {
  refuseProtected(action, state, client.isRemote)
  const targets = [targetOf(instance, 'unit', state.name)]
  if (!changeable.has(state.enabled))
    throw new ToolError('conflict', `${state.name} ${reasons[state.enabled] ?? 'has no file that could be enabled'}.`, {
      hint: 'get_unit shows how it stands.',
    })
  const isAlready = isEnabled(state) === (action === 'enable')
  if (isAlready) return { summary: `${state.name} is ${state.enabled} already: there is nothing to change.`, targets, nothing: true }
  return {
    summary: `${action === 'enable' ? 'Enable' : 'Disable'} ${state.name}`,
    targets,
    diff: [`at boot: ${state.enabled} → ${action}d`],
    warnings:
      action === 'enable'
        ? state.active === 'active'
          ? []
          : [`It is ${state.active} now and stays so: start_unit starts it.`]
        : state.active === 'active'
          ? ['It is active now and stays so: stop_unit stops it.']
          : [],
  }
}

/** Lets a unit start at boot. */
export const enableUnit = defineTool({
  name: 'enable_unit',
  title: 'Enable a unit',
  description: 'Make a systemd service start automatically at boot; it is not started now.',
  access: 'configure',
  toolset: 'units',
  wayBackFirst: true,
  idempotent: true,
  input,
  output,
  state: readUnit,
  basis: basisOf,
  plan: (_, { state, client, instance }) => planBoot({ action: 'enable', state, client, instance }),
  run: async (_, { state, client, signal }) => show(await act('enable', state, client, signal)),
  settled: (after) => isEnabled(after) || `it is still ${after.enabled}`,
  verified: (_, after) => show(after),
  undo: (before, { unit }) => ({ tool: isEnabled(before) ? 'enable_unit' : 'disable_unit', input: { unit } }),
})

/** Keeps a unit from starting at boot. */
export const disableUnit = defineTool({
  name: 'disable_unit',
  title: 'Disable a unit',
  description: 'Keep a systemd service from starting automatically at boot; it is not stopped now.',
  access: 'configure',
  toolset: 'units',
  wayBackFirst: true,
  idempotent: true,
  input,
  output,
  state: readUnit,
  basis: basisOf,
  plan: (_, { state, client, instance }) => planBoot({ action: 'disable', state, client, instance }),
  run: async (_, { state, client, signal }) => show(await act('disable', state, client, signal)),
  settled: (after) => !isEnabled(after) || `it is still ${after.enabled}`,
  verified: (_, after) => show(after),
  undo: (before, { unit }) => ({ tool: isEnabled(before) ? 'enable_unit' : 'disable_unit', input: { unit } }),
})
