import { ToolError } from '@rackwarden/core'
import { z } from 'zod'
import type { UptimeKumaClient } from '../client.ts'
import { creationInput, creationOf, type Creation, type CreationInput } from '../creation.ts'
import { referenceTo } from '../find-monitor.ts'
import { newMonitor } from '../monitor-fields.ts'
import { tagOrNew } from '../tag-facts.ts'
import { targetName } from '../target-name.ts'
import { shownUrl } from '../withheld.ts'
import { defineTool } from './define-tool.ts'

const output = z.object({
  monitor: z.string().describe('Name.'),
  id: z.number().describe('Id.'),
  type: z.string().describe('Type.'),
  tags: z.array(z.string()).describe('Tags.'),
  created: z.boolean().describe('False where it was there already.'),
})

/** Makes a monitor, unless it is there. */
export const createMonitor = defineTool({
  name: 'create_monitor',
  title: 'Create a monitor',
  description: 'Watch a url, host (ping), host and port, or container; the type follows from that.',
  access: 'configure',
  toolset: 'setup',
  idempotent: true,
  input: creationInput,
  output,
  state: async (input, { client, signal }) => creationOf(input, client, signal),
  basis: ({ existing, differences, newTags, tags, parent }) => ({
    existing: existing !== undefined,
    differences,
    newTags,
    tags: existing === undefined ? tags : [],
    parent: parent?.id,
  }),
  plan(input, { state, client, instance }) {
    const { existing, derived, parent, tags, newTags, notifications } = state
    const targets = [targetName(instance, 'monitor', input.name)]
    if (existing !== undefined) {
      refuseOther(existing.name, existing.id, state)
      return { summary: `${input.name} is there already, as it was asked for`, targets, nothing: true }
    }
    const names = client.picture.notifications().filter(({ id }) => notifications.includes(id))
    const fields = Object.entries(derived.fields).map(([name, value]) => `${name}: ${shownUrl(String(value))}`)
    return {
      summary: `Create ${input.name}, a monitor of type ${derived.type}`,
      targets: [...targets, ...newTags.map((name) => targetName(instance, 'tag', name))],
      diff: [
        `${input.name}: (none) → ${derived.type}, every ${input.interval} s`,
        ...fields,
        ...(parent === undefined ? [] : [`group: ${parent.name}`]),
        ...(tags.length === 0 ? [] : [`tags: ${tags.map((name) => (newTags.includes(name) ? `${name} (new)` : name)).join(', ')}`]),
        `notifies: ${names.map(({ name }) => name).join(', ') || 'nobody'}`,
      ],
      warnings: [
        ...(names.length === 0 ? ['Nobody hears of it when it is down: there is no default notification.'] : []),
        ...(derived.type === 'push' ? ['It is down until something calls its push address, which its web page shows.'] : []),
      ],
    }
  },
  run: async (input, { client, signal }) => client.inTurn(async () => created(input, client, signal)),
  settled: ({ existing, differences }) =>
    existing === undefined ? 'it is not in the list yet' : differences.length === 0 || differences.join('; '),
  undo: (before, input, { output: made }) =>
    made.created
      ? { tool: 'delete_created_monitor', input: { id: made.id, name: made.monitor, new_tags: before.newTags, given: input } }
      : { tool: 'create_monitor', input },
})

/** Looks once more and then makes it: between a plan and its turn, another call may have made one of that name. */
async function created(input: CreationInput, client: UptimeKumaClient, signal: AbortSignal): Promise<z.input<typeof output>> {
  const creation = await creationOf(input, client, signal)
  const { existing, derived, parent, tags, notifications, dockerHost } = creation
  if (existing !== undefined) {
    refuseOther(existing.name, existing.id, creation)
    return { monitor: existing.name, id: existing.id, type: existing.type, tags, created: false }
  }
  const { name, interval, retries = 0 } = input
  const wishes = { name, interval, retries, parent: parent?.id, notifications, dockerHost }
  const id = await client.add(await newMonitor(derived, wishes, client.picture.isSecond()), signal)
  for (const tag of tags) await client.attachTag(id, { id: (await tagOrNew(tag, client, signal)).id, value: '' }, signal)
  return { monitor: name, id, type: derived.type, tags, created: true }
}

function refuseOther(name: string, id: number, { differences }: Creation): void {
  if (differences.length === 0) return
  throw new ToolError('conflict', `There is another monitor ${name} already (${referenceTo({ id })}): ${differences.join('; ')}.`, {
    hint: differences.every((line) => line.includes('bear the tag'))
      ? 'tag_monitor tags it.'
      : 'update_monitor changes it; or choose another name.',
  })
}
