import { ToolError } from '../define/error.ts'
import type { Plan } from '../define/plan.ts'
import type { Call } from './call.ts'
import { planStep } from './plan-step.ts'
import { presentableLine } from './respond.ts'
import { isMirrored, listed, placeOf, type PlannedStep, type Step } from './step.ts'
import { watchedBy, type Watching } from './watching.ts'
import { planWaysBack, type PlannedWayBack } from './way-back.ts'

/** A write as it is planned from what is there now. */
export interface PlannedWrite {
  steps: readonly PlannedStep[]
  /** Mirrored instances that do not answer and will miss it. */
  absent: readonly string[]
  /** What watches its targets and is paused meanwhile. */
  watching: readonly Watching[]
  /** What is taken before it, to go back to. */
  waysBack: readonly PlannedWayBack[]
  /** The plan of the whole. */
  plan: Plan
}

/** Plans every part of a write from the state as it is; refused where one of them would touch what nobody may. */
export async function planSteps(call: Call, steps: readonly Step[], { isNew = false } = {}): Promise<PlannedWrite> {
  const planned = await planParts(call, steps)
  const [{ watching, warnings }, back] = await Promise.all([
    watchedBy(call, planned.steps),
    planWaysBack(call, planned.steps, { summary: planned.plan.summary, isNew }),
  ])
  const quiet = watching.flatMap(({ watchers }) => watchers.map(({ target }) => `${target}: paused until it is done`))
  const { targets, diff = [], warnings: own = [] } = planned.plan
  return {
    ...planned,
    watching,
    waysBack: back.waysBack,
    plan: {
      ...planned.plan,
      targets: [...new Set([...targets, ...back.waysBack.flatMap(({ step }) => step.plan.targets)])],
      diff: [...back.waysBack.map(({ step }) => `first, ${placeOf(step)}: ${step.plan.summary}`), ...diff, ...quiet],
      warnings: [...own, ...back.waysBack.flatMap(({ step }) => step.plan.warnings ?? []), ...back.warnings, ...warnings],
    },
  }
}

async function planParts(call: Call, steps: readonly Step[]): Promise<Omit<PlannedWrite, 'watching' | 'waysBack'>> {
  const [only] = steps
  if (only !== undefined && steps.length === 1) {
    const planned = await planStep(only)
    const warnings = planned.plan.nothing === true ? [] : onlyHere(call, only)
    return { steps: [planned], absent: [], plan: { ...planned.plan, warnings: [...(planned.plan.warnings ?? []), ...warnings] } }
  }
  const tried = await Promise.all(
    steps.map((step) =>
      planStep(step).then(
        (planned) => ({ planned }),
        (error: unknown) => ({ failed: { step, error } }),
      ),
    ),
  )
  const planned = tried.flatMap((one) => ('planned' in one ? [one.planned] : []))
  const failed = tried.flatMap((one) => ('failed' in one ? [one.failed] : []))
  if (!isMirrored(call, steps)) {
    if (failed[0] !== undefined) throw failed[0].error
    return { steps: planned, absent: [], plan: planOfGroup(call, planned) }
  }
  const { absent, warnings } = without(call, planned, failed)
  const plan = planOfMirrors(call, planned)
  return { steps: planned, absent, plan: { ...plan, warnings: [...(plan.warnings ?? []), ...warnings] } }
}

/** A lasting write to one of several mirrored instances makes them differ. */
function onlyHere({ mount, access, undoes }: Call, { instance }: Step): string[] {
  const others = mount.instances.filter(({ name }) => name !== instance.name).map(({ name }) => name)
  if (!mount.isMirrored || others.length === 0 || access === 'operate' || undoes !== undefined) return []
  return [
    `Only on ${instance.name}; ${listed(others)} ${others.length === 1 ? 'is' : 'are'} left as ${others.length === 1 ? 'it is' : 'they are'}. Leave out 'instance' to write to all.`,
  ]
}

interface Failed {
  step: Step
  error: unknown
}

