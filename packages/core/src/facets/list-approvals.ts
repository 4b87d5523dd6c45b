import { z } from 'zod'
import { paging } from '../define/field.ts'
import { page } from '../define/page.ts'
import { toolsFor } from '../define/tool.ts'
import type { Lab } from './lab.ts'

const defineTool = toolsFor<Lab>()

/** What waits for a person; nobody decides through a tool. */
export const listApprovals = defineTool({
  name: 'list_approvals',
  title: 'List approvals',
  description: 'Writes that wait for a person to agree; only the owner decides, at a shell or on the approval page.',
  access: 'observe',
  input: z.object({ ...paging }),
  output: z.object({
    approvals: z
      .array(
        z.object({
          id: z.string().describe('What the owner is told.'),
          summary: z.string().describe('What would be done.'),
          tool: z.string().describe('Tool that was called.'),
          targets: z.array(z.string()).describe('What it would touch.'),
          principal: z.string().describe('Who called.'),
          at: z.string().describe('Since when, ISO 8601.'),
          expires_at: z.string().describe('Undecided until then, it is void.'),
        }),
      )
      .describe('A row each, oldest first.'),
    next_cursor: z.string().optional().describe('For the next page.'),
  }),
  run: async (input, { client }) => {
    const seen = client.mounts.map(({ service }) => service)
    const waiting = (await client.requests.pending()).filter(({ service }) => seen.includes(service))
    const { rows, ...rest } = page(waiting, input)
    return {
      approvals: rows.map(({ id, name, plan, principal, at, expires_at }) => ({
        id,
        summary: plan.summary,
        tool: name,
        targets: [...plan.targets],
        principal,
        at,
        expires_at,
      })),
      ...rest,
    }
  },
})
