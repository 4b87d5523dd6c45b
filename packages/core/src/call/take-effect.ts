import { ToolError } from '../define/error.ts'
import type { ReadContext } from '../define/tool.ts'
import { createId } from '../record/journal.ts'
import { traced } from '../measure/tracing.ts'
import { admitted, type Comer } from './admission.ts'
import { beginsAs } from './begun.ts'
import { abortReason, beyond, orLog, touchOf, withClient } from './call.ts'
import { hashOf } from './canonical.ts'
import { lookAfter } from './look-after.ts'
import type { RunContext } from './registered-tool.ts'
import type { PlannedStep } from './step.ts'
import { presentable } from './respond.ts'
import { settle } from './settle.ts'
import type { Taking } from './taking.ts'

/** What came of one part of a write. */
export interface Effect {
  step: PlannedStep
  /** False where the state is seen to be what it was, undefined where it cannot be seen. */
  happened: boolean | undefined
  /** Its change in the journal; undefined where nothing happened, or it could not be kept. */
  change?: string | undefined
  /** What the tool answered; undefined where it failed. */
  output?: unknown
  /** Why it failed, or did not settle. */
  problem?: unknown
  /** What was seen of the state after it failed, as a sentence. */
  told?: string
  /** How long it took to settle. */
  milliseconds: number
}

/** Runs one part of a write, waits until it has settled and keeps the change. Never throws. */
export async function takeEffect(step: PlannedStep, taking: Taking): Promise<Effect> {
  const { call, instance } = step
  const { clock, random } = call.environment.runtime
  const id = createId(clock, random)
  const begun = beginsAs(id, step, taking)
  let happened: false | undefined = false
  try {
    return await withClient(call, instance, taking.signal, begun.report, (context) => {
      happened = undefined
      return carried(step, { ...taking, id }, context)
    })
  } catch (error) {
    return { step, happened, problem: abortReason(taking.signal, error), milliseconds: 0 }
  } finally {
    await begun.end()
  }
}

/** What the effect of a part becomes known by. */
type Kept = Taking & { id: string }

async function carried(step: PlannedStep, taking: Kept, context: ReadContext<unknown>): Promise<Effect> {
  const { call, writing, instance, before, plan } = step
  const { environment, tool, input } = call
  const { signal } = taking
  // It waits for its turn each time it is at work, not while it settles.
  const comer = { principal: call.request.caller.principal, signal, begun: true }
  const ran = await runTool(step, comer, { ...context, ...beyond(call), state: before, touch: touchOf(call, instance) })
  if ('error' in ran) return aftermath(step, taking, ran.error)
  const { clock, tracing } = environment.runtime
  const { after, problem, milliseconds } = await traced(tracing, { name: 'settle' }, () =>
    settle(writing, {
      before,
      input,
      clock,
      signal,
      read: () => admitted(instance.admission, comer, () => writing.state(input, context)),
      progress: context.progress,
    }),
  )
  const output = problem === undefined && after !== undefined ? tool.output.parse(writing.verified(ran.output, after)) : ran.output
  const change = await keepChange(step, taking, { after, output })
  if (problem === undefined) return { step, happened: true, change, output, milliseconds }
  const unsettled = new ToolError(problem.code, `${plan.summary}: done, but ${problem.message}.`, {
    hint: `${change === undefined ? lost : `The change is kept as ${change}; ${wayBackOf(step)}`}. Look at the target before trying again.`,
  })
  return { step, happened: true, change, output, problem: unsettled, milliseconds }
}

async function runTool(
  { call: { environment, tool, input }, instance }: PlannedStep,
  comer: Comer,
  context: RunContext,
): Promise<{ output: unknown } | { error: unknown }> {
  try {
    const run = () => traced(environment.runtime.tracing, { name: 'run' }, () => tool.run(input, context))
    return { output: tool.output.parse(await admitted(instance.admission, comer, run)) }
  } catch (thrown) {
    return { error: abortReason(context.signal, thrown) }
  }
}

/** A failure says whether the state moved all the same; what is part of a greater write is then kept, so that it can be taken back. */
async function aftermath(step: PlannedStep, taking: Kept, problem: unknown): Promise<Effect> {
  const failed = { step, problem, milliseconds: 0 }
  // What is looked through then is a new client where this one may be what failed.
  step.instance.dropAfter(problem)
  if (!ToolError.isInstance(problem)) return { ...failed, happened: undefined }
  if (step.writing.isBlind === true) return { ...failed, happened: undefined, told: 'Whether it took effect cannot be seen.' }
  const seen = await lookAfter(step, taking, problem)
  if (seen === undefined) return { ...failed, happened: undefined, told: 'Whether it took effect could not be seen.' }
  const happened = hashOf(seen.after) !== hashOf(step.before)
  const told = `The state is ${happened ? 'no longer what it was' : 'as it was'} before.`
  if (taking.group === undefined || !happened) return { ...failed, happened, told }
  return { ...failed, happened, told, change: await keepChange(step, taking, { after: seen.after, output: undefined }) }
}

/** The hint of a failure, with what was seen of the state afterwards. */
export function hintOf({ problem, told }: Pick<Effect, 'problem' | 'told'>): string[] {
  return [ToolError.isInstance(problem) ? problem.hint : undefined, told].filter((part) => part !== undefined)
}

/** What a write that is done begins with: verified is only what says when it has settled. */
export function doneIn(steps: readonly Pick<PlannedStep, 'writing'>[], milliseconds: number): string {
  return steps.every(({ writing }) => writing.settles) ? `DONE and verified after ${(milliseconds / 1_000).toFixed(1)} s` : 'DONE'
}

/** What is said where no change could be kept. */
export const lost = 'The change could not be kept in the journal, so there is no undoing it from there'

/** What is said of the way back. */
export function wayBackOf({ writing }: Pick<PlannedStep, 'writing'>): string {
  if (writing.undo === 'transient') return 'it leaves nothing to take back'
  return writing.undo === 'irreversible' ? 'it cannot be taken back' : 'undo_change takes it back'
}

/** Keeps the change and gives its id; undefined where it could not be kept, which hides nothing of what happened. */
async function keepChange(step: PlannedStep, { id, approval, group, wayBack = [] }: Kept, came: { after: unknown; output: unknown }) {
  const { call, writing, instance, before, plan } = step
  const { environment, request, mount, tool, input, undoes } = call
  const { clock, secrets, version } = environment.runtime
  const keep = async () =>
    environment.journal.record({
      id,
      at: new Date(clock.now()).toISOString(),
      principal: request.caller.principal,
      service: mount.service,
      instance: instance.name,
      tool: tool.name,
      targets: plan.targets,
      summary: plan.summary,
      input: presentable(input, secrets),
      given: input,
      before,
      after: presentable(came.after, secrets),
      left: came.after === undefined ? '' : hashOf(writing.basis(came.after)),
      undo: typeof writing.undo === 'string' ? writing.undo : writing.undo(before, input, came),
      approval,
      version,
      ...(undoes === undefined ? {} : { undoes: undoes.change }),
      ...(group === undefined ? {} : { group }),
      ...(wayBack.length === 0 ? {} : { wayBack }),
    })
  return orLog(call, 'The change could not be kept in the journal', keep())
}
