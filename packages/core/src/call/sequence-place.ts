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

/** Takes a step for this call alone, before it is carried out; throws where another call is at it, or was. */
export async function takePlace(call: Call, place: SequencePlace): Promise<SequencePlace> {
  const { sequences } = call.environment
  const { sequence, index } = place
  const { id } = sequence
  const key = keyAt(place)
  const step = `Step ${index + 1} of '${sequence.title}'`
  if (!(await sequences.take(id, key)))
    throw new ToolError('conflict', `${step} is being done by another call.`, { hint: 'Look at its target before going on.' })
  try {
    // The other may have been done with it just before it was taken.
    const now = await placeOf(call)
    if (now !== undefined && now.sequence.id === id) return now
    throw new ToolError('conflict', `${step} was done by another call meanwhile.`, { hint: 'Go on with what comes after it.' })
  } catch (error) {
    await leavePlace(call, place)
    throw error
  }
}

/** Lets go of a step that did not happen. */
export async function leavePlace(call: Call, place: SequencePlace): Promise<void> {
  const left = call.environment.sequences.leave(place.sequence.id, keyAt(place))
  await orLog(call, 'A step of a sequence still looks as if it were being done', left)
}

/** Notes that a step happened; a sequence that is over is forgotten, for the journal has its group. */
export async function passPlace(call: Call, place: SequencePlace): Promise<void> {
  const { sequences } = call.environment
  const { id } = place.sequence
  const key = keyAt(place)
  const note = async () => {
    // It may have been planned anew, or taken back, while this was under way.
    const sequence = (await sequences.of(call.request.caller.principal)).find((one) => one.id === id)
    if (sequence === undefined) return
    const steps = sequence.steps.map((step) => (step.key === key ? { ...step, isDone: true } : step))
    await (steps.every(({ isDone }) => isDone === true) ? sequences.drop(id) : sequences.keep({ ...sequence, steps }))
  }
  await orLog(call, 'How far the sequence has come could not be kept', note())
  await leavePlace(call, place)
}

function keyAt({ sequence, index }: SequencePlace): string {
  return sequence.steps[index]?.key ?? ''
}
