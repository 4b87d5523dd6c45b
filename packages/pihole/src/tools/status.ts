import { z } from 'zod'
import { blockingText, gravityText, timeText } from '../status-facts.ts'
import { defineTool } from './define-tool.ts'

/** How each instance is. */
export const getStatus = defineTool({
  name: 'get_status',
  title: 'Get the status',
  description: 'How each Pi-hole is: blocking, queries, gravity, upstreams; who holds the virtual IP.',
  access: 'observe',
  input: z.object({}),
  output: z.object({
    version: z.string().optional().describe('Version.'),
    blocking: z.string().describe('Whether it blocks.'),
    blocking_changes: z.string().optional().describe('When a timer turns that over.'),
    queries: z.number().describe('Queries in 24 h.'),
    blocked_percent: z.number().describe('Blocked of them.'),
    clients: z.number().describe('Active clients.'),
    domains_on_lists: z.number().describe('Domains on its lists.'),
    gravity: z.string().describe('When its lists were built.'),
    upstreams: z.string().describe('Whom it asks.'),
    messages: z.number().describe('Diagnosis messages; needs_attention has them.'),
    has_virtual_address: z.boolean().optional().describe('Whether it holds the shared address.'),
  }),
  async run(_, { client, signal }) {
    const [version, blocking, summary, upstreams, messages, now, addresses] = await Promise.all([
      client.version(signal),
      client.blocking(signal),
      client.summary(signal),
      client.upstreams(signal),
      client.messages(signal),
      client.now(signal),
      client.virtualAddress === undefined ? undefined : client.addresses(signal),
    ])
    return {
      ...(version !== undefined && { version }),
      blocking: blockingText(blocking),
      ...(typeof blocking.timer === 'number' && { blocking_changes: timeText(now + blocking.timer * 1_000) }),
      queries: summary.queries.total,
      blocked_percent: Math.round(summary.queries.percent_blocked * 10) / 10,
      clients: summary.clients.active,
      domains_on_lists: summary.gravity.domains_being_blocked,
      gravity: gravityText(summary.gravity.last_update, now),
      upstreams: upstreams.join(', ') || '(none)',
      messages: messages.length,
      ...(addresses !== undefined &&
        client.virtualAddress !== undefined && { has_virtual_address: addresses.includes(client.virtualAddress) }),
    }
  },
})