/** What is to be said of the instances that made no plan; throws where the write cannot go on without them. */
function without({ options, mount }: Call, planned: readonly PlannedStep[], failed: readonly Failed[]) {
  const isSilent = ({ error }: Failed) => ToolError.isInstance(error) && (error.code === 'unreachable' || error.code === 'timeout')
  // What is not there is no obstacle where another instance has it: a removal is to find it wherever it is.
  const isElsewhere = ({ error }: Failed) => planned.length > 0 && ToolError.isInstance(error) && error.code === 'not_found'
  const other = failed.find((one) => !isSilent(one) && !isElsewhere(one))
  if (other !== undefined) throw isOfInput(other, planned, failed) ? other.error : named(other)
  const silent = failed.filter(isSilent)
  const [first] = silent
  if (first !== undefined && planned.length === 0) throw named(first)
  if (first !== undefined && options.allowPartial !== true)
    throw new ToolError('unreachable', `Nothing is planned, for it would not be the same on every ${mount.title}: ${messageOf(first)}`, {
      hint: `Bring ${namesOf(silent)} back, or repeat with allow_partial: true to write to ${listed(planned.map(({ instance }) => instance.name))} now; what ${namesOf(silent)} misses stays a finding until they are alike again.`,
      cause: first.error,
    })
  return {
    absent: silent.map(({ step }) => step.instance.name),
    warnings: [
      ...silent.map(
        (one) => `${one.step.instance.name} does not answer and will miss this; it stays a finding until they are alike again.`,
      ),
      ...failed.filter(isElsewhere).map((one) => `${messageOf(one)} It is left as it is there.`),
    ],
  }
}

/** What every instance says alike of the input is not said of one of them. */
function isOfInput({ error }: Failed, planned: readonly PlannedStep[], failed: readonly Failed[]): boolean {
  if (!ToolError.isInstance(error) || planned.length > 0 || !['invalid_input', 'not_found'].includes(error.code)) return false
  return failed.every((one) => ToolError.isInstance(one.error) && one.error.code === error.code && one.error.message === error.message)
}

function named(one: Failed): unknown {
  if (!ToolError.isInstance(one.error)) return one.error
  const { code, hint, retryAfterSeconds } = one.error
  return new ToolError(code, messageOf(one), { hint, retryAfterSeconds, cause: one.error })
}

function messageOf({ step, error }: Failed): string {
  return `${step.instance.name}: ${error instanceof Error ? error.message : 'failed unexpectedly.'}`
}

function namesOf(failed: readonly Failed[]): string {
  return listed(failed.map(({ step }) => step.instance.name))
}

/** One plan of those of every instance: what is the same everywhere is said once. */
function planOfMirrors({ environment }: Call, planned: readonly PlannedStep[]): Plan {
  const summaries = [...new Set(planned.map(({ plan }) => plan.summary))]
  const summary =
    summaries.length === 1
      ? `${summaries.join('')} on ${listed(planned.map(({ instance }) => instance.name))}`
      : planned.map(({ instance, plan }) => `${instance.name}: ${plan.summary}`).join('; ')
  return {
    summary: presentableLine(summary, environment.runtime.secrets),
    ...(planned.every(({ plan }) => plan.nothing === true) ? { nothing: true } : {}),
    targets: [...new Set(planned.flatMap(({ plan }) => plan.targets))],
    diff: together(planned, ({ diff = [] }) => diff),
    warnings: together(planned, ({ warnings = [] }) => warnings),
  }
}

/** Lines every instance has, once; then what each has of its own, under its name. */
function together(planned: readonly PlannedStep[], linesOf: (plan: Plan) => readonly string[]): string[] {
  const all = planned.map(({ instance, plan }) => ({ name: instance.name, lines: linesOf(plan) }))
  const [first] = all
  const common = (first?.lines ?? []).filter((line) => all.every(({ lines }) => lines.includes(line)))
  return [...common, ...all.flatMap(({ name, lines }) => lines.filter((line) => !common.includes(line)).map((line) => `${name}: ${line}`))]
}

/** The plan of taking back several changes, in the order they are taken back. */
function planOfGroup({ environment }: Call, planned: readonly PlannedStep[]): Plan {
  // On mirrored instances it is one thing, however many have it.
  const summaries = [...new Set(planned.map(({ plan }) => plan.summary))]
  const summary = `Take back ${planned.length} changes: ${summaries.join('; ')}`
  return {
    summary: presentableLine(summary, environment.runtime.secrets),
    targets: [...new Set(planned.flatMap(({ plan }) => plan.targets))],
    diff: planned.flatMap((step, index) => [
      `${index + 1}. ${placeOf(step)}: ${step.plan.summary}`,
      ...(step.plan.diff ?? []).map((line) => `   ${line}`),
    ]),
    warnings: [...new Set(planned.flatMap(({ plan }) => plan.warnings ?? []))],
  }
}
