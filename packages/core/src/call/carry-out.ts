import { ToolError } from '../define/error.ts'
import type { Plan } from '../define/plan.ts'
import type { WriteContext } from '../define/tool.ts'
import { createId } from '../record/journal.ts'
import type { Instance } from '../runtime/instance.ts'
import { abortReason, failureOf, toldError, touchOf, waitingOn, withClient, type Call } from './call.ts'
import { hashOf } from './canonical.ts'
import type { PlanRecord } from './plan-store.ts'
import type { RegisteredWrite } from './registered-tool.ts'
import { errorResult, outputText, presentable } from './respond.ts'
import type { CallResult } from './result.ts'
import { settle } from './settle.ts'
import type { Progress } from './surface.ts'

/** A plan this process has claimed, and the state it is about to change. */
export interface ClaimedWrite {
  confirm: string
  record: PlanRecord
  before: unknown
  /** Who agreed. */
  approval: string
}

/** What came of a write that took effect, settled or not. */
interface Effect {
  result: CallResult
  /** Undefined where it could not be kept. */
  change: string | undefined
  settled: boolean
}

/** Carries out a claimed plan: intent on disk, effect, settled state, journal, outcome on disk. */
export async function carryOut(call: Call, writing: RegisteredWrite, instance: Instance, claimed: ClaimedWrite): Promise<CallResult> {
  const { environment, entry } = call
  const { runtime, operations } = environment
  const { plan } = claimed.record
  const told = { ...entry, summary: plan.summary, targets: plan.targets, approval: claimed.approval }
  try {
    await runtime.audit.commit({ ...told, kind: 'intent' })
  } catch (error) {
    return keepOutcome(call, claimed, failureOf(environment, entry, error))
  }
  return operations.run(waitingOn(call), async (signal, report) => {
    const effect = await takeEffect(call, writing, instance, claimed, signal, report).catch((error: unknown) =>
      failureOf(environment, entry, abortReason(signal, error), call.mount),
    )
    const result = 'result' in effect ? effect.result : effect
    const outcome = {
      ...told,
      kind: 'outcome' as const,
      ...(result.kind === 'error' ? toldError(result) : { result: result.kind }),
      ...('settled' in effect ? { ...changed(effect.change), ...(effect.settled ? {} : { result: 'unsettled' }) } : {}),
      milliseconds: runtime.clock.now() - call.started,
    }
    const audited = runtime.audit.commit(outcome).catch((error: unknown) => {
      // It waits with the reads until the disk comes back.
      runtime.audit.record(outcome)
      throw error
    })
    await orLog(call, 'The outcome could not be audited yet', audited)
    return keepOutcome(call, claimed, result)
  })
}

async function takeEffect(
  call: Call,
  writing: RegisteredWrite,
  instance: Instance,
  { before, record, approval }: ClaimedWrite,
  signal: AbortSignal,
  report: (progress: Progress) => void,
): Promise<Effect> {
  const { environment, tool, input } = call
  const { clock, secrets } = environment.runtime
  return withClient(call, instance, signal, report, async (context) => {
    const readState = async () => writing.state(input, context)
    // Through the client of then: that of the write may be what failed.
    const look = async () => withClient(call, instance, signal, report, async (fresh) => writing.state(input, fresh))
    const output = await runTool(call, { ...context, state: before, touch: touchOf(call, instance) }, look)
    const { after, problem, milliseconds } = await settle(writing, {
      before,
      input,
      clock,
      signal,
      read: readState,
      progress: context.progress,
    })
    const final = problem === undefined ? tool.output.parse(writing.verified(output, after)) : output
    const change = await keepChange(call, instance, writing, approval, { before, after, output: final, plan: record.plan })
    const undo = typeof writing.undo === 'string' ? `it is ${writing.undo}` : 'it has an inverse'
    const lost = 'The change could not be kept in the journal, so there is no undoing it from there'
    if (problem !== undefined) {
      const told = new ToolError(problem.code, `${record.plan.summary}: done, but ${problem.message}.`, {
        hint: `${change === undefined ? lost : `The change is kept as ${change}; ${undo}`}. Look at the target before trying again.`,
      })
      return { result: errorResult(told, secrets), change, settled: false }
    }
    const shown = presentable(final, secrets)
    const text = `DONE and verified after ${(milliseconds / 1_000).toFixed(1)} s: ${record.plan.summary}. ${change === undefined ? lost : `Change ${change}; ${undo}`}.\n${outputText(tool, shown, input)}`
    return { result: { kind: 'done', output: shown, text, ...changed(change) }, change, settled: true }
  })
}

/** Runs the tool; a failure says whether the state moved all the same. */
async function runTool({ tool, input }: Call, context: WriteContext<unknown, unknown>, look: () => Promise<unknown>): Promise<unknown> {
  try {
    return tool.output.parse(await tool.run(input, context))
  } catch (thrown) {
    const error = abortReason(context.signal, thrown)
    if (!ToolError.isInstance(error)) throw error
    const moved = await look().then(
      (after) => hashOf(after) !== hashOf(context.state),
      () => undefined,
    )
    const aftermath =
      moved === undefined
        ? 'Whether it took effect could not be seen.'
        : `The state is ${moved ? 'no longer what it was' : 'as it was'} before.`
    throw new ToolError(error.code, error.message, { hint: [error.hint, aftermath].filter(Boolean).join(' '), cause: error })
  }
}

function changed(change: string | undefined): { change?: string } {
  return change === undefined ? {} : { change }
}

/** Keeps the change and gives its id; undefined where it could not be kept, which hides nothing of what happened. */
async function keepChange(
  call: Call,
  instance: Instance,
  writing: RegisteredWrite,
  approval: string,
  came: { before: unknown; after: unknown; output: unknown; plan: Plan },
): Promise<string | undefined> {
  const { environment, request, mount, tool, input, undoes } = call
  const { clock, random, secrets, version } = environment.runtime
  const keep = async () =>
    environment.journal.record({
      id: createId(clock, random),
      at: new Date(clock.now()).toISOString(),
      principal: request.caller.principal,
      service: mount.service,
      instance: instance.name,
      tool: tool.name,
      targets: came.plan.targets,
      summary: came.plan.summary,
      input: presentable(input, secrets),
      given: input,
      before: came.before,
      after: presentable(came.after, secrets),
      left: hashOf(writing.basis(came.after)),
      undo: typeof writing.undo === 'string' ? writing.undo : writing.undo(came.before, input, came),
      approval,
      version,
      ...(undoes === undefined ? {} : { undoes: undoes.change }),
      ...(undoes?.group === undefined ? {} : { group: undoes.group }),
    })
  return orLog(call, 'The change could not be kept in the journal', keep())
}

async function keepOutcome(call: Call, { confirm, record }: ClaimedWrite, outcome: CallResult): Promise<CallResult> {
  await orLog(call, 'The outcome could not be kept with its token', call.environment.plans.close(confirm, record, outcome))
  return outcome
}

/** Once a write took effect, no record that fails may hide its result; the log says what is missing. */
async function orLog<T>({ environment: { runtime }, entry }: Call, failure: string, kept: Promise<T>): Promise<T | undefined> {
  try {
    return await kept
  } catch (error) {
    runtime.log('error', `${entry.tool}: ${failure}: ${error instanceof Error ? error.message : String(error)}`)
    return undefined
  }
}
