import { z } from 'zod'
import { registeredTool, type RegisteredTool } from '../call/registered-tool.ts'
import { whyIrrevertible } from '../call/undo.ts'
import { ToolError } from '../define/error.ts'
import { paging } from '../define/field.ts'
import { withoutCursors, usualRows } from '../define/page.ts'
import { toolsFor } from '../define/tool.ts'
import { renderOutput } from '../present/render.ts'
import type { Change, ChangeSummary } from '../record/journal.ts'
import type { Mount } from '../runtime/mount.ts'
import type { Lab } from './lab.ts'

const defineTool = toolsFor<Lab>()

const id = z.string().describe('Id of a change.')
const row = {
  id,
  at: z.string().describe('ISO 8601.'),
  tool: z.string().describe('Tool that made it.'),
  instance: z.string().describe('Where.'),
  summary: z.string().describe('What was done.'),
  principal: z.string().describe('Who called.'),
  approval: z.string().describe('Who agreed.'),
  revertible: z.boolean().describe('Whether undo_change can take it back.'),
  reason: z.string().optional().describe('Why not.'),
  group: z.string().optional().describe('Shared by changes of one write; undo_change takes it for all of them.'),
  undoes: z.string().optional().describe('The change this one took back.'),
  undone_by: z.string().optional().describe('The change that took this one back.'),
  way_back: z.array(z.string()).optional().describe('What was taken before it, to go back to.'),
}

const rowShape = z.object({ ...row, cursor: z.string().describe('For what is behind it.') })

/** What was changed through Rackwarden, and whether it can be taken back. */
export const listChanges = defineTool({
  name: 'list_changes',
  title: 'List changes',
  description: 'Every write that happened through here: when, who, what, and whether undo_change can take it back; newest first.',
  access: 'observe',
  input: z.object({
    service: z.string().optional().describe('Only of this service.'),
    tool: z.string().optional().describe('Only by this tool.'),
    ...paging,
  }),
  output: z.object({
    changes: z.array(rowShape).describe('A row each.'),
    next_cursor: z.string().optional().describe('For the next page.'),
  }),
  text: ({ changes, ...rest }) => renderOutput({ ...rest, changes: withoutCursors(changes).map(line) }),
  run: async ({ service, tool, limit = usualRows, cursor }, { client, signal }) => {
    const changes = []
    for await (const change of client.journal.list({ after: cursor })) {
      signal.throwIfAborted()
      const mount = mountOf(client, change)
      const isWanted =
        (service === undefined || change.service === service) &&
        (tool === undefined || [change.tool, `${mount?.prefix}${change.tool}`].includes(tool))
      if (mount !== undefined && isWanted) changes.push({ ...shown(change, mount), cursor: change.id })
      if (changes.length > limit) break
    }
    const rows = changes.slice(0, limit)
    const last = rows.at(-1)
    return { changes: rows, ...(changes.length > limit && last !== undefined ? { next_cursor: last.cursor } : {}) }
  },
})

/** One change whole. */
export const getChange = defineTool({
  name: 'get_change',
  title: 'Get a change',
  description: 'One change: the state before and after it, and the call that takes it back.',
  access: 'observe',
  input: z.object({ change: z.string().describe('Its id.') }),
  output: z.object({
    ...row,
    input: z.record(z.string(), z.unknown()).describe('What it was called with, secrets withheld.'),
    before: z.unknown().describe('State before, secrets withheld.'),
    after: z.unknown().describe('State after, secrets withheld.'),
    undo: z.unknown().describe('The inverse: tool and input, secrets withheld; or why there is none.'),
  }),
  run: async (input, { client }) => {
    const change = await client.journal.get(input.change)
    const mount = change === undefined ? undefined : mountOf(client, change)
    if (change === undefined || mount === undefined) throw await notOne(client, input.change)
    const undoneBy = await client.journal.undoneBy(input.change)
    const { secrets } = client.runtime
    const { before, after, undo } = change
    return {
      ...shown({ ...change, ...(undoneBy === undefined ? {} : { undoneBy }) }, mount),
      input: change.input as Record<string, unknown>,
      before: secrets.data(before),
      after,
      undo: secrets.data(undo),
    }
  },
})

/** Why that is no change: a group is asked for by its changes. */
async function notOne(lab: Lab, asked: string): Promise<ToolError> {
  const changes = (await lab.journal.group(asked)).filter((one) => mountOf(lab, one) !== undefined)
  return changes.length === 0
    ? new ToolError('not_found', `There is no change '${asked}'.`, { hint: 'list_changes shows those there are.' })
    : new ToolError('invalid_input', `'${asked}' is a group of changes.`, { hint: `They are: ${changes.map((one) => one.id).join(', ')}.` })
}

function mountOf({ mounts }: Lab, { service }: Pick<Change, 'service'>): Mount | undefined {
  return mounts.find((mount) => mount.service === service)
}

function shown(change: (Change & { undoneBy?: string }) | ChangeSummary, mount: Mount) {
  const reason = whyIrrevertible(change, mount)
  return {
    id: change.id,
    at: change.at,
    tool: `${mount.prefix}${change.tool}`,
    instance: change.instance,
    summary: change.summary,
    principal: change.principal,
    approval: change.approval,
    revertible: reason === undefined,
    ...(reason === undefined ? {} : { reason }),
    ...(change.group === undefined ? {} : { group: change.group }),
    ...(change.undoes === undefined ? {} : { undoes: change.undoes }),
    ...(change.undoneBy === undefined ? {} : { undone_by: change.undoneBy }),
    ...(change.wayBack === undefined ? {} : { way_back: [...change.wayBack] }),
  }
}

/** A change as a row of a table: what it was called with differs with each tool, and is told with the change. */
function line({
  id: change,
  at,
  tool,
  instance,
  summary,
  principal,
  approval,
  reason,
  undoes,
  undone_by,
  way_back,
  group,
}: Omit<z.output<typeof rowShape>, 'cursor'>) {
  const together = group === undefined ? '' : `, or all of ${group}`
  return {
    id: change,
    at: `${at.slice(0, 19)}Z`,
    tool,
    instance,
    what: [
      summary,
      ...(undoes === undefined ? [] : [`(undoes ${undoes})`]),
      ...(way_back ?? []).map((target) => `(behind ${target})`),
    ].join(' '),
    by: `${principal}, ${approval}`,
    undo: undone_by === undefined ? (reason === undefined ? `yes${together}` : `no: ${reason}`) : `undone by ${undone_by}`,
  }
}

const undoing = defineTool({
  name: 'undo_change',
  title: 'Undo a change',
  description: 'Take a change back: plans its inverse, and says what happened to its target since.',
  access: 'observe',
  input: z.object({ change: z.string().describe('Its id, or that of its group.') }),
  output: z.object({}).describe('What the inverse answers.'),
  run: () => Promise.reject(new TypeError('undo_change does nothing itself.')),
})

/** Stands for the inverse of a change; the call path goes on with that, and with the access it takes. */
export const undoChange: RegisteredTool = {
  ...registeredTool(undoing),
  access: 'operate',
  writes: true,
  changeOf: ({ change }) => String(change),
}
