import { ToolError } from '../define/error.ts'
import type { Plan } from '../define/plan.ts'
import { agreementOf, approvalFor, personsPart, settleRequest, type HeldPlan } from './agreement.ts'
import { auditRead, type Call } from './call.ts'
import { hashOf } from './canonical.ts'
import { carryOut } from './carry-out.ts'
import { planSteps, type PlannedWrite } from './plan-steps.ts'
import type { PlanRecord } from './plan-store.ts'
import { leavePlace, passPlace, placeOf, takePlace } from './sequence-place.ts'
import { errorResult, planLines, planText, reportOf } from './respond.ts'
import type { CallResult } from './result.ts'
import type { Step } from './step.ts'

/** Without a token a write is only planned; with one, and where whoever must agree did, exactly the plan it stands for runs, once. */
export async function write(call: Call, steps: readonly Step[], confirm: string | undefined): Promise<CallResult> {
  if (steps.length === 0) throw new ToolError('invalid_config', 'The service has no instance.', { hint: 'Run doctor.' })
  const { plans, journal, runtime } = call.environment
  const token = confirm ?? askedAbout(call)
  const found = token === undefined ? undefined : await redeemable(call, token)
  if (found !== undefined && 'replay' in found) return found.replay
  const open = found?.open
  const place = await placeOf(call)
  const planned = await planSteps(call, steps, { isNew: open === undefined })
  const approval = approvalFor(call, planned)
  const offer: Offer = {
    principal: call.request.caller.principal,
    service: call.mount.service,
    tool: call.tool.name,
    name: call.request.name,
    instances: [...new Set(planned.steps.map(({ instance }) => instance.name))],
    basis: basisOf(planned),
    inputHash: inputHashOf(call),
    plan: planned.plan,
    approval,
    ...personsPart(call, approval),
  }
  // What is so already has happened, though not through here.
  if (planned.plan.nothing === true && place !== undefined) await passPlace(call, place)
  if (open !== undefined && isMoved(open.record, offer)) {
    const moved = new ToolError('conflict', 'The state moved after the plan was made.', {
      hint: 'Confirm the plan that was offered instead.',
    })
    if (await plans.claim(open.token)) {
      await plans.close(open.token, open.record, errorResult(moved, runtime.secrets))
      await settleRequest(call, open.record, 'a state that moved')
    }
    return planned.plan.nothing === true ? nothingToDo(call, planned.plan) : offerPlan(call, await plans.issue(offer), movedNote)
  }
  if (planned.plan.nothing === true) return nothingToDo(call, planned.plan)
  const held = open ?? (await plans.issue(offer))
  if (open === undefined && held.record.approval === 'token') return offerPlan(call, held)
  const agreement = await agreementOf(call, planned, held)
  if ('result' in agreement) return agreement.result
  // A rule stands for the person, not for the caller, who still sees the plan first.
  if (open === undefined && agreement.by !== 'none') return offerPlan(call, held)
  // What could not be kept could not be taken back.
  await journal.prepare()
  const taken = place === undefined ? undefined : await takePlace(call, place)
  if (await plans.claim(held.token)) {
    await settleRequest(call, held.record, agreement.by)
    const { plan: _, ...parts } = planned
    return carryOut(call, { confirm: held.token, record: held.record, ...parts, place: taken, approval: agreement.by })
  }
  if (taken !== undefined) await leavePlace(call, taken)
  const raced = await redeemable(call, held.token)
  if ('replay' in raced) return raced.replay
  throw new ToolError('conflict', 'The plan is being claimed by another process.', { hint: 'Send the token again in a moment.' })
}

type Offer = Omit<PlanRecord, 'expires'>

const movedNote =
  'The state moved after the plan was made, so the token is void and nothing was done. This is the plan from the state as it is now.'

/** The token of the plan the client was asked about, where it comes back with an answer. */
function askedAbout({ request }: Call): string | undefined {
  const { token } = (request.client?.answers?.state ?? {}) as { token?: unknown }
  return typeof token === 'string' ? token : undefined
}

