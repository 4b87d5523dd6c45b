import { ToolError } from '@rackwarden/core'
import { z } from 'zod'
import { deleteUnused } from '../tag-facts.ts'
import { targetName } from '../target-name.ts'
import { defineTool } from './define-tool.ts'

/** Takes a creation back: deletes the one monitor it made, whatever bears its name now. */
export const deleteCreatedMonitor = defineTool({
  name: 'delete_created_monitor',
  title: 'Delete a monitor that was created',
  description: 'Takes create_monitor back: deletes exactly the monitor it made.',
  access: 'configure',
  internal: true,
  input: z.object({
    id: z.number().int().describe('Id of the monitor.'),
    name: z.string().describe('Name it was given.'),
    new_tags: z.array(z.string()).describe('Tags that were made for it.'),
    given: z.record(z.string(), z.unknown()).describe('What it was made from.'),
  }),
  output: z.object({ monitor: z.string().describe('Name it had.') }),
  state: async ({ id }, { client, signal }) => {
    const found = (await client.refresh(signal)).find((monitor) => monitor.id === id)
    return found === undefined ? null : { id, name: found.name, type: found.type }
  },
  plan({ id, name }, { state, instance }) {
    if (state === null)
      throw new ToolError('not_found', `The monitor #${id} that was created as ${name} is gone.`, {
        hint: 'What bears its name now is another one.',
      })
    if (state.name !== name)
      throw new ToolError('conflict', `The monitor that was created as ${name} is called ${state.name} now.`, {
        hint: `Somebody made it theirs. If it must go: delete_monitor monitor=#${id}.`,
      })
    return {
      summary: `Delete ${name}, as it was created (#${id})`,
      targets: [targetName(instance, 'monitor', name)],
      diff: [`${name}: ${state.type} → gone`],
      warnings: ['What it saw since then goes with it.'],
    }
  },
  async run({ id, name, new_tags: newTags }, { client, signal }) {
    await client.remove(id, signal)
    await deleteUnused(newTags, client, signal)
    return { monitor: name }
  },
  settled: (after) => after === null || 'it is still there',
  undo: (_, { given }) => ({ tool: 'create_monitor', input: given }),
})
