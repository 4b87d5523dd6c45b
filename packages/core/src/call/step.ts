import type { Plan } from '../define/plan.ts'
import type { Instance } from '../runtime/instance.ts'
import type { Call } from './call.ts'
import type { RegisteredTool, RegisteredWrite } from './registered-tool.ts'

/**
 * One part of a write: a tool on one instance. Most writes have one; a write to mirrored instances has one for each of them,
 * taking back a group one for each of its changes.
 */
export interface Step {
  /** The call as it goes on here: with the tool, the input and the change of this part. */
  call: Call
  writing: RegisteredWrite
  instance: Instance
  /** What a plan knows the state of this part by. */
  key: string
}

/** A part of a write, the state it found and the plan it made of it. */
export interface PlannedStep extends Step {
  before: unknown
  /** Hash of what the plan is bound to. */
  basis: string
  plan: Plan
}

/** The parts of a write that is the same on each instance. */
export function stepsOn(call: Call, writing: RegisteredWrite, instances: readonly Instance[]): Step[] {
  return instances.map((instance) => ({ call, writing, instance, key: instance.name }))
}

/** Whether a write is one thing done to several mirrored instances: all of them have it afterwards, or none. */
export function isMirrored({ tool }: { tool: RegisteredTool }, { length }: readonly unknown[]): boolean {
  return length > 1 && tool.changeOf === undefined
}

/** Where a part of a write happens: `docker`, or `pihole@secondary` where it is one of several. */
export function placeOf({ call: { mount }, instance }: Step): string {
  return mount.instances.length > 1 ? `${mount.service}@${instance.name}` : mount.service
}

/** Names as a sentence has them: `a, b and c`. */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
