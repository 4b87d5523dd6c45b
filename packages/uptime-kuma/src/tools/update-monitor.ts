import { diffOf, ToolError } from '@rackwarden/core'
import { z } from 'zod'
import type { UptimeKumaClient } from '../client.ts'
import { groupNamed } from '../creation.ts'
import { findMonitor, referenceTo } from '../find-monitor.ts'
import type { Monitor } from '../kuma-schema.ts'
import { usesUrl } from '../monitor-facts.ts'
import { notificationIds } from '../tag-facts.ts'
import { targetName } from '../target-name.ts'
import { atMost, host } from '../text-limit.ts'
import { shownUrl } from '../withheld.ts'
import { defineTool, monitorInput } from './define-tool.ts'

const input = z.object({
  monitor: monitorInput,
  name: atMost(150).optional().describe('Name.'),
  url: z
    .string()
    .regex(/^https?:\/\/./i, 'begins with http:// or https://')
    .optional()
    .describe('Url.'),
  host: host.optional().describe('Host.'),
  port: z.number().int().min(1).max(65_535).optional().describe('Port.'),
  keyword: z.string().min(1).optional().describe('Keyword.'),
  interval: z.number().int().min(1).max(2_073_600).optional().describe('Seconds.'),
  retries: z.number().int().min(0).max(100).optional().describe('Retries.'),
  description: z
    .string()
    .regex(/^[^]{0,1000}$/)
    .optional()
    .describe('Description.'),
  group: z.string().optional().describe("'' for none."),
  notifications: z.array(z.string()).optional().describe('Notifications.'),
})
type UpdateInput = z.output<typeof input>
type Field = Exclude<keyof UpdateInput, 'monitor'>

/** What can be changed, by the names of the input. */
type Values = Partial<Record<Field, string | number | string[]>>

interface UpdateState {
  id: number
  name: string
  type: string
  now: Values
}

const fieldOf: Readonly<Record<Exclude<Field, 'group' | 'notifications'>, string>> = {
  name: 'name',
  url: 'url',
  host: 'hostname',
  port: 'port',
  keyword: 'keyword',
  interval: 'interval',
  retries: 'maxretries',
  description: 'description',
}

/** Changes fields of a monitor. */
export const updateMonitor = defineTool({
  name: 'update_monitor',
  title: 'Change a monitor',
  description: 'Change a monitor: how often, what and where it checks; the rest, and its secrets, stay.',
  access: 'configure',
  toolset: 'setup',
  idempotent: true,
  input,
  output: z.object({
    monitor: z.string().describe('Name.'),
    changed: z.array(z.string()).describe('Fields that changed.'),
  }),
  async state({ monitor: reference }, { client, signal }): Promise<UpdateState> {
    const monitors = await client.refresh(signal)
    const monitor = findMonitor(monitors, reference)
    return { id: monitor.id, name: monitor.name, type: monitor.type, now: valuesOf(monitor, monitors, client) }
  },
  plan(given, { state, client, instance }) {
    const wanted = wantedOf(given, state)
    refuse(given, state)
    notificationIds(client, given.notifications)
    const group = given.group === undefined || given.group === '' ? undefined : groupNamed(client.picture.monitors(), given.group)
    const diff = diffOf(
      shownValues(pick(state.now, wanted)),
      shownValues({ ...wanted, ...(group === undefined ? {} : { group: group.name }) }),
    )
    const targets = [targetName(instance, 'monitor', state.name)]
    if (diff.length === 0) return { summary: `${state.name} is so already`, targets, nothing: true }
    if (given.name !== undefined && client.picture.monitors().some(({ id, name }) => name === given.name && id !== state.id))
      throw new ToolError('conflict', `There is a monitor '${given.name}' already.`, { hint: 'Choose another name.' })
    return {
      summary: `Change ${Object.keys(wanted).join(', ')} of ${state.name}`,
      targets,
      diff,
      warnings:
        given.url === undefined && given.host === undefined
          ? []
          : ['What it saw so far stays under its name, though it was of another place.'],
    }
  },
  async run(given, { client, state, signal }) {
    const wanted = wantedOf(given, state)
    const bean = await client.bean(state.id, signal)
    const changed = Object.entries(fieldOf).flatMap(([name, field]) => (name in wanted ? [[field, wanted[name as Field]]] : []))
    const parent =
      given.group === undefined ? {} : { parent: given.group === '' ? null : groupNamed(client.picture.monitors(), given.group).id }
    const ids = given.notifications === undefined ? undefined : notificationIds(client, given.notifications)
    const used = ids === undefined ? {} : { notificationIDList: Object.fromEntries(ids.map((id) => [String(id), true])) }
    // The whole of it is sent, for what is not sent is not kept.
    await client.edit({ ...bean, ...Object.fromEntries(changed), ...parent, ...used }, signal)
    return {
      monitor: given.name ?? state.name,
      changed: Object.keys(wanted).filter((name) => !isSame(state.now[name as Field], wanted[name as Field])),
    }
  },
  settled: ({ now }, given, before) => {
    const odd = Object.entries(wantedOf(given, before)).filter(([name, value]) => name !== 'group' && !isSame(now[name as Field], value))
    return odd.length === 0 || `${odd.map(([name]) => name).join(', ')} did not change yet`
  },
  undo: ({ id, now }, given) => ({
    tool: 'update_monitor',
    input: { monitor: referenceTo({ id }), ...pick(now, given) },
  }),
})

