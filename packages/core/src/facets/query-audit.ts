import { z } from 'zod'
import { paging } from '../define/field.ts'
import { momentBefore } from '../define/moment.ts'
import { withoutCursors, usualRows } from '../define/page.ts'
import { toolsFor } from '../define/tool.ts'
import { renderOutput } from '../present/render.ts'
import { cursorOf, positionIn } from '../record/audit-position.ts'
import { searchAudit, type FoundLine } from '../record/audit-read.ts'
import { detailOf, resultOf } from '../record/audit-shown.ts'
import { sees, type Lab } from './lab.ts'

const defineTool = toolsFor<Lab>()

/** What was called through Rackwarden, whatever came of it. */
export const queryAudit = defineTool({
  name: 'query_audit',
  title: 'Query the audit',
  description: 'Who called which tool when, what the assistant did, and what came of it; refusals and reads too; newest first.',
  access: 'observe',
  input: z.object({
    since: z.string().optional().describe('2h, 7d, or ISO 8601.'),
    until: z.string().optional().describe('Before then.'),
    tool: z.string().optional().describe('Its name.'),
    principal: z.string().optional().describe('Who called.'),
    result: z.string().optional().describe('done, error, pending, unfinished …'),
    target: z.string().optional().describe('Part of a target.'),
    text: z.string().optional().describe('Part of anything.'),
    ...paging,
  }),
  output: z.object({
    calls: z
      .array(
        z.object({
          at: z.string().describe('ISO 8601.'),
          principal: z.string().describe('Who called.'),
          tool: z.string().describe('Tool.'),
          result: z.string().describe('How it ended.'),
          what: z.string().describe('Failure, plan or input.'),
          approval: z.string().optional().describe('Who agreed, of a write.'),
          cursor: z.string().describe('For what is behind it.'),
        }),
      )
      .describe('A row each.'),
    next_cursor: z.string().optional().describe('For the next page.'),
  }),
  text: ({ calls, ...rest }) => renderOutput({ ...rest, calls: withoutCursors(calls) }),
  run: async ({ since, until, cursor, limit = usualRows, ...filters }, { client, signal }) => {
    const now = client.runtime.clock.now()
    // What was called a moment ago may still wait for its turn; where it cannot be written, what is there is shown.
    await client.runtime.audit.flush().catch(() => undefined)
    const lines = searchAudit(client.runtime.store.directory, {
      ...filters,
      tool: filters.tool === undefined ? undefined : listedName(client, filters.tool),
      since: since === undefined ? undefined : momentBefore(since, now),
      until: until === undefined ? undefined : momentBefore(until, now),
      after: cursor === undefined ? undefined : positionIn(cursor),
      ended: true,
    })
    const found: FoundLine[] = []
    for await (const line of lines) {
      signal.throwIfAborted()
      if (sees(client, line.line.service)) found.push(line)
      if (found.length > limit) break
    }
    const calls = found.slice(0, limit).map(rowOf)
    const last = calls.at(-1)
    return { calls, ...(found.length > limit && last !== undefined ? { next_cursor: last.cursor } : {}) }
  },
})

/** The name the audit knows a tool by: that under which it is listed, though who asks may know it by the service's own. */
function listedName({ mounts }: Lab, asked: string): string {
  const mount = mounts.find(({ tools }) => tools.has(asked))
  return `${mount?.prefix ?? ''}${asked}`
}

function rowOf({ line, position }: FoundLine) {
  return {
    at: `${line.at.slice(0, 19)}Z`,
    principal: line.principal,
    tool: line.tool,
    result: resultOf(line),
    what: detailOf(line),
    ...(line.approval === undefined ? {} : { approval: line.approval }),
    cursor: cursorOf(position),
  }
}
