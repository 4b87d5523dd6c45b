import type { ApprovalRequest } from '../approve/approval-request.ts'
import { digestOf, type Decision } from '../approve/approval-requests.ts'
import { ToolError } from '../define/error.ts'
import { createId } from '../record/journal.ts'
import { requiredApproval, strictest, type Approval, type ApprovedWrite } from '../policy/required-approval.ts'
import { auditRead, toldError, type Call } from './call.ts'
import { hashOf } from './canonical.ts'
import { longestPlanMs, tokenHash, type PlanRecord } from './plan-store.ts'
import type { Question } from './questions.ts'
import type { PlannedWrite } from './plan-steps.ts'
import { errorResult, formTokens, pendingText, planLines, reportOf } from './respond.ts'
import type { CallResult } from './result.ts'
import { listed } from './step.ts'

/** A plan that waits, and its token. */
export interface HeldPlan {
  token: string
  record: PlanRecord
}

/** Who agreed, or what the caller is told until somebody does. */
export type Agreement = { by: string } | { result: CallResult }

/** Who must agree to a write, as of now: of all its parts the strictest. */
export function approvalFor({ environment }: Call, planned: PlannedWrite): Approval {
  return strictest(approvedWrites(planned).map((part) => requiredApproval(environment.approval, part)))
}

/** What a record of a plan for a person holds besides the plan: whom it is decided by, and how an answer is known. */
export function personsPart({ environment: { runtime } }: Call, approval: Approval): Pick<PlanRecord, 'request' | 'nonce'> {
  if (approval !== 'human') return {}
  return { request: createId(runtime.clock, runtime.random), nonce: Buffer.from(runtime.random(16)).toString('base64url') }
}

/** Looks for whoever must agree to a plan; a client that can be asked is asked, others are told how the owner is. */
export async function agreementOf(call: Call, planned: PlannedWrite, held: HeldPlan): Promise<Agreement> {
  const { record } = held
  const { requests, rules } = call.environment
  const required = strictest([record.approval, approvalFor(call, planned)])
  if (required !== 'human') return { by: required }
  // What cannot be taken back is looked at each time.
  const found = isIrreversible(planned) ? [undefined] : await Promise.all(approvedWrites(planned).map((part) => rules.ruleFor(part)))
  if (found.every((rule) => rule !== undefined)) return { by: listed([...new Set(found.map(({ name }) => `rule:${name}`))]) }
  if (record.request === undefined || record.nonce === undefined)
    throw new ToolError('denied', 'The plan was made when no person had to agree to it; now one must.', {
      hint: 'Call again without confirm for a new plan.',
    })
  const state = await requests.get(record.request)
  if (state !== undefined) refuseAnother(state.request, putToPerson(call, planned, held))
  const { decision } = state ?? {}
  // A no that came by one way is not outdone by a yes that comes by another.
  if (decision !== undefined && decision.decision !== 'approved') return { result: await rejected(call, held, decision.by) }
  const answer = await answerOf(call, planned, held)
  if (answer !== undefined) return answer
  if (decision === undefined) return ask(call, planned, held, state?.request)
  if (isOpen(call, decision)) return { by: decision.by }
  return { result: pending(call, held, `It was approved by ${decision.by}, a way the owner does not take for an answer.`) }
}

/** Takes the request of a plan that ran, or is void, away from those that wait for a person. */
export async function settleRequest({ environment: { requests, runtime } }: Call, { request }: PlanRecord, by: string): Promise<void> {
  if (request === undefined) return
  await requests.settle(request, by).catch((error: unknown) => {
    runtime.log('warn', `The request ${request} still looks as if it waited: ${error instanceof Error ? error.message : String(error)}`)
  })
}

/** Whether the owner takes an answer that came this way. */
function isOpen({ environment: { approval } }: Call, { by }: Decision): boolean {
  return approval.channels.some((channel) => by === channel || by.startsWith(`${channel}:`))
}

/** The files of requests lie open: what the person read must be what would run. The name it was called by is not of the essence. */
function refuseAnother(stored: ApprovalRequest, asked: Asked): void {
  const { at: _at, name: _name, ...read } = stored
  const { name: _asName, ...meant } = asked
  if (hashOf(read) === hashOf(meant)) return
  throw new ToolError('denied', 'What was put to the person is not this plan.', { hint: 'Call again without confirm for a new plan.' })
}

function approvedWrites({ steps, watching, waysBack }: PlannedWrite): ApprovedWrite[] {
  return [
    ...[...steps, ...waysBack.map(({ step }) => step)].map(({ call: { mount, tool, access }, instance, plan }) => ({
      access,
      service: mount.service,
      tool: tool.name,
      instance: instance.name,
      targets: plan.targets,
    })),
    // Pausing what watches is a write like that of the tool that does it by hand.
    ...watching.map(({ mount, instance, watchers }) => ({
      access: 'operate' as const,
      service: mount.service,
      tool: mount.watchers?.tool ?? '',
      instance: instance.name,
      targets: watchers.map(({ target }) => target),
    })),
  ]
}

function isIrreversible({ steps }: PlannedWrite): boolean {
  return steps.some(({ writing }) => writing.undo === 'irreversible')
}

