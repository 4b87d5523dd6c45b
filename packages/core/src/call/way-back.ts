import type { Asset } from '../define/facet.ts'
import { ToolError } from '../define/error.ts'
import { askEverybody, type Asked } from '../facets/ask.ts'
import { createId } from '../record/journal.ts'
import type { Mount } from '../runtime/mount.ts'
import { auditedInput } from './audited-input.ts'
import type { Call } from './call.ts'
import { machineBehind, type Machine } from './machine-behind.ts'
import { planStep } from './plan-step.ts'
import { requireTier } from './require-tier.ts'
import { presentableLine } from './respond.ts'
import type { PlannedStep, Step } from './step.ts'

/** A way back that is taken before a write: a step of the service that has it. */
export interface PlannedWayBack {
  step: PlannedStep
  /** What it is of. */
  asset: Asset
  /** Targets there are once it is taken, and not before: what it is known by. */
  made: readonly string[]
}

/** The ways back that are taken, and what is to be said of one that could be. */
export interface WaysBack {
  waysBack: readonly PlannedWayBack[]
  warnings: readonly string[]
}

/** The plan of the write, as far as it counts here. */
export interface PlannedFor {
  summary: string
  /** Whether it is made for the first time: then it says what there would be. */
  isNew: boolean
}

const silentMs = 60_000

const none: WaysBack = { waysBack: [], warnings: [] }

/**
 * Plans the ways back that were asked for with `snapshot_first`; throws where one of them is not to be had, for then nothing is to
 * happen. Where none was asked for, a plan says whether there could be.
 */
export async function planWaysBack(call: Call, steps: readonly PlannedStep[], { summary, isNew }: PlannedFor): Promise<WaysBack> {
  const acting = steps.filter(({ writing, plan }) => writing.wayBackFirst === true && plan.nothing !== true)
  if (acting.length === 0) return none
  const mounts = call.environment.mounts(call.request)
  const keepers = mounts.filter(({ wayBack, instances }) => wayBack !== undefined && instances.length > 0)
  if (call.options.snapshotFirst !== true)
    return isNew && keepers.length > 0 ? { waysBack: [], warnings: await offersOf(call, acting, keepers, summary) } : none
  if (keepers.length === 0) throw withoutIt(new ToolError('not_found', 'no service that is configured for you takes one.'))
  const told = await assetsOf(call, mounts)
  const waysBack: PlannedWayBack[] = []
  for (const step of acting) {
    const machine = machineBehind(step, told)
    if ('reason' in machine) throw withoutIt(new ToolError(machine.code, `${machine.reason}.`))
    if (waysBack.some(({ asset, step: { instance } }) => asset.target === machine.asset.target && instance === machine.instance)) continue
    waysBack.push(await planWayBack(call, machine, summary).catch((error: unknown) => Promise.reject(withoutIt(error))))
  }
  return { waysBack, warnings: [] }
}

/** What there would be to go back to: of the machines that are known, within the time of any question to all. */
async function offersOf(call: Call, acting: readonly PlannedStep[], keepers: readonly Mount[], summary: string): Promise<string[]> {
  const own = acting.map(({ call: { mount }, instance }) => ({ ...mount, instances: [instance] }))
  const now = call.environment.runtime.clock.now()
  const others = keepers
    .filter(({ service }) => own.every((mount) => mount.service !== service))
    // What did not answer a moment ago would cost each plan its limit.
    .map((mount) => ({
      ...mount,
      instances: mount.instances.filter(({ sight }) => sight?.last?.isUp !== false || now - sight.last.at > silentMs),
    }))
  const told = await assetsOf(call, [...own, ...others])
  const machines = acting.flatMap((step) => {
    const machine = machineBehind(step, told)
    return 'reason' in machine ? [] : [machine]
  })
  const offers = machines.map(async (machine) => {
    const { environment, request } = call
    const limited = [{ ...machine.mount, instances: [machine.instance] }]
    const [asked] = await askEverybody(limited, environment.runtime, request.signal ?? new AbortController().signal, async () =>
      planWayBack(call, machine, summary),
    )
    const { answer, error } = asked ?? {}
    if (answer !== undefined) return [`snapshot_first: true would take ${answer.made.join(', ')} before it.`]
    // What may not be taken is no news to who may not take it, and what does not answer is told elsewhere.
    return error?.code === 'conflict' ? [`No ${machine.mount.wayBack?.noun} can be taken first: ${error.message}`] : []
  })
  return [...new Set((await Promise.all(offers)).flat())]
}

async function assetsOf({ environment, request }: Call, mounts: readonly Mount[]): Promise<Asked<readonly Asset[]>[]> {
  const { signal = new AbortController().signal } = request
  return askEverybody(mounts, environment.runtime, signal, async (mount, client, context) => mount.facets?.assets(client, context) ?? [])
}

/** Plans one as the call of its tool it is: the tier, the protected set and who must agree are those of that. */
async function planWayBack(call: Call, { mount, instance, asset }: Machine, summary: string): Promise<PlannedWayBack> {
  const { environment, request } = call
  const { runtime } = environment
  const { noun = '', tool: name = '', inputFor } = mount.wayBack ?? {}
  const tool = mount.tools.get(name)
  if (tool?.write === undefined)
    throw new ToolError('denied', `${mount.prefix}${name} is switched off.`, { hint: 'The owner switches it on.' })
  requireTier(environment.tier, mount, tool.access, { ...request, name: `A ${noun} at ${mount.title}` })
  const input = tool.input.parse(inputFor?.(asset, `Before: ${presentableLine(summary, runtime.secrets)}`) ?? {})
  const entry = {
    ...call.entry,
    call: createId(runtime.clock, runtime.random),
    service: mount.service,
    tool: `${mount.prefix}${name}`,
    instances: [instance.name],
    access: tool.access,
    input: auditedInput(input, runtime.secrets),
  }
  const own: Call = {
    environment,
    request,
    mount,
    tool,
    input,
    access: tool.access,
    options: {},
    attached: [],
    entry,
    started: call.started,
  }
  const step: Step = { call: own, writing: tool.write, instance, key: `/way-back/${mount.service}@${instance.name}/${asset.target}` }
  const planned = await planStep(step)
  const made = planned.plan.targets.filter((target) => target !== asset.target)
  return { step: planned, asset, made: made.length === 0 ? planned.plan.targets : made }
}

function withoutIt(error: unknown): unknown {
  if (!ToolError.isInstance(error)) return error
  const { code, message, hint, retryAfterSeconds } = error
  const without = 'Leaving snapshot_first out does it with no way back.'
  return new ToolError(code, `Nothing could be taken first to go back to: ${message}`, {
    hint: hint === undefined ? without : `${hint} ${without}`,
    retryAfterSeconds,
    cause: error,
  })
}