/** What a plan is bound to: the state of each part and of what is taken first, and who is paused meanwhile. */
function basisOf({ steps, watching, waysBack }: PlannedWrite): Record<string, string> {
  const paused = watching.flatMap(({ instance, watchers }) => watchers.map(({ target }) => `${instance.name} ${target}`))
  return {
    ...Object.fromEntries([...steps, ...waysBack.map(({ step }) => step)].map(({ key, basis }) => [key, basis])),
    ...(paused.length === 0 ? {} : { '/watchers': hashOf(paused) }),
  }
}

/** What a plan was made for: input, what core was told besides, and the instances that were asked for. */
function inputHashOf({ input, options, entry }: Call): string {
  return hashOf([input, options, entry.instances])
}

/** A person agreed to what they read: where the plan reads otherwise now, they did not agree to it, though its basis holds. */
function isMoved(record: PlanRecord, { basis, plan: { summary, targets } }: Offer): boolean {
  if (hashOf(record.basis) !== hashOf(basis)) return true
  return record.approval === 'human' && hashOf([summary, targets]) !== hashOf([record.plan.summary, record.plan.targets])
}

/** What is so already needs no token, nobody's approval and no change in the journal. */
function nothingToDo({ environment, entry, started }: Call, plan: Plan): CallResult {
  auditRead(environment, { ...entry, summary: plan.summary, targets: plan.targets }, started, { result: 'nothing to do' })
  return { kind: 'done', output: undefined, text: `NOTHING TO DO: ${planLines(plan)}` }
}

async function offerPlan(call: Call, held: HeldPlan, note?: string): Promise<CallResult> {
  const { environment, entry, started, request } = call
  const plan = reportOf(request.name, held.record, held.token)
  auditRead(environment, { ...entry, summary: plan.summary, targets: plan.targets }, started, { result: 'plan' })
  return { kind: 'plan', plan, text: planText(request, plan, note) }
}

/** The plan behind a token if this very call may run it, or what came of it when it already ran; throws `denied` otherwise. */
async function redeemable(call: Call, confirm: string): Promise<{ open: HeldPlan } | { replay: CallResult }> {
  const { environment, entry, started } = call
  const found = await environment.plans.find(confirm)
  if (found === undefined) throw denied('The token is not known: it was mistyped, never issued, or is long past.')
  const record = 'open' in found ? found.open : found.claimed
  if (record.principal !== call.request.caller.principal) throw denied('The plan was made by another principal.')
  if (record.service !== call.mount.service || record.tool !== call.tool.name)
    throw record.name === call.request.name ? otherInput() : denied(`The plan was made for ${record.name}.`)
  if (record.inputHash !== inputHashOf(call)) throw otherInput()
  if ('open' in found) {
    if (found.open.expires < environment.runtime.clock.now()) throw denied('The plan has expired.')
    return { open: { token: confirm, record: found.open } }
  }
  const { outcome, claimedAt } = found.claimed
  if (outcome === undefined)
    throw new ToolError(
      'conflict',
      'The plan was claimed and its outcome is not known: it is running, or its process ended before it could say.',
      {
        hint: 'Read the state of its targets; query_audit with result unfinished says whether it began.',
      },
    )
  auditRead(environment, entry, started, { result: 'already done' })
  const happened = outcome.kind === 'error' ? 'tried' : 'carried out'
  const note = `Already ${happened} at ${new Date(claimedAt ?? 0).toISOString()}; nothing was done again.`
  const text = `${note} What came of it then:\n${outcome.text}`
  if (outcome.kind === 'done') return { replay: { ...outcome, already: true, text } }
  if (outcome.kind !== 'error') return { replay: { ...outcome, text } }
  const { hint } = outcome.error
  return { replay: { ...outcome, error: { ...outcome.error, hint: hint === undefined ? note : `${note} ${hint}` }, text } }
}

function otherInput(): ToolError {
  return denied('The plan was made for other input.', 'Send exactly the input that was planned, or call without confirm for a new plan.')
}

function denied(message: string, hint = 'Call again without confirm for a plan of what you want now.'): ToolError {
  return new ToolError('denied', message, { hint })
}
