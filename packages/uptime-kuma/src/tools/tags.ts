import { page, paging } from '@rackwarden/core'
import { z } from 'zod'
import { defineTool, nextCursor } from './define-tool.ts'

/** Lists tags. */
export const listTags = defineTool({
  name: 'list_tags',
  title: 'List tags',
  description: 'Tags (labels) and how many monitors bear each.',
  access: 'observe',
  toolset: 'setup',
  input: z.object({ ...paging }),
  output: z.object({
    tags: z.array(
      z.object({
        tag: z.string().describe('Name.'),
        color: z.string().describe('Color.'),
        monitors: z.number().describe('How many bear it.'),
      }),
    ),
    next_cursor: nextCursor,
  }),
  untrusted: true,
  async run(window, { client, signal }) {
    const [tags, monitors] = await Promise.all([client.tags(signal), client.monitors(signal)])
    const { rows, ...rest } = page(tags, window)
    const bearing = (id: number) => monitors.filter((monitor) => (monitor.tags ?? []).some(({ tag_id }) => tag_id === id)).length
    return { tags: rows.map(({ id, name, color }) => ({ tag: name, color, monitors: bearing(id) })), ...rest }
  },
})
