import { accessLevels, type Access } from '../define/access.ts'
import { ToolError } from '../define/error.ts'
import { diffOf } from '../define/plan.ts'
import type { Inverse, ReadContext } from '../define/tool.ts'
import type { Change } from '../record/journal.ts'
import type { Instance } from '../runtime/instance.ts'
import type { Mount } from '../runtime/mount.ts'
import { admitted } from './admission.ts'
import { auditedInput } from './audited-input.ts'
import { withClient, withListedHint, type Call } from './call.ts'
import { hashOf } from './canonical.ts'
import type { Input, RegisteredTool, RegisteredWrite } from './registered-tool.ts'
import { requireTier } from './require-tier.ts'
import { presentable } from './respond.ts'
import type { CallResult } from './result.ts'
import { listed, type Step } from './step.ts'
import { write } from './write.ts'

/**
 * Takes a change back, or all changes of a group, the latest first: the call goes on as that of the inverse, planned like any write.
 * While the target is as the change left it, it takes no more than the change itself took; afterwards what the inverse takes.
 */
export async function undo(call: Call, id: string, confirm: string | undefined): Promise<CallResult> {
  const { environment, request } = call
  const change = await environment.journal.get(id)
  if (change !== undefined) {
    const step = await stepBack(call, change, ofGroup(call, change))
    return write(step.call, [step], confirm)
  }
  const group = await changesOf(call, id)
  if (group.length === 0) throw await nothingCalled(call, id)
  const mountOf = ({ service }: Change) => environment.mounts(request).find((mount) => mount.service === service)
  const besides = group.flatMap((one) => {
    const reason = whyIrrevertible(one, mountOf(one))
    return reason === undefined ? [] : [`${one.summary} (${one.id}) stays as it is: ${reason}.`]
  })
  besides.push(...withoutChange(group, mountOf))
  const revertible = group.filter((one) => whyIrrevertible(one, mountOf(one)) === undefined)
  // Where nothing can be taken back, the first says why.
  const steps = await Promise.all(
    (revertible.length === 0 ? group.slice(0, 1) : revertible).map(async (one) => stepBack(call, one, besides)),
  )
  const result = await takeBackAll(call, steps, confirm)
  if (result.kind === 'done') await environment.sequences.drop(id).catch(() => undefined)
  return result
}

async function takeBackAll(call: Call, steps: readonly Step[], confirm: string | undefined): Promise<CallResult> {
  const [first] = steps
  if (first !== undefined && steps.length === 1) return write(first.call, steps, confirm)
  const { entry } = call
  const access = highestOf(steps.map((step) => step.call.access))
  const instances = [...new Set(steps.map(({ instance }) => instance.name))]
  return write({ ...call, access, entry: { ...entry, instances, access } }, steps, confirm)
}

/** The changes of a group that still stand, the latest first. */
async function changesOf({ environment, request }: Call, group: string): Promise<Change[]> {
  const services = environment.mounts(request).map(({ service }) => service)
  const all = (await environment.journal.group(group)).filter(({ service }) => services.includes(service))
  const standing = all.filter(({ undoneBy }) => undoneBy === undefined)
  // What was taken back within the group is no longer there, and neither is what took it back.
  const wanted = standing.filter(({ undoes }) => !all.some(({ id }) => id === undoes))
  if (all.length > 0 && wanted.length === 0)
    throw new ToolError('conflict', `Every change of ${group} was taken back already.`, { hint: 'list_changes shows by which.' })
  const changes = await Promise.all(wanted.map(({ id }) => environment.journal.get(id)))
  return changes.filter((change) => change !== undefined)
}

/** The step that takes one change back, and what is to be said besides; throws where there is none, saying why. */
async function stepBack(call: Call, change: Change, besides: readonly string[]): Promise<Step> {
  const { environment, request, entry } = call
  const { mount, tool, writing, instance } = wayBack(call, change)
  const { input: given } = change.undo as Inverse
  const input = tool.input.parse(given)
  const { access, warnings } = await conditions({ ...call, mount, tool }, change, instance)
  requireTier(environment.tier, mount, access, { ...request, name: 'Taking this change back' })
  const told = { ...entry, service: mount.service, instances: [instance.name], access }
  const about = { ...told, input: { ...(entry.input as object), calls: tool.name, with: auditedInput(input, environment.runtime.secrets) } }
  const undoneBy = await environment.journal.undoneBy(change.id)
  const already = undoneBy === undefined ? [] : [`It was taken back already, by ${undoneBy}.`]
  const stays = (change.wayBack ?? []).map((target) => `${target} was taken before it, and stays.`)
  const undoes = { change: change.id, warnings: [...besides, ...already, ...stays, ...warnings] }
  return { call: { ...call, mount, tool, input, access, undoes, entry: about }, writing, instance, key: `${instance.name}/${change.id}` }
}

