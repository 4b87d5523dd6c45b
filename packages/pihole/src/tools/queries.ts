import { momentBefore, ToolError } from '@rackwarden/core'
import { isIP } from 'node:net'
import { z } from 'zod'
import type { QueryFilter } from '../client.ts'
import { queryRow } from '../query-row.ts'
import { defineTool } from './define-tool.ts'

const usualRows = 50

// What FTL calls them where it is asked for an upstream.
const outcomes = new Map([
  ['blocked', 'blocklist'],
  ['permitted', 'permitted'],
  ['cached', 'cache'],
])

const part = (text: string | undefined) => (text === undefined ? undefined : text.includes('*') ? text : `*${text}*`)

/** The log of queries, the latest first. */
export const searchQueries = defineTool({
  name: 'search_queries',
  title: 'Search the query log',
  description: 'The query log: who asked for which domain, and what became of it.',
  access: 'observe',
  untrusted: true,
  input: z.object({
    domain: z.string().optional().describe('Part of it.'),
    client: z.string().optional().describe('Part of IP or name.'),
    status: z.string().optional().describe('blocked, permitted, cached, or as GRAVITY.'),
    upstream: z.string().optional().describe('Upstream.'),
    since: z.string().optional().describe('2h or ISO 8601.'),
    until: z.string().optional().describe('Until.'),
    limit: z.number().int().min(1).max(500).optional().describe('Limit.'),
    cursor: z.string().optional().describe('Cursor.'),
  }),
  output: z.object({
    queries: z.array(
      z.object({
        at: z.string().describe('When.'),
        type: z.string().describe('Type.'),
        domain: z.string().describe('Domain.'),
        client: z.string().describe('Who asked.'),
        status: z.string().describe('What became of it.'),
        upstream: z.string().optional().describe('Who answered.'),
      }),
    ),
    next_cursor: z.string().optional().describe('Pass as `cursor` for more.'),
  }),
  async run({ domain, client: asker, status, upstream, since, until, limit = usualRows, cursor }, { client, signal }) {
    const outcome = outcomes.get(status?.toLowerCase() ?? '')
    if (outcome !== undefined && upstream !== undefined)
      throw new ToolError('invalid_input', `'${status}' and an upstream cannot be asked for together.`, { hint: 'Leave one of them out.' })
    const from = cursor === undefined ? undefined : Number(cursor)
    if (from !== undefined && !Number.isSafeInteger(from))
      throw new ToolError('invalid_input', `'${cursor}' is not a cursor.`, { hint: 'Take `next_cursor` of the answer before, unchanged.' })
    // Spans count back from the clock of the Pi-hole, which its log is written by.
    const now = since === undefined && until === undefined ? 0 : await client.now(signal)
    const seconds = (text: string | undefined) => (text === undefined ? undefined : Date.parse(momentBefore(text, now)) / 1_000)
    const isAddress = asker !== undefined && /^[\d.:a-f*]*[.:][\d.:a-f*]*$/i.test(asker)
    const filter: QueryFilter = {
      domain: part(domain),
      client_ip: isAddress ? (isIP(asker) === 0 ? part(asker) : asker) : undefined,
      client_name: isAddress ? undefined : part(asker),
      upstream: outcome ?? upstream,
      status: outcome === undefined ? status?.toUpperCase() : undefined,
      from: seconds(since),
      until: seconds(until),
      length: limit,
      cursor: from,
    }
    const queries = await client.queries(filter, signal)
    const last = queries.at(-1)?.id
    return {
      queries: queries.map(queryRow),
      ...(queries.length === limit && last !== undefined && last > 1 && { next_cursor: String(last - 1) }),
    }
  },
})
