import { ToolError } from '../define/error.ts'
import { callLine } from '../facets/call-line.ts'
import { abortReason, failureOf, toldError, withListedHint, type Call } from './call.ts'
import { asToolError, auditOutcome, type ClaimedWrite, type Outcome } from './outcome.ts'
import { planStep } from './plan-step.ts'
import { errorResult } from './respond.ts'
import type { PlannedStep } from './step.ts'
import { hintOf, takeEffect } from './take-effect.ts'
import type { Taking } from './taking.ts'
import type { PlannedWayBack } from './way-back.ts'

/** A way back that is there now. */
interface Taken {
  wayBack: PlannedWayBack
  change: string | undefined
  output: unknown
}

/** Does a write behind the ways back its plan named: where one of them fails, or the write no longer is what was planned, it is not done. */
export async function behindWaysBack(
  call: Call,
  claimed: ClaimedWrite,
  taking: Taking,
  write: (claimed: ClaimedWrite, taking: Taking) => Promise<Outcome>,
): Promise<Outcome> {
  if (claimed.waysBack.length === 0) return write(claimed, taking)
  const taken: Taken[] = []
  try {
    for (const wayBack of claimed.waysBack) taken.push(await take(wayBack, taking))
    const steps = await Promise.all(claimed.steps.map(asPlanned))
    return withTaken(call, await write({ ...claimed, steps }, { ...taking, wayBack: taken.flatMap(({ wayBack }) => wayBack.made) }), taken)
  } catch (error) {
    if (taken.length === 0) throw error
    return withTaken(call, { result: failureOf(call.environment, call.entry, abortReason(taking.signal, error), call.mount) }, taken)
  }
}

/** Takes one, as a call of its own in the audit and a change of its own in the journal, which no group takes back with the rest. */
async function take(wayBack: PlannedWayBack, { approval, signal, report }: Taking): Promise<Taken> {
  const { step } = wayBack
  const { environment, entry } = step.call
  const told = { ...entry, summary: step.plan.summary, targets: step.plan.targets, approval }
  await environment.runtime.audit.commit({ ...told, kind: 'intent' })
  const effect = await takeEffect(step, { approval, signal, report })
  const { change, output, problem } = effect
  await auditOutcome(step.call, told, {
    ...(problem === undefined ? { result: 'done' } : toldError(errorResult(problem, environment.runtime.secrets))),
    ...(change === undefined ? {} : { change }),
  })
  if (problem === undefined) return { wayBack, change, output }
  const { code, message } = asToolError(problem)
  const failed = new ToolError(code, `What was to be taken first failed, so nothing else was done: ${message}`, {
    hint: hintOf(effect).join(' '),
    cause: problem,
  })
  throw withListedHint(failed, step.call.mount)
}

/** What is written to as it is behind the way back, which may have moved what the write is held to; not what the plan rests on. */
async function asPlanned(step: PlannedStep): Promise<PlannedStep> {
  const now = await planStep(step, { isBegun: true })
  if (now.basis === step.basis) return now
  throw new ToolError('conflict', 'The state moved while the way back was taken; nothing else was done.', { hint: 'Plan it again.' })
}

/** Names what is there to go back to, whatever came of the write. */
function withTaken(call: Call, outcome: Outcome, taken: readonly Taken[]): Outcome {
  if (taken.length === 0) return outcome
  const { result } = outcome
  const lines = taken.map(({ wayBack: { step, asset, made }, change, output }) => {
    const { mount } = step.call
    const back = mount.wayBack?.returnFrom(asset, output)
    const way = back === undefined ? '' : `${callLine(`${mount.prefix}${back.tool}`, back.input)} goes back to it`
    return `Taken first: ${made.join(', ')}${change === undefined ? '' : ` (change ${change})`}; ${way}.`
  })
  if (result.kind !== 'error') return { ...outcome, result: { ...result, text: [result.text, ...lines].join('\n') } }
  const { code, message, hint, retry_after_seconds: retryAfterSeconds } = result.error
  const stays = `${taken.flatMap(({ wayBack }) => wayBack.made).join(', ')} was taken before, and stays.`
  const error = new ToolError(code, `${message} ${stays}`, {
    hint: [...(hint === undefined ? [] : [hint]), ...lines].join(' '),
    retryAfterSeconds,
  })
  return { ...outcome, result: errorResult(error, call.environment.runtime.secrets) }
}