/** What the client answered, where it was asked about this very plan; an answer nobody asked for is none. */
async function answerOf(call: Call, planned: PlannedWrite, held: HeldPlan): Promise<Agreement | undefined> {
  const { given, state } = call.request.client?.answers ?? {}
  const { nonce } = (state ?? {}) as { nonce?: unknown }
  if (nonce === undefined || nonce !== held.record.nonce || !call.environment.approval.channels.includes('elicitation')) return undefined
  const { action, content } = (given?.['approval'] ?? {}) as { action?: unknown; content?: { name?: unknown } }
  if (action === 'decline') return { result: await rejected(call, held, 'elicitation') }
  if (action !== 'accept') return { result: pending(call, held, 'The question was closed without an answer.') }
  const typed = typedName(planned, held.record)
  if (typed !== undefined && (typeof content?.name !== 'string' || content.name.trim() !== typed))
    return { result: pending(call, held, `This cannot be taken back: to agree, '${typed}' must be typed exactly.`) }
  return { by: 'elicitation' }
}

/** What a person must type: the name of what is gone afterwards. */
function typedName(planned: PlannedWrite, { plan }: PlanRecord): string | undefined {
  return isIrreversible(planned) ? plan.targets[0]?.split('/').at(-1) : undefined
}

async function ask(call: Call, planned: PlannedWrite, held: HeldPlan, request?: ApprovalRequest): Promise<Agreement> {
  const { environment } = call
  const { channels } = environment.approval
  const formIsShown = channels.includes('elicitation') && call.request.client?.askable.includes('elicitation') === true
  const asked = request === undefined ? await open(call, planned, held) : undefined
  // That it was requested is in the audit: one line for what happened once.
  if (asked === undefined) auditPending(call, held)
  else tell(call, asked, formIsShown)
  if (!formIsShown) return { result: pendingResult(call, held) }
  const { record, token } = held
  const questions = { ask: { approval: questionOf(planned, record) }, state: { token, nonce: record.nonce } }
  return { result: { ...pendingResult(call, held), questions } }
}

type Asked = Omit<ApprovalRequest, 'at'>

/** What a person is asked to agree to. */
function putToPerson(call: Call, planned: PlannedWrite, { record, token }: HeldPlan): Asked {
  const { entry, request, mount, tool } = call
  const typed = typedName(planned, record)
  return {
    id: record.request ?? '',
    expires_at: new Date(record.expires).toISOString(),
    principal: record.principal,
    service: mount.service,
    instance: listed(record.instances),
    tool: tool.name,
    name: request.name,
    input: entry.input,
    plan: record.plan,
    ...(typed === undefined ? {} : { typed }),
    digest: digestOf(record, tokenHash(token)),
  }
}

async function open(call: Call, planned: PlannedWrite, held: HeldPlan): Promise<ApprovalRequest | undefined> {
  const { requests, plans } = call.environment
  try {
    return await requests.open(putToPerson(call, planned, held))
  } catch (error) {
    // A plan of this very call, or an assistant that is refused in a loop would leave one each time.
    if (held.record.expires - longestPlanMs >= call.started) await plans.forget(held.token).catch(() => undefined)
    throw error
  }
}

/** Tells the audit of a request, and its owner where somebody carries word to them. */
function tell({ environment, entry }: Call, asked: ApprovalRequest, formIsShown: boolean): void {
  const { summary, targets } = asked.plan
  environment.runtime.audit.record({ ...entry, kind: 'approval', summary, targets, result: 'requested', approval: asked.id })
  environment.announce?.(asked, { formIsShown })
}

function questionOf(planned: PlannedWrite, record: PlanRecord): Question {
  const typed = typedName(planned, record)
  const properties =
    typed === undefined
      ? {}
      : { name: { type: 'string', title: `Type ${typed} to agree`, description: 'This cannot be taken back.', minLength: 1 } }
  return {
    method: 'elicitation/create',
    params: {
      mode: 'form',
      message: `May this be done?\n${planLines(record.plan, formTokens)}`,
      requestedSchema: { type: 'object', properties, ...(typed === undefined ? {} : { required: ['name'] }) },
    },
  }
}

/** A plan somebody said no to is void. */
async function rejected(call: Call, { token, record }: HeldPlan, by: string): Promise<CallResult> {
  const { environment, entry } = call
  const { plans, requests, runtime } = environment
  const refusal = new ToolError('denied', `The plan was rejected (${by}); nothing was done.`, {
    hint: 'Ask the person what they want instead.',
  })
  const result = errorResult(refusal, runtime.secrets)
  if (by === 'elicitation' && record.request !== undefined) await requests.withdraw(record.request, by).catch(() => undefined)
  if (await plans.claim(token)) await plans.close(token, record, result)
  const told = { ...entry, summary: record.plan.summary, approval: by }
  // What was decided elsewhere was written down there.
  if (by === 'elicitation') runtime.audit.record({ ...told, kind: 'approval', result: 'rejected' })
  else auditRead(environment, told, call.started, toldError(result))
  return result
}

function pending(call: Call, held: HeldPlan, note: string): Extract<CallResult, { kind: 'pending' }> {
  auditPending(call, held)
  return pendingResult(call, held, note)
}

function auditPending({ environment, entry, started }: Call, { record: { plan } }: HeldPlan): void {
  auditRead(environment, { ...entry, summary: plan.summary, targets: plan.targets }, started, { result: 'pending' })
}

function pendingResult(
  { environment, request }: Call,
  { token, record }: HeldPlan,
  note?: string,
): Extract<CallResult, { kind: 'pending' }> {
  const plan = reportOf(request.name, record, token)
  const approval = record.request ?? ''
  const command = environment.approval.channels.includes('cli') ? environment.command(`approve ${approval}`) : undefined
  const isTold = environment.announce !== undefined
  return { kind: 'pending', approval, plan, text: pendingText(request, plan, { command, isTold }, note) }
}
