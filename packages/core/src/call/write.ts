import { ToolError } from '../define/error.ts'
import type { Instance } from '../runtime/instance.ts'
import { auditRead, withClient, withListedNames, type Call } from './call.ts'
import { hashOf } from './canonical.ts'
import { carryOut } from './carry-out.ts'
import type { PlanRecord } from './plan-store.ts'
import type { RegisteredWrite } from './registered-tool.ts'
import { errorResult, planText, presentablePlan } from './respond.ts'
import type { CallResult } from './result.ts'

/** Without a token a write is only planned; with one, exactly the plan it stands for runs, once. */
export async function write(
  call: Call,
  writing: RegisteredWrite,
  instance: Instance | undefined,
  confirm: string | undefined,
): Promise<CallResult> {
  if (instance === undefined) throw new ToolError('invalid_config', 'The service has no instance.', { hint: 'Run doctor.' })
  const {
    environment: { plans, journal, runtime },
    request: { signal = new AbortController().signal },
  } = call
  const held = confirm === undefined ? undefined : await redeemable(call, instance, confirm)
  if (held !== undefined && 'replay' in held) return held.replay
  const { before, plan } = await withClient(
    call,
    instance,
    signal,
    () => undefined,
    async (context) => {
      const state = await writing.state(call.input, context)
      const made = await writing.plan(call.input, { ...context, state })
      const warnings = (made.warnings ?? []).map((warning) => withListedNames(warning, call.mount))
      return { before: state, plan: presentablePlan({ ...made, warnings }, runtime.secrets) }
    },
  )
  const basis = hashOf(writing.basis(before))
  const offer: Offer = {
    principal: call.request.caller.principal,
    service: call.mount.service,
    tool: call.tool.name,
    basis: { [instance.name]: basis },
    inputHash: hashOf(call.input),
    plan,
    approval: 'token',
  }
  if (held === undefined || confirm === undefined) return offerPlan(call, offer)
  if (held.open.basis[instance.name] !== basis) {
    const moved = new ToolError('conflict', 'The state moved after the plan was made.', {
      hint: 'Confirm the plan that was offered instead.',
    })
    if (await plans.claim(confirm)) await plans.close(confirm, held.open, errorResult(moved, runtime.secrets))
    return offerPlan(
      call,
      offer,
      'The state moved after the plan was made, so the token is void and nothing was done. This is the plan from the state as it is now.',
    )
  }
  // What could not be kept could not be taken back.
  await journal.prepare()
  if (await plans.claim(confirm)) return carryOut(call, writing, instance, { confirm, record: held.open, before })
  const raced = await redeemable(call, instance, confirm)
  if ('replay' in raced) return raced.replay
  throw new ToolError('conflict', 'The plan is being claimed by another process.', { hint: 'Send the token again in a moment.' })
}

type Offer = Omit<PlanRecord, 'expires'>

async function offerPlan(call: Call, offer: Offer, note?: string): Promise<CallResult> {
  const { environment, entry, started, request } = call
  const { token, expires } = await environment.plans.issue(offer)
  const plan = {
    ...offer.plan,
    tool: request.name,
    instances: Object.keys(offer.basis),
    confirm: token,
    expires_at: new Date(expires).toISOString(),
  }
  auditRead(environment, { ...entry, summary: plan.summary, targets: plan.targets }, started, { result: 'plan' })
  return { kind: 'plan', plan, text: planText(request.name, plan, note) }
}

/** The plan behind a token if this very call may run it, or what came of it when it already ran; throws `denied` otherwise. */
async function redeemable(call: Call, instance: Instance, confirm: string): Promise<{ open: PlanRecord } | { replay: CallResult }> {
  const { environment, entry, started } = call
  const found = await environment.plans.find(confirm)
  if (found === undefined) throw denied('The token is not known: it was mistyped, never issued, or is long past.')
  const record = 'open' in found ? found.open : found.claimed
  if (record.principal !== call.request.caller.principal) throw denied('The plan was made by another principal.')
  if (record.service !== call.mount.service || record.tool !== call.tool.name) throw denied(`The plan was made for ${record.tool}.`)
  if (record.inputHash !== hashOf(call.input) || !(instance.name in record.basis))
    throw denied('The plan was made for other input.', 'Send exactly the input that was planned, or call without confirm for a new plan.')
  if ('open' in found) {
    if (found.open.expires < environment.runtime.clock.now()) throw denied('The plan has expired.')
    return found
  }
  const { outcome, claimedAt } = found.claimed
  if (outcome === undefined)
    throw new ToolError(
      'conflict',
      'The plan was claimed and its outcome is not known: it is running, or its process ended before it could say.',
      {
        hint: 'Read the state of its targets; the audit says whether it began and how it ended.',
      },
    )
  auditRead(environment, entry, started, { result: 'already done' })
  const note = `Already carried out at ${new Date(claimedAt ?? 0).toISOString()}; nothing was done again.`
  const text = `${note} What came of it then:\n${outcome.text}`
  if (outcome.kind === 'done') return { replay: { ...outcome, already: true, text } }
  if (outcome.kind !== 'error') return { replay: { ...outcome, text } }
  const { hint } = outcome.error
  return { replay: { ...outcome, error: { ...outcome.error, hint: hint === undefined ? note : `${note} ${hint}` }, text } }
}

function denied(message: string, hint = 'Call again without confirm for a plan of what you want now.'): ToolError {
  return new ToolError('denied', message, { hint })
}