/** One change of several that belong together is seldom what is meant. */
function ofGroup({ environment, request }: Call, { group, instance, service }: Change): string[] {
  const mount = environment.mounts(request).find((one) => one.service === service)
  if (group === undefined || mount?.isMirrored !== true || mount.instances.length < 2) return []
  return [`Only on ${instance}; undo_change ${group} takes it back everywhere.`]
}

/** Mirrored instances a group has nothing of will differ from those it is taken back on, unless it never reached them. */
function withoutChange(group: readonly Change[], mountOf: (change: Change) => Mount | undefined): string[] {
  return [...new Set(group.map(mountOf))].flatMap((mount) => {
    if (mount?.isMirrored !== true) return []
    const changed = new Set(group.filter(({ service }) => service === mount.service).map(({ instance }) => instance))
    const others = mount.instances.filter(({ name }) => !changed.has(name)).map(({ name }) => name)
    return others.length === 0 ? [] : [`The group has no change on ${listed(others)} to take back: what is there stays.`]
  })
}

/** Why there is nothing to take back: a sequence may have been planned and not begun. */
async function nothingCalled({ environment, request }: Call, id: string): Promise<ToolError> {
  const planned = (await environment.sequences.of(request.caller.principal)).find((sequence) => sequence.id === id)
  return planned === undefined
    ? new ToolError('not_found', `There is no change '${id}'.`, { hint: 'list_changes shows those there are.' })
    : new ToolError('conflict', `Nothing of '${planned.title}' has happened.`, { hint: 'There is nothing to take back.' })
}

interface WayBack {
  mount: Mount
  tool: RegisteredTool
  writing: RegisteredWrite
  instance: Instance
}

/** Finds the inverse of a change; throws where there is none, saying why. */
function wayBack({ environment, request }: Call, change: Change): WayBack {
  const mount = environment.mounts(request).find(({ service }) => service === change.service)
  if (mount === undefined)
    throw new ToolError('not_found', `There is no change '${change.id}'.`, { hint: 'list_changes shows those there are.' })
  const reason = whyIrrevertible(change, mount)
  const instance = mount.instances.find(({ name }) => name === change.instance)
  const tool = typeof change.undo === 'string' ? undefined : mount.tools.get(change.undo.tool)
  if (reason !== undefined || instance === undefined || tool?.write === undefined)
    throw new ToolError('conflict', `The change ${change.id} cannot be taken back: ${reason ?? 'its inverse is gone'}.`, {
      hint: 'get_change shows what was there before.',
    })
  return { mount, tool, writing: tool.write, instance }
}

/** What taking it back takes, and what happened to its target since. */
async function conditions(call: Call, change: Change, instance: Instance): Promise<{ access: Access; warnings: string[] }> {
  const original = call.mount.tools.get(change.tool)
  if (original?.write === undefined)
    return { access: call.tool.access, warnings: ['Whether its target is still as the change left it cannot be told.'] }
  const warnings = await movedSince(call, change, original.write, instance).catch((error: unknown) => {
    throw withListedHint(error, call.mount)
  })
  return { access: warnings.length === 0 ? original.access : call.tool.access, warnings }
}

function highestOf(levels: readonly Access[]): Access {
  return accessLevels[Math.max(0, ...levels.map((level) => accessLevels.indexOf(level)))] ?? 'admin'
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
  const comer = { principal: request.caller.principal, signal }
  const state = await admitted(instance.admission, comer, () => withClient(call, instance, signal, () => undefined, read))
  if (hashOf(writing.basis(state)) === change.left) return []
  const shown = presentable(state, environment.runtime.secrets)
  const lines = diffOf(flat(writing.basis(change.after)), flat(writing.basis(shown)))
  return [`The target is no longer as the change left it${lines.length === 0 ? '' : ` (left → now): ${lines.join('; ')}`}.`]
}

function flat(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : { state: value }
}
