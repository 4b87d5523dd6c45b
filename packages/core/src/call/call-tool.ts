import { allows, lowestTier, type Tier } from '../define/access.ts'
import { ToolError } from '../define/error.ts'
import type { ReadContext } from '../define/tool.ts'
import type { AuditEntry } from '../record/audit.ts'
import { createId, type Journal } from '../record/journal.ts'
import type { Instance } from '../runtime/instance.ts'
import type { Mount } from '../runtime/mount.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { hashOf } from './canonical.ts'
import { cursorFor, mergeAnswers, type Answer } from './fan-out.ts'
import type { Operations } from './operations.ts'
import type { PlanRecord, PlanStore } from './plan-store.ts'
import type { Input, RegisteredTool, RegisteredWrite } from './registered-tool.ts'
import { parseReserved } from './reserved.ts'
import { errorResult, outputText, planText, presentable } from './respond.ts'
import type { CallResult } from './result.ts'
import { settle } from './settle.ts'
import type { CallRequest, Progress } from './surface.ts'

/** What the path needs of the process it runs in. */
export interface CallEnvironment {
  readonly runtime: Runtime
  /** The process's own tier. */
  readonly tier: Tier
  readonly plans: PlanStore
  readonly journal: Journal
  readonly operations: Operations
  /** The tool behind a listed name; throws `not_found`. */
  resolve(request: CallRequest): { mount: Mount; tool: RegisteredTool }
}

/** One call on its way: what every step is told. */
interface Call {
  readonly environment: CallEnvironment
  readonly request: CallRequest
  readonly mount: Mount
  readonly tool: RegisteredTool
  readonly input: Input
  /** What the audit says of it, whatever comes of it. */
  readonly entry: Omit<AuditEntry, 'kind' | 'result'>
  readonly started: number
}

/** The one path a call takes, whatever transport it came by. Never throws: a failure is a result. */
export async function callTool(environment: CallEnvironment, request: CallRequest): Promise<CallResult> {
  const { runtime } = environment
  const started = runtime.clock.now()
  let entry: Call['entry'] = {
    call: createId(runtime.clock, runtime.random),
    principal: request.caller.principal,
    service: '',
    tool: request.name,
    instances: [],
    access: '',
    input: runtime.secrets.data(request.input),
  }
  try {
    const { mount, tool } = environment.resolve(request)
    entry = { ...entry, service: mount.service, access: tool.access }
    const { given, confirm, instances } = parseReserved(mount, tool, request.input)
    const input = tool.input.parse(given)
    entry = { ...entry, instances: instances.map(({ name }) => name), input: runtime.secrets.data(input) }
    requireTier(environment.tier, mount, tool, request)
    const call: Call = { environment, request, mount, tool, input, entry, started }
    return tool.write === undefined ? await read(call, instances) : await write(call, tool.write, only(instances), confirm)
  } catch (error) {
    return refused(environment, entry, started, error)
  }
}

