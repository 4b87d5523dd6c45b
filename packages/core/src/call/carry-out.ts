import { ToolError } from '../define/error.ts'
import { abortReason, auditRead, failureOf, orLog, toldError, waitingOn, type Call } from './call.ts'
import { auditOutcome, type ClaimedWrite, type Outcome } from './outcome.ts'
import type { PlannedStep } from './step.ts'
import { errorResult, outputText, presentable } from './respond.ts'
import { pauseWatchers } from './pause-watchers.ts'
import type { CallResult } from './result.ts'
import { leavePlace, passPlace } from './sequence-place.ts'
import { takeInOrder } from './take-in-order.ts'
import { doneIn, hintOf, lost, takeEffect, wayBackOf, type Effect } from './take-effect.ts'
import type { Taking } from './taking.ts'
import { behindWaysBack } from './take-way-back.ts'

/** Carries out a claimed plan: intent on disk, effect, settled state, journal, outcome on disk. */
export async function carryOut(call: Call, claimed: ClaimedWrite): Promise<CallResult> {
  const { environment, entry } = call
  const { runtime, operations } = environment
  const { place } = claimed
  const { plan } = claimed.record
  const told = { ...entry, summary: plan.summary, targets: plan.targets, approval: claimed.approval }
  try {
    await runtime.audit.commit({ ...told, kind: 'intent' })
  } catch (error) {
    if (place !== undefined) await leavePlace(call, place)
    const refused = failureOf(environment, entry, error)
    // It is told once the disk takes something again.
    auditRead(environment, { ...entry, summary: plan.summary, targets: plan.targets }, call.started, toldError(refused))
    return keepOutcome(call, claimed, refused)
  }
  return operations.run(waitingOn(call), async (signal, report) => {
    const taking = { approval: claimed.approval, group: place?.sequence.id, confirm: claimed.confirm, signal, report }
    const { result, change, settled } = await behindWaysBack(call, claimed, taking, async (ready, behind) =>
      takenQuietly(call, ready, behind),
    ).catch((error: unknown): Outcome => ({ result: failureOf(environment, entry, abortReason(signal, error), call.mount) }))
    if (place !== undefined) await (result.kind === 'done' ? passPlace : leavePlace)(call, place)
    await auditOutcome(call, told, {
      ...(result.kind === 'error' ? toldError(result) : { result: result.kind }),
      ...(change === undefined ? {} : { change }),
      ...(settled === false ? { result: 'unsettled' } : {}),
    })
    return keepOutcome(call, claimed, result)
  })
}

/** Does it while what watches its targets is paused. */
async function takenQuietly(call: Call, claimed: ClaimedWrite, taking: Taking): Promise<Outcome> {
  const paused = await pauseWatchers(call, claimed.watching, claimed.record.plan.summary)
  const [only] = claimed.steps
  const isOne = claimed.steps.length === 1 && claimed.absent.length === 0
  const outcome = await (only !== undefined && isOne ? takeOne(call, only, taking) : takeInOrder(call, claimed, taking)).catch(
    async (error: unknown) => {
      await paused.resume()
      throw error
    },
  )
  const problems = await paused.resume()
  if (problems.length === 0) return outcome
  return { ...outcome, result: { ...outcome.result, text: [outcome.result.text, ...problems].join('\n') } }
}

async function takeOne(call: Call, step: PlannedStep, taking: Taking): Promise<Outcome> {
  const effect = await takeEffect(step, taking)
  const { change } = effect
  if (effect.problem === undefined) return { result: doneResult(call, step, effect), change }
  if (effect.happened === true && effect.output !== undefined) return { result: unsettledResult(call, effect), change, settled: false }
  return { result: failureOf(call.environment, call.entry, toldProblem(effect), call.mount) }
}

/** Why it failed, with what was seen afterwards. */
function toldProblem(effect: Effect): unknown {
  const { problem } = effect
  if (!ToolError.isInstance(problem)) return problem
  const hint = hintOf(effect)
  return new ToolError(problem.code, problem.message, { ...(hint.length === 0 ? {} : { hint: hint.join(' ') }), cause: problem })
}

function doneResult({ environment, tool, input }: Call, step: PlannedStep, { change, output, milliseconds }: Effect): CallResult {
  const shown = presentable(output, environment.runtime.secrets)
  const kept = change === undefined ? lost : `Change ${change}; ${wayBackOf(step)}`
  const text = `${doneIn([step], milliseconds)}: ${step.plan.summary}. ${kept}.\n${outputText(tool, shown, input)}`
  return { kind: 'done', output: shown, text, ...(change === undefined ? {} : { change }) }
}

/** What did not settle answered something all the same. */
function unsettledResult({ environment, tool, input }: Call, { problem, output }: Effect): CallResult {
  const { secrets } = environment.runtime
  const result = errorResult(problem, secrets)
  return { ...result, text: `${result.text}\nWhat it answered:\n${outputText(tool, presentable(output, secrets), input)}` }
}

async function keepOutcome(call: Call, { confirm, record }: ClaimedWrite, outcome: CallResult): Promise<CallResult> {
  await orLog(call, 'The outcome could not be kept with its token', call.environment.plans.close(confirm, record, outcome))
  return outcome
}