/** The values a monitor has, of those that can be changed; of what it has no use for, none. */
function valuesOf(monitor: Monitor, monitors: readonly Monitor[], client: UptimeKumaClient): Values {
  const { type, url, hostname, port, keyword, interval, maxretries, description, parent, notificationIDList } = monitor
  const ids = Object.keys(notificationIDList ?? {}).map(Number)
  return {
    name: monitor.name,
    ...(usesUrl(type) ? { url } : {}),
    ...(hostname === '' ? {} : { host: hostname }),
    ...(hostname !== '' && typeof port === 'number' ? { port } : {}),
    ...(type === 'keyword' ? { keyword } : {}),
    interval: interval ?? 60,
    retries: maxretries ?? 0,
    description,
    group: monitors.find(({ id }) => id === parent)?.name ?? '',
    notifications: client.picture.notifications().flatMap((one) => (ids.includes(one.id) ? [one.name] : [])),
  }
}

function wantedOf(given: UpdateInput, { now }: UpdateState): Values {
  const wanted = Object.fromEntries(Object.entries(given).filter(([name, value]) => value !== undefined && name !== 'monitor')) as Values
  if (Object.keys(wanted).length === 0)
    throw new ToolError('invalid_input', 'Nothing says what is to change.', { hint: `It can be: ${Object.keys(now).join(', ')}.` })
  return wanted
}

/** A field its kind has no use for would be written and do nothing. */
function refuse(given: UpdateInput, state: UpdateState): void {
  const odd = Object.keys(wantedOf(given, state)).filter((name) => !(name in state.now))
  if (odd.length > 0)
    throw new ToolError('invalid_input', `A monitor of type ${state.type} has no ${odd.join(', ')}.`, {
      hint: `It has ${Object.keys(state.now).join(', ')}.`,
    })
  if (given.group !== undefined && given.group === state.name)
    throw new ToolError('invalid_input', 'A group cannot be within itself.', { hint: 'Choose another group.' })
}

function pick(values: Values, names: object): Values {
  const given = names as Record<string, unknown>
  return Object.fromEntries(
    Object.entries(values).filter(([name]) => name in given && given[name] !== undefined && name !== 'monitor'),
  ) as Values
}

function shownValues(values: Values): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, name === 'url' ? shownUrl(String(value)) : value === '' ? undefined : value]),
  )
}

function isSame(first: unknown, second: unknown): boolean {
  const sorted = (value: unknown) => (Array.isArray(value) ? value.map((one) => String(one).toLowerCase()).toSorted() : value)
  return JSON.stringify(sorted(first)) === JSON.stringify(sorted(second))
}