function refused({ runtime }: CallEnvironment, entry: Call['entry'], started: number, error: unknown): CallResult {
  if (!ToolError.isInstance(error))
    runtime.log(
      'error',
      `${request(entry)} failed unexpectedly: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    )
  const result = errorResult(error, runtime.secrets)
  runtime.audit.record({ ...entry, kind: 'read', ...outcomeOf(result), milliseconds: runtime.clock.now() - started })
  return result
}

/** Reads fan out over the instances asked for; the silent ones are named, not waited for. */
async function read(call: Call, instances: readonly Instance[]): Promise<CallResult> {
  const { environment, tool, entry } = call
  const { runtime } = environment
  return environment.operations.run(waiting(call), async (signal, progress) => {
    try {
      const output =
        instances.length === 1
          ? await readOne(call, only(instances), call.input, signal, progress)
          : mergeAnswers(await readEach(call, instances, signal, progress))
      const shown = presentable(output, runtime.secrets)
      const result: CallResult = { kind: 'done', output: shown, text: outputText(tool, shown, call.input) }
      runtime.audit.record({ ...entry, kind: 'read', result: 'done', milliseconds: runtime.clock.now() - call.started })
      return result
    } catch (error) {
      return refused(environment, entry, call.started, abortReason(signal, error))
    }
  })
}

async function readEach(call: Call, instances: readonly Instance[], signal: AbortSignal, progress: Report): Promise<Answer[]> {
  const asked = instances.flatMap((instance) => {
    const cursor = cursorFor(instance.name, call.input['cursor'])
    return cursor === 'finished' ? [] : [{ instance, input: cursor === undefined ? call.input : { ...call.input, cursor } }]
  })
  return Promise.all(
    asked.map(async ({ instance, input }): Promise<Answer> => {
      try {
        return { instance: instance.name, output: await readOne(call, instance, input, signal, progress) }
      } catch (error) {
        return { instance: instance.name, error: abortReason(signal, error) }
      }
    }),
  )
}

async function readOne(call: Call, instance: Instance, input: Input, signal: AbortSignal, progress: Report): Promise<unknown> {
  return withClient(call, instance, signal, progress, async (context) =>
    call.tool.output.parse(await call.tool.run(input, { ...context, state: undefined })),
  )
}

/** Without a token a write is only planned; with one, exactly the plan it stands for runs, once. */
async function write(call: Call, writing: RegisteredWrite, instance: Instance, confirm: string | undefined): Promise<CallResult> {
  const {
    environment,
    request: { signal = new AbortController().signal },
  } = call
  const held = confirm === undefined ? undefined : await redeemable(call, instance, confirm)
  if (held !== undefined && 'replay' in held) return held.replay
  const { before, plan } = await withClient(call, instance, signal, noReport, async (context) => {
    const state = await writing.state(call.input, context)
    return { before: state, plan: await writing.plan(call.input, { ...context, state }) }
  })
  const basis = hashOf(writing.basis(before))
  const offer = {
    principal: call.request.caller.principal,
    service: call.mount.service,
    tool: call.tool.name,
    basis: { [instance.name]: basis },
    inputHash: hashOf(call.input),
    plan,
    approval: 'token',
  } as const
  if (held === undefined || confirm === undefined) return offerPlan(call, offer)
  if (held.open.basis[instance.name] !== basis) {
    if (await environment.plans.claim(confirm))
      await environment.plans.close(
        confirm,
        held.open,
        errorResult(
          new ToolError('conflict', 'The state moved after the plan was made.', { hint: 'Confirm the plan that was offered instead.' }),
          environment.runtime.secrets,
        ),
      )
    return offerPlan(
      call,
      offer,
      'The state moved after the plan was made, so the token is void and nothing was done. This is the plan from the state as it is now.',
    )
  }
  if (!(await environment.plans.claim(confirm))) {
    const raced = await redeemable(call, instance, confirm)
    if ('replay' in raced) return raced.replay
    throw new ToolError('conflict', 'The plan is being claimed by another process.', { hint: 'Send the token again in a moment.' })
  }
  return carryOut(call, writing, instance, confirm, held.open, before)
}

/** A claimed plan: intent on disk, effect, settled state, outcome on disk, journal. */
async function carryOut(
  call: Call,
  writing: RegisteredWrite,
  instance: Instance,
  confirm: string,
  record: PlanRecord,
  before: unknown,
): Promise<CallResult> {
  const { environment, entry } = call
  const { runtime } = environment
  const told = { ...entry, summary: runtime.secrets.text(record.plan.summary), targets: record.plan.targets, approval: record.approval }
  try {
    await runtime.audit.commit({ ...told, kind: 'intent' })
  } catch (error) {
    const result = errorResult(error, runtime.secrets)
    await keepOutcome(call, confirm, record, result)
    return result
  }
  return environment.operations.run(waiting(call), async (signal, progress) => {
    const result = await effect(call, writing, instance, before, signal, progress).catch((error: unknown) => {
      const reason = abortReason(signal, error)
      if (!ToolError.isInstance(reason))
        runtime.log(
          'error',
          `${request(entry)} failed unexpectedly: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}`,
        )
      return errorResult(reason, runtime.secrets)
    })
    const change = 'change' in result ? { change: result.change } : {}
    await runtime.audit
      .commit({ ...told, kind: 'outcome', ...outcomeOf(result), ...change, milliseconds: runtime.clock.now() - call.started })
      .catch((error: unknown) =>
        runtime.log(
          'error',
          `The outcome of ${request(entry)} could not be audited: ${error instanceof Error ? error.message : String(error)}`,
        ),
      )
    const answer = result.kind === 'unsettled' ? result.answer : result
    await keepOutcome(call, confirm, record, answer)
    return answer
  })
}

type Effect = CallResult | { kind: 'unsettled'; answer: Extract<CallResult, { kind: 'error' }>; change: string }

async function effect(
  call: Call,
  writing: RegisteredWrite,
  instance: Instance,
  before: unknown,
  signal: AbortSignal,
  progress: Report,
): Promise<Effect> {
  const { environment, tool, input } = call
  const { runtime } = environment
  return withClient(call, instance, signal, progress, async (context) => {
    const output = await tool.run(input, { ...context, state: before }).catch(async (error: unknown) => {
      throw await withAftermath(abortReason(signal, error), () => writing.state(input, context), before)
    })
    const { after, problem, milliseconds } = await settle(writing, {
      before,
      input,
      clock: runtime.clock,
      signal,
      read: () => writing.state(input, context),
      progress: (message) => context.progress(message),
    })
    const final = tool.output.parse(problem === undefined ? writing.verified(tool.output.parse(output), after) : output)
    const change = await journalled(call, instance, writing, { before, after, output: final })
    const undo = typeof writing.undo === 'string' ? `it is ${writing.undo}` : 'it has an inverse'
    const shown = presentable(final, runtime.secrets)
    if (problem !== undefined) {
      const answer = errorResult(
        new ToolError(problem.code, `${tool.title}: done, but ${problem.message}.`, {
          hint: `The change is kept as ${change}; ${undo}. Look at the target before trying again.`,
        }),
        runtime.secrets,
      )
      return { kind: 'unsettled', answer, change }
    }
    const text = `DONE and verified after ${(milliseconds / 1_000).toFixed(1)} s: ${tool.title}. Change ${change}; ${undo}.\n${outputText(tool, shown, input)}`
    return { kind: 'done', output: shown, text, change }
  })
}

/** A write that failed may still have taken effect: the state tells. */
async function withAftermath(error: unknown, readState: () => Promise<unknown>, before: unknown): Promise<unknown> {
  if (!ToolError.isInstance(error)) return error
  const changed = await readState().then(
    (after) => hashOf(after) !== hashOf(before),
    () => undefined,
  )
  const told =
    changed === undefined
      ? 'Whether it took effect could not be seen.'
      : changed
        ? 'The state is no longer what it was before.'
        : 'The state is as it was before.'
  return new ToolError(error.code, error.message, { hint: [error.hint, told].filter(Boolean).join(' '), cause: error })
}

async function journalled(
  call: Call,
  instance: Instance,
  writing: RegisteredWrite,
  came: { before: unknown; after: unknown; output: unknown },
): Promise<string> {
  const { runtime, journal } = call.environment
  const id = createId(runtime.clock, runtime.random)
  const undo = typeof writing.undo === 'string' ? writing.undo : writing.undo(came.before, call.input, came)
  await journal
    .record({
      id,
      at: new Date(runtime.clock.now()).toISOString(),
      principal: call.request.caller.principal,
      service: call.mount.service,
      instance: instance.name,
      tool: call.tool.name,
      input: runtime.secrets.data(call.input),
      before: came.before,
      after: runtime.secrets.data(came.after),
      undo,
      approval: 'token',
      version: runtime.version,
    })
    .catch((error: unknown) =>
      runtime.log('error', `Change ${id} could not be kept in the journal: ${error instanceof Error ? error.message : String(error)}`),
    )
  return id
}

async function offerPlan(call: Call, offer: Omit<PlanRecord, 'expires'>, note?: string): Promise<CallResult> {
  const { runtime, plans } = call.environment
  const { token, expires } = await plans.issue(offer)
  const plan = {
    ...(presentable(offer.plan, runtime.secrets) as PlanRecord['plan']),
    tool: call.request.name,
    instances: Object.keys(offer.basis),
    confirm: token,
    expires_at: new Date(expires).toISOString(),
  }
  runtime.audit.record({
    ...call.entry,
    kind: 'read',
    result: 'plan',
    summary: plan.summary,
    targets: plan.targets,
    milliseconds: runtime.clock.now() - call.started,
  })
  return { kind: 'plan', plan, text: planText(call.request.name, plan, note) }
}

/** The plan behind a token if this very call may run it, or what came of it when it already ran; throws `denied` otherwise. */
async function redeemable(call: Call, instance: Instance, confirm: string): Promise<{ open: PlanRecord } | { replay: CallResult }> {
  const { runtime, plans } = call.environment
  const found = await plans.find(confirm)
  const again = 'Call again without confirm for a plan of what you want now.'
  if (found === undefined)
    throw new ToolError('denied', 'The token is not known: it was mistyped, never issued, or is long past.', { hint: again })
  const record = 'open' in found ? found.open : found.claimed
  if (record.principal !== call.request.caller.principal)
    throw new ToolError('denied', 'The plan was made by another principal.', { hint: again })
  if (record.service !== call.mount.service || record.tool !== call.tool.name)
    throw new ToolError('denied', `The plan was made for ${record.tool}.`, { hint: again })
  if (record.inputHash !== hashOf(call.input) || !(instance.name in record.basis))
    throw new ToolError('denied', 'The plan was made for other input.', {
      hint: 'Send exactly the input that was planned, or call without confirm for a new plan.',
    })
  if ('open' in found) {
    if (found.open.expires < runtime.clock.now()) throw new ToolError('denied', 'The plan has expired.', { hint: again })
    return found
  }
  const { outcome, claimedAt } = found.claimed
  if (outcome === undefined)
    throw new ToolError(
      'conflict',
      'The plan was claimed and its outcome is not known: it is running, or its process ended before it could say.',
      { hint: 'Read the state of its targets; the audit names unfinished writes.' },
    )
  runtime.audit.record({ ...call.entry, kind: 'read', result: 'already done', milliseconds: runtime.clock.now() - call.started })
  const note = `Already carried out at ${new Date(claimedAt ?? 0).toISOString()}; nothing was done again. What came of it then:`
  return {
    replay:
      outcome.kind === 'done'
        ? { ...outcome, already: true, text: `${note}\n${outcome.text}` }
        : { ...outcome, text: `${note}\n${outcome.text}` },
  }
}

async function keepOutcome(call: Call, confirm: string, record: PlanRecord, outcome: CallResult): Promise<void> {
  await call.environment.plans
    .close(confirm, record, outcome)
    .catch((error: unknown) =>
      call.environment.runtime.log(
        'error',
        `The outcome of ${request(call.entry)} could not be kept: ${error instanceof Error ? error.message : String(error)}`,
      ),
    )
}

function requireTier(process: Tier, mount: Mount, tool: RegisteredTool, { name, caller }: CallRequest): void {
  const tier = lowestTier(process, mount.tier, caller.tier)
  if (allows(tier, tool.access)) return
  throw new ToolError('denied', `${name} needs the tier '${tool.access}'; here it is '${tier}'.`, {
    hint:
      tool.access === 'admin'
        ? 'The tier admin cannot be granted in this version.'
        : `The owner grants it with --tier ${tool.access}, RACKWARDEN_TIER=${tool.access} or 'tier: ${tool.access}' in rackwarden.yaml, and to a token with 'token create --tier ${tool.access}'.`,
  })
}

type Report = (progress: Progress) => void
const noReport: Report = () => undefined

async function withClient<T>(
  call: Call,
  instance: Instance,
  signal: AbortSignal,
  progress: Report,
  use: (context: ReadContext<unknown>) => Promise<T>,
): Promise<T> {
  try {
    const client = await instance.client(call.request)
    signal.throwIfAborted()
    return await use({
      client,
      instance: instance.name,
      signal,
      progress: (message, done, total) =>
        progress({ message, ...(done === undefined ? {} : { done }), ...(total === undefined ? {} : { total }) }),
    })
  } catch (error) {
    instance.dropAfter(error)
    throw error
  }
}

function waiting({ request: { name, caller, signal, progress } }: Call) {
  return { principal: caller.principal, tool: name, signal, progress }
}

function outcomeOf(result: Effect): Pick<AuditEntry, 'result' | 'error'> {
  const failure = result.kind === 'unsettled' ? result.answer : result
  return { result: result.kind, ...(failure.kind === 'error' ? { error: `${failure.error.code}: ${failure.error.message}` } : {}) }
}

/** A wait that was aborted rejects with an error of its own; the reason is what the caller should hear. */
function abortReason(signal: AbortSignal, error: unknown): unknown {
  return signal.aborted && !ToolError.isInstance(error) ? signal.reason : error
}

function request({ tool, service }: Call['entry']): string {
  return service === '' ? tool : `${service}/${tool}`
}

function only(instances: readonly Instance[]): Instance {
  const [instance] = instances
  if (instance === undefined) throw new ToolError('invalid_config', 'The service has no instance.', { hint: 'Run doctor.' })
  return instance
}
