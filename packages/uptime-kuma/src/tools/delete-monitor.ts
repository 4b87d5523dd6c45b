import { ToolError } from '@rackwarden/core'
import { z } from 'zod'
import type { UptimeKumaClient } from '../client.ts'
import { findMonitor, monitorIfAny } from '../find-monitor.ts'
import { kept, whole, type KeptMonitor } from '../monitor-fields.ts'
import { tagOrNew } from '../tag-facts.ts'
import { targetName } from '../target-name.ts'
import { defineTool, monitorInput } from './define-tool.ts'

const keptTag = z.object({ name: z.string(), value: z.string() })

/** A monitor with what hangs on it. */
interface Deletion extends KeptMonitor {
  id: number
  name: string
  tags: z.output<typeof keptTag>[]
  /** What is in it, where it is a group. */
  children: { id: number; name: string }[]
}

type Reader = (input: { monitor: string }, context: { client: UptimeKumaClient; signal: AbortSignal }) => Promise<Deletion | null>

const readState: Reader = async ({ monitor: reference }, { client, signal }) => {
  const monitors = await client.refresh(signal)
  const monitor = monitorIfAny(monitors, reference)
  if (monitor === undefined) return null
  const { id, name, tags } = monitor
  const children = monitors.filter(({ parent }) => parent === id)
  return {
    id,
    name,
    ...kept(await client.bean(id, signal)),
    tags: (tags ?? []).map((tag) => ({ name: tag.name, value: tag.value })),
    children: children.map((child) => ({ id: child.id, name: child.name })),
  }
}

/** What is the same of it once it was made again: all but its id. */
const basis = (state: Deletion | null) => (state === null ? null : { ...state, id: undefined })

/** Deletes a monitor with all it saw. */
export const deleteMonitor = defineTool({
  name: 'delete_monitor',
  title: 'Delete a monitor',
  description: 'Delete a monitor and its whole history for good; undo makes it again, without the history.',
  access: 'admin',
  toolset: 'setup',
  input: z.object({ monitor: monitorInput }),
  output: z.object({
    monitor: z.string().describe('Name it had.'),
    left: z.array(z.string()).optional().describe('What was in the group and stays.'),
  }),
  state: readState,
  basis,
  plan({ monitor: reference }, { state, client, instance }) {
    const { name, id, children, tags } = state ?? deniedOf(client, reference)
    return {
      summary: `Delete ${name} (#${id}) and its history`,
      targets: [name, ...children.map((child) => child.name)].map((one) => targetName(instance, 'monitor', one)),
      diff: [`${name}: → gone`, ...children.map((child) => `${child.name}: in ${name} → in no group`)],
      warnings: [
        'Its checks, outages and uptime are lost, also where the deletion is taken back: what comes back begins anew, with another id.',
        'Status pages and windows of maintenance lose it.',
        ...(tags.length === 0
          ? []
          : [`Its tags stay, and are put on again if it is taken back: ${tags.map((tag) => tag.name).join(', ')}.`]),
      ],
    }
  },
  async run(_, { client, state, signal }) {
    if (state === null) throw new ToolError('not_found', 'It is gone already.', { hint: 'list_monitors has what there is.' })
    await client.remove(state.id, signal)
    const left = state.children.map(({ name }) => name)
    return { monitor: state.name, ...(left.length === 0 ? {} : { left }) }
  },
  settled: (after, _, before) => after === null || after.id !== before?.id || 'it is still there',
  undo: (before, { monitor }) => ({
    tool: 'restore_monitor',
    input: {
      name: before?.name ?? monitor,
      fields: before?.fields ?? {},
      secret: before?.secret ?? '{}',
      tags: before?.tags ?? [],
      children: (before?.children ?? []).map(({ id }) => id),
    },
  }),
})

function deniedOf(client: UptimeKumaClient, reference: string): never {
  // Says what is near, for it is not there.
  findMonitor(client.picture.monitors(), reference)
  throw new ToolError('conflict', 'It came back this moment.', { hint: 'Try again.' })
}

/** Makes a deleted monitor again, with its secrets, tags and what was in it. */
export const restoreMonitor = defineTool({
  name: 'restore_monitor',
  title: 'Make a deleted monitor again',
  description: 'Takes delete_monitor back: makes the monitor again as it was, without its history.',
  access: 'admin',
  internal: true,
  input: z.object({
    name: z.string().describe('Name.'),
    fields: z.record(z.string(), z.unknown()).describe('Its fields.'),
    secret: z.string().describe('Its secret fields, as JSON.'),
    tags: z.array(keptTag.extend({ name: z.string().describe('Name.'), value: z.string().describe('Value.') })).describe('Its tags.'),
    children: z.array(z.number()).describe('Ids of what was in it.'),
  }),
  output: z.object({ monitor: z.string().describe('Name.'), id: z.number().describe('Its new id.') }),
  state: async ({ name }, { client, signal }) =>
    (await client.refresh(signal)).filter((monitor) => monitor.name === name).map(({ id }) => id),
  plan({ name, fields, tags }, { state, instance }) {
    if (state.length > 0)
      throw new ToolError('conflict', `There is a monitor '${name}' again (#${state.join(', #')}).`, {
        hint: 'Delete or rename it first, or leave it at that.',
      })
    return {
      summary: `Make ${name} again, a monitor of type ${String(fields['type'])}`,
      targets: [targetName(instance, 'monitor', name)],
      diff: [`${name}: (none) → ${String(fields['type'])}`, ...tags.map((tag) => `tag: ${tag.name}`)],
      warnings: ['It begins without a history, and with another id.'],
    }
  },
  async run({ name, fields, secret, tags, children }, { client, signal }) {
    const monitors = await client.refresh(signal)
    // The group it was in may be gone by now.
    const parent = monitors.some(({ id }) => id === fields['parent']) ? fields['parent'] : null
    const id = await client.inTurn(async () => client.add({ ...whole({ fields, secret }), parent }, signal))
    for (const { name: tag, value } of tags) await client.attachTag(id, { id: (await tagOrNew(tag, client, signal)).id, value }, signal)
    for (const child of children.filter((one) => monitors.some((monitor) => monitor.id === one && monitor.parent == null)))
      await client.edit({ ...(await client.bean(child, signal)), parent: id }, signal)
    return { monitor: name, id }
  },
  settled: (after, _, before) => after.length > before.length || 'it is not in the list yet',
  undo: (_, __, { output }) => ({ tool: 'delete_monitor', input: { monitor: `#${output.id}` } }),
})
