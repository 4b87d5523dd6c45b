import { page, paging } from '@rackwarden/core'
import { z } from 'zod'
import { lastLineOf } from '../unit.ts'
import { readUnit } from '../lifecycle.ts'
import { unitsOf, unitsPart, type Unit } from '../units.ts'
import { defineTool, unitInput } from './define-tool.ts'

/** Lists units, failed ones first. */
export const listUnits = defineTool({
  name: 'list_units',
  title: 'List units',
  description: 'All systemd services, or timers, mounts, sockets: running or not; failed ones first.',
  access: 'observe',
  toolset: 'units',
  input: z.object({
    state: z.enum(['active', 'inactive', 'failed', 'activating']).optional().describe('State.'),
    name: z.string().optional().describe('Part of the name or description.'),
    type: z.enum(['service', 'timer', 'socket', 'mount', 'path', 'target', 'all']).default('service').describe('Type.'),
    ...paging,
  }),
  output: z.object({
    units: z.array(
      z.object({
        name: z.string().describe('Name.'),
        active: z.string().describe('Whether it is up.'),
        sub: z.string().describe('What it does, in words of its kind.'),
        load: z.string().optional().describe('Where its file could not be loaded, why.'),
        description: z.string().describe('What it is.'),
      }),
    ),
    next_cursor: z.string().optional().describe('Pass as `cursor` for more.'),
  }),
  async run({ state, name, type, ...window }, { client, signal }) {
    const { sections } = await client.ask([unitsPart], { signal })
    const wanted = name?.toLowerCase()
    const found = unitsOf(sections).filter(
      (unit) =>
        (type === 'all' || unit.name.endsWith(`.${type}`) || (unit.active === 'failed' && state === 'failed')) &&
        (state === undefined || unit.active === state) &&
        // What other units only mention is not there.
        (unit.load !== 'not-found' || unit.active === 'failed') &&
        (wanted === undefined || unit.name.toLowerCase().includes(wanted) || unit.description.toLowerCase().includes(wanted)),
    )
    const { rows, ...rest } = page(failedFirst(found), window)
    return {
      units: rows.map((unit) => ({
        name: unit.name,
        active: unit.active,
        sub: unit.sub,
        load: unit.load === 'loaded' ? undefined : unit.load,
        description: unit.description,
      })),
      ...rest,
    }
  },
})

const order = ['failed', 'activating', 'deactivating', 'reloading', 'active', 'inactive']

function failedFirst(units: readonly Unit[]): Unit[] {
  return units.toSorted(
    (first, second) => order.indexOf(first.active) - order.indexOf(second.active) || (first.name < second.name ? -1 : 1),
  )
}

/** Shows one unit whole. */
export const getUnit = defineTool({
  name: 'get_unit',
  title: 'Look at a unit',
  description: 'Status of one systemd service: running or not, since when, PID, enabled at boot, memory, restarts, last exit, log.',
  access: 'observe',
  toolset: 'units',
  input: z.object({ unit: unitInput }),
  output: z.object({
    name: z.string().describe('Name.'),
    description: z.string().describe('What it is.'),
    active: z.string().describe('Whether it is up.'),
    sub: z.string().describe('What it does, in words of its kind.'),
    load: z.string().optional().describe('Where its file could not be loaded, why.'),
    enabled: z.string().optional().describe('Whether it starts at boot.'),
    since: z.string().optional().describe('Since when it is so.'),
    pid: z.number().optional().describe('Main process.'),
    memory_mib: z.number().optional().describe('Memory it uses.'),
    restarts: z.number().describe('Times systemd restarted it by itself.'),
    restart_policy: z.string().describe('When systemd restarts it.'),
    result: z.string().optional().describe('What went wrong last.'),
    last_exit: z.string().optional().describe('How it ended last.'),
    status: z.string().optional().describe('What it says of itself.'),
    triggered_by: z.string().optional().describe('What starts it.'),
    last_lines: z.array(z.string()).describe('End of its log, oldest first.'),
  }),
  untrusted: true,
  async run({ unit }, { client, signal }) {
    const shown = await readUnit({ unit }, { client, signal })
    const hasEnded = shown.exitCode !== 0 || shown.wasKilled
    return {
      name: shown.name,
      description: shown.description,
      active: shown.active,
      sub: shown.sub,
      load: shown.load === 'loaded' ? undefined : shown.load,
      enabled: shown.enabled || undefined,
      since: shown.since,
      pid: shown.pid,
      memory_mib: shown.memoryBytes === undefined ? undefined : Math.round(shown.memoryBytes / 1024 ** 2),
      restarts: shown.restarts,
      restart_policy: shown.restartPolicy,
      result: shown.result === 'success' || shown.result === '' ? undefined : shown.result,
      last_exit: hasEnded ? (shown.wasKilled ? `signal ${shown.exitCode}` : `exit code ${shown.exitCode}`) : undefined,
      status: shown.statusText || undefined,
      triggered_by: shown.triggeredBy.join(', ') || undefined,
      last_lines:
        shown.log.length > 0
          ? shown.log.slice(-5).map(({ at, text }) => `${at.slice(0, 19)} ${text.slice(0, 300)}`)
          : [lastLineOf(shown)].filter((line) => line !== ''),
    }
  },
})
