import { z } from 'zod'
import { whyIrrevertible } from '../call/undo.ts'
import { paging } from '../define/field.ts'
import { momentBefore } from '../define/moment.ts'
import { page, withoutCursors } from '../define/page.ts'
import { toolsFor } from '../define/tool.ts'
import { renderOutput } from '../present/render.ts'
import type { AuditLine } from '../record/audit-line.ts'
import { searchAudit } from '../record/audit-read.ts'
import { detailOf, resultOf } from '../record/audit-shown.ts'
import type { ChangeSummary } from '../record/journal.ts'
import { sees, type Lab } from './lab.ts'

const defineTool = toolsFor<Lab>()

/** One thing that happened, or several alike. */
interface Event {
  at: string
  event: string
  what: string
  by: string
  count?: number
  undo?: string
  id?: string
}

/** Events one answer is made of; a span that holds more is to be made shorter. */
const mostEvents = 1_000

/** Changes, what was refused, and what people decided, as one story. */
export const whatChanged = defineTool({
  name: 'what_changed',
  title: 'What changed',
  description: 'What was done here lately: changes and whether they can be undone, refused and failed writes, approvals, rules.',
  access: 'observe',
  input: z.object({ since: z.string().default('24h').describe('2h, 7d, or ISO 8601.'), ...paging }),
  output: z.object({
    events: z
      .array(
        z.object({
          at: z.string().describe('ISO 8601.'),
          event: z.string().describe('changed, undid, refused, failed, unfinished, approved, rejected, expired …'),
          what: z.string().describe('What was, or would have been, done.'),
          by: z.string().describe('Who called, and who agreed.'),
          count: z.number().int().optional().describe('How often, where alike.'),
          undo: z.string().optional().describe('yes, no: why, or what undid it.'),
          id: z.string().optional().describe('Of the change.'),
          cursor: z.string().describe('For what is behind it.'),
        }),
      )
      .describe('A row each, newest first.'),
    more: z.boolean().optional().describe('Whether the span holds more than is told.'),
    next_cursor: z.string().optional().describe('For the next page.'),
  }),
  text: ({ events, ...rest }) => renderOutput(events.length === 0 ? 'Nothing changed.' : { ...rest, events: withoutCursors(events) }),
  run: async (input, { client, signal }) => {
    const { clock, audit } = client.runtime
    // Pages of one story end where it was first told, so that no row moves.
    const [until, cursor] = input.cursor?.includes('.') === true ? input.cursor.split('.') : [undefined, input.cursor]
    const now = until === undefined ? clock.now() + 1 : Number(until)
    await audit.flush().catch(() => undefined)
    const { events, more } = await eventsOf(client, momentBefore(input.since, clock.now()), now, signal)
    const { rows, next_cursor } = page(
      events.map((event, index) => ({ ...event, cursor: `${now}.${index + 1}` })),
      { limit: input.limit, cursor },
    )
    return { events: rows, ...(more ? { more } : {}), ...(next_cursor === undefined ? {} : { next_cursor: `${now}.${next_cursor}` }) }
  },
})

async function eventsOf(lab: Lab, since: string, until: number, signal: AbortSignal): Promise<{ events: Event[]; more: boolean }> {
  const events: Event[] = []
  const changes = new Set<string>()
  for await (const change of lab.journal.list({ since })) {
    signal.throwIfAborted()
    if (Date.parse(change.at) >= until || !sees(lab, change.service)) continue
    changes.add(change.id)
    events.push(eventOfChange(lab, change))
    if (events.length >= mostEvents) break
  }
  let more = events.length >= mostEvents
  const lines = searchAudit(lab.runtime.store.directory, { since, until: new Date(until).toISOString(), ended: true })
  const others: Event[] = []
  for await (const { line } of lines) {
    signal.throwIfAborted()
    const event = sees(lab, line.service) ? eventOfLine(line, changes) : undefined
    if (event !== undefined) others.push(event)
    more ||= others.length >= mostEvents
    if (others.length >= mostEvents) break
  }
  return { events: [...events, ...others].toSorted((first, second) => (first.at < second.at ? 1 : -1)).reduce(joined, []), more }
}

/** What repeats itself is told once, with how often. */
function joined(before: Event[], event: Event): Event[] {
  const alike = event.id === undefined ? before.find((other) => isAlike(other, event)) : undefined
  if (alike === undefined) before.push(event)
  else alike.count = (alike.count ?? 1) + 1
  return before
}

function isAlike(first: Event, second: Event): boolean {
  return first.event === second.event && first.what === second.what && first.by === second.by
}

function eventOfChange({ mounts }: Lab, change: ChangeSummary): Event {
  const mount = mounts.find(({ service }) => service === change.service)
  const reason = whyIrrevertible(change, mount)
  return {
    at: shortTime(change.at),
    event: change.undoes === undefined ? 'changed' : 'undid',
    what: change.undoes === undefined ? change.summary : `${change.summary} (undoes ${change.undoes})`,
    by: `${change.principal}, ${change.approval}`,
    undo: change.undoneBy === undefined ? (reason === undefined ? 'yes' : `no: ${reason}`) : `undone by ${change.undoneBy}`,
    id: change.id,
  }
}

/** Reads, plans and what the journal tells are no events. */
function eventOfLine(line: AuditLine, changes: ReadonlySet<string>): Event | undefined {
  const { kind, access, change, approval } = line
  if (change !== undefined && changes.has(change) && line.result === 'done') return undefined
  const isRead = kind === 'read' && line.result !== 'pending' && (access === 'observe' || access === '' || line.result !== 'error')
  if (isRead) return undefined
  // A slip of who called is no event of the lab; the audit has it.
  if (kind === 'read' && line.error?.startsWith('invalid_input:') === true) return undefined
  const about = kind === 'approval' && line.summary === undefined ? line.tool : detailOf(line)
  return {
    at: shortTime(line.at),
    event: nameOf(line),
    what: line.error === undefined || kind === 'anchor' || kind === 'configuration' ? about : `${line.tool}: ${about}`,
    by: approval === undefined ? line.principal : `${line.principal}, ${approval}`,
    ...(change === undefined ? {} : { id: change }),
  }
}

function nameOf({ kind, result, error }: AuditLine): string {
  if (kind === 'read') return result === 'pending' ? 'approval requested' : 'refused'
  if (kind === 'intent') return 'unfinished'
  if (kind === 'outcome') return result === 'done' ? 'changed' : result === 'unsettled' ? 'unsettled' : 'failed'
  if (kind === 'anchor') return 'anchor failed'
  if (kind === 'retention') return 'removed audit files'
  if (kind === 'configuration') return error === undefined ? 'configuration taken' : 'configuration refused'
  return error === undefined ? `approval ${resultOf({ kind, ...(result === undefined ? {} : { result }) })}` : 'refused approval'
}

function shortTime(at: string): string {
  return `${at.slice(0, 19)}Z`
}
