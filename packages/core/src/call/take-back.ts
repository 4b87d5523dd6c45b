import type { Change } from '../record/journal.ts'
import { createId } from '../record/journal.ts'
import { auditedInput } from './audited-input.ts'
import { toldError } from './call.ts'
import { asToolError, auditOutcome } from './outcome.ts'
import { planStep } from './plan-step.ts'
import { errorResult } from './respond.ts'
import { takeEffect, type Effect } from './take-effect.ts'
import type { Taking } from './taking.ts'

/**
 * Takes back what a part of a mirrored write did, because another part failed: whoever agreed to all or nothing agreed to this.
 * The answer says in words what stands between; undefined where it is as it was.
 */
export async function takeBack(effect: Effect, { approval, group, report }: Taking): Promise<string | undefined> {
  const { step, change } = effect
  const { environment, mount, entry } = step.call
  const { audit, clock, random, secrets } = environment.runtime
  if (step.writing.undo === 'transient' && effect.happened !== undefined) return undefined
  if (change === undefined) return 'what came of it is not known'
  try {
    const kept = await environment.journal.get(change)
    const way = inverseOf(kept)
    const tool = way === undefined ? undefined : mount.tools.get(way.tool)
    if (way === undefined || tool?.write === undefined) return 'its inverse is not to be had'
    const input = tool.input.parse(way.input)
    const call = { ...step.call, tool, input, undoes: { change, warnings: [] } }
    const planned = await planStep({ ...step, call, writing: tool.write }, { isBegun: true })
    const told = {
      ...entry,
      call: createId(clock, random),
      instances: [step.instance.name],
      input: { undoes: change, calls: tool.name, with: auditedInput(input, secrets) },
      summary: planned.plan.summary,
      targets: planned.plan.targets,
      approval,
    }
    await audit.commit({ ...told, kind: 'intent' })
    // The caller may have gone; what was begun is not left halfway for that.
    const signal = new AbortController().signal
    const back = await takeEffect(planned, { approval, group, report, signal })
    await auditOutcome(call, told, {
      ...(back.problem === undefined ? { result: 'done' } : toldError(errorResult(back.problem, secrets))),
      ...(back.change === undefined ? {} : { change: back.change }),
    })
    return back.problem === undefined ? undefined : asToolError(back.problem).message
  } catch (error) {
    return asToolError(error).message
  }
}

function inverseOf(change: Change | undefined) {
  return change === undefined || typeof change.undo === 'string' ? undefined : change.undo
}
