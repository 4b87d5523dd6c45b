import { ToolError } from '../define/error.ts'
import type { Sequence } from '../record/sequences.ts'
import { orLog, type Call } from './call.ts'
import { hashOf } from './canonical.ts'

/** Where a call stands in a sequence: what it does belongs to its group. */
export interface SequencePlace {
  sequence: Sequence
  index: number
}

/** What a call of a sequence is known by. */
export function sequenceKey(service: string, tool: string, input: unknown, instances: readonly string[]): string {
  return hashOf([service, tool, input, instances])
}

/** The place of a call in a sequence of its caller; throws where an earlier one has not happened. */
export async function placeOf({ environment, mount, tool, input, entry, request, undoes }: Call): Promise<SequencePlace | undefined> {
  if (tool.changeOf !== undefined || undoes !== undefined) return undefined
  const key = sequenceKey(mount.service, tool.name, input, entry.instances)
  const sequences = await environment.sequences.of(request.caller.principal)
  const places = sequences.map((sequence) => ({
    sequence,
    index: sequence.steps.findIndex((step) => step.key === key && step.isDone !== true),
  }))
  const place = places.find(({ index }) => index >= 0)
  if (place === undefined) return undefined
  const before = place.sequence.steps.findIndex(({ isDone }) => isDone !== true)
  const missing = place.sequence.steps[before]
  if (missing === undefined || before === place.index) return place
  throw new ToolError(
    'conflict',
    `This is step ${place.index + 1} of '${place.sequence.title}', and step ${before + 1} (${missing.name}, ${missing.target}) has not happened.`,
    {
      hint: `Do that first. If it was refused, stop; plan_decommission with except: ["${missing.target}"] plans the rest without it.`,
    },
  )
}

/** Notes that a step happened; a sequence that is over is forgotten, for the journal has its group. */
export async function passPlace(call: Call, { sequence, index }: SequencePlace): Promise<void> {
  const steps = sequence.steps.map((step, at) => (at === index ? { ...step, isDone: true } : step))
  const { sequences } = call.environment
  const noted = steps.every(({ isDone }) => isDone === true) ? sequences.drop(sequence.id) : sequences.keep({ ...sequence, steps })
  await orLog(call, 'How far the sequence has come could not be kept', noted)
}
