import type { Access } from '../define/access.ts'
import { ToolError } from '../define/error.ts'
import { diffOf } from '../define/plan.ts'
import type { Inverse, ReadContext } from '../define/tool.ts'
import type { Change } from '../record/journal.ts'
import type { Instance } from '../runtime/instance.ts'
import type { Mount } from '../runtime/mount.ts'
import { auditedInput } from './audited-input.ts'
import { withClient, type Call } from './call.ts'
import { hashOf } from './canonical.ts'
import type { Input, RegisteredTool, RegisteredWrite } from './registered-tool.ts'
import { requireTier } from './require-tier.ts'
import { presentable } from './respond.ts'
import type { CallResult } from './result.ts'
import { write } from './write.ts'

/**
 * Takes a change back: the call goes on as that of its inverse, planned like any write.
 * While the target is as the change left it, it takes no more than the change itself took; afterwards what the inverse takes.
 */
export async function undo(call: Call, id: string, confirm: string | undefined): Promise<CallResult> {
  const { environment, request, entry } = call
  const { change, mount, tool, writing, instance } = await wayBack(call, id)
  const { input: given } = change.undo as Inverse
  const input = tool.input.parse(given)
  const { access, warnings } = await conditions({ ...call, mount, tool }, change, instance)
  requireTier(environment.tier, mount, access, request)
  const told = { ...entry, service: mount.service, instances: [instance.name], access }
  const about = { ...told, input: { ...(entry.input as object), calls: tool.name, with: auditedInput(input, environment.runtime.secrets) } }
  const undoes = { change: id, group: change.group, warnings }
  return write({ ...call, mount, tool, input, access, undoes, entry: about }, writing, instance, confirm)
}

interface WayBack {
  change: Change
  mount: Mount
  tool: RegisteredTool
  writing: RegisteredWrite
  instance: Instance
}

/** Finds the inverse of a change; throws where there is none, saying why. */
async function wayBack({ environment, request }: Call, id: string): Promise<WayBack> {
  const change = await environment.journal.get(id)
  const mount = environment.mounts(request).find(({ service }) => service === change?.service)
  if (change === undefined || mount === undefined)
    throw new ToolError('not_found', `There is no change '${id}'.`, { hint: 'list_changes shows those there are.' })
  const reason = whyIrrevertible(change, mount)
  const instance = mount.instances.find(({ name }) => name === change.instance)
  const tool = typeof change.undo === 'string' ? undefined : mount.tools.get(change.undo.tool)
  if (reason !== undefined || instance === undefined || tool?.write === undefined)
    throw new ToolError('conflict', `The change ${id} cannot be taken back: ${reason ?? 'its inverse is gone'}.`, {
      hint: 'get_change shows what was there before.',
    })
  return { change, mount, tool, writing: tool.write, instance }
}

/** What taking it back takes, and what happened to its target since. */
async function conditions(call: Call, change: Change, instance: Instance): Promise<{ access: Access; warnings: string[] }> {
  const original = call.mount.tools.get(change.tool)
  if (original?.write === undefined)
    return { access: call.tool.access, warnings: ['Whether its target is still as the change left it cannot be told.'] }
  const warnings = await movedSince(call, change, original.write, instance)
  return { access: warnings.length === 0 ? original.access : call.tool.access, warnings }
}

/** Why a change cannot be taken back; undefined where it can. */
export function whyIrrevertible(
  change: Pick<Change, 'instance' | 'tool'> & { undo: Change['undo'] | 'inverse'; inverse?: string },
  mount: Mount | undefined,
): string | undefined {
  const inverse = typeof change.undo === 'string' ? change.inverse : change.undo.tool
  if (change.undo === 'transient') return `${change.tool} leaves nothing that could be`
  if (change.undo === 'irreversible') return `${change.tool} is irreversible`
  if (change.undo === 'evicted') return 'what it takes is no longer kept: the journal keeps so many changes of a target'
  if (mount === undefined) return 'its service is not configured here'
  if (!mount.instances.some(({ name }) => name === change.instance)) return `the instance '${change.instance}' is no longer configured`
  if (inverse === undefined || mount.tools.get(inverse)?.write === undefined)
    return `the tool ${inverse} is not there any more, or switched off`
  return undefined
}

/** What differs between the target and what the change left; nothing where it is as it was left. */
async function movedSince(call: Call, change: Change, writing: RegisteredWrite, instance: Instance): Promise<string[]> {
  const { request, environment } = call
  const signal = request.signal ?? new AbortController().signal
  const read = async (context: ReadContext<unknown>) => writing.state(change.given as Input, context)
  const state = await withClient(call, instance, signal, () => undefined, read)
  if (hashOf(writing.basis(state)) === change.left) return []
  const lines = diffOf(flat(change.after), flat(presentable(state, environment.runtime.secrets)))
  return [`The target is no longer as the change left it${lines.length === 0 ? '' : ` (left → now): ${lines.join('; ')}`}.`]
}

function flat(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : { state: value }
}
