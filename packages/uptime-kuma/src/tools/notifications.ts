import { page, paging } from '@rackwarden/core'
import { z } from 'zod'
import { defineTool, nextCursor } from './define-tool.ts'

/** Lists notifications, and nothing of how they are reached. */
export const listNotifications = defineTool({
  name: 'list_notifications',
  title: 'List notifications',
  description: 'Where alerts go when monitors are down: name and type of each notification.',
  access: 'observe',
  toolset: 'setup',
  input: z.object({ ...paging }),
  output: z.object({
    notifications: z.array(
      z.object({
        notification: z.string().describe('Name.'),
        type: z.string().optional().describe('Type.'),
        is_default: z.boolean().describe('New monitors use it.'),
        is_active: z.boolean().describe('It is switched on.'),
        monitors: z.number().describe('How many use it.'),
      }),
    ),
    next_cursor: nextCursor,
  }),
  untrusted: true,
  async run(window, { client, signal }) {
    const monitors = await client.monitors(signal)
    const { rows, ...rest } = page(client.picture.notifications(), window)
    return {
      notifications: rows.map(({ id, name, config, isDefault, active }) => ({
        notification: name,
        type: config || undefined,
        is_default: isDefault,
        is_active: active,
        monitors: monitors.filter(({ notificationIDList }) => notificationIDList?.[String(id)] === true).length,
      })),
      ...rest,
    }
  },
})
