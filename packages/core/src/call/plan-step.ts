import type { ReadContext } from '../define/tool.ts'
import { traced } from '../measure/tracing.ts'
import { admitted } from './admission.ts'
import { touchOf, withClient, withListedHint, withListedNames } from './call.ts'
import { hashOf } from './canonical.ts'
import { presentablePlan } from './respond.ts'
import type { PlannedStep, Step } from './step.ts'

/** Reads the state of one part and computes its plan. */
export async function planStep(step: Step, { isBegun = false } = {}): Promise<PlannedStep> {
  const { call, writing, instance } = step
  const { environment, request, mount, undoes } = call
  const { signal = new AbortController().signal } = request
  const planned = async (context: ReadContext<unknown>) => {
    const { tracing } = environment.runtime
    const before = await traced(tracing, { name: 'state' }, () => writing.state(call.input, context))
    const planning = { ...context, state: before, touch: touchOf(call, instance) }
    const made = await traced(tracing, { name: 'plan' }, () => writing.plan(call.input, planning))
    environment.protectedSet.refuse(made.targets, instance.name)
    const warnings = [...(undoes?.warnings ?? []), ...(made.warnings ?? []).map((warning) => withListedNames(warning, mount))]
    const plan = presentablePlan({ ...made, warnings }, environment.runtime.secrets)
    return { ...step, before, basis: hashOf(writing.basis(before)), plan }
  }
  // What is planned again to take back what was begun is a part of that.
  const comer = { principal: request.caller.principal, signal: request.signal, begun: isBegun }
  return admitted(instance.admission, comer, async () => withClient(call, instance, signal, () => undefined, planned)).catch(
    (error: unknown) => {
      throw withListedHint(error, mount)
    },
  )
}
