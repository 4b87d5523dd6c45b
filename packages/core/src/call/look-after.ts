import { ToolError } from '../define/error.ts'
import { admitted } from './admission.ts'
import { withClient } from './call.ts'
import { hashOf } from './canonical.ts'
import type { PlannedStep } from './step.ts'
import type { Progress } from './surface.ts'

/** Pauses between looks: of a write of one part somebody waits for the answer; what a greater write left is looked for longer. */
const pausesMs = { one: [200, 400], part: [200, 400, 800, 1_600, 2_000] }
/** Looks at a state that has not moved before it is believed. */
const looksAtSame = 3

/** Who asked for the write, and of what it is a part. */
interface Looking {
  group?: string | undefined
  signal: AbortSignal
  report: (progress: Progress) => void
}

/** Looks at the state after a write failed, and again where it may yet move or be seen; undefined where it cannot be seen. */
export async function lookAfter(step: PlannedStep, asked: Looking, failure: ToolError): Promise<{ after: unknown } | undefined> {
  const { call, writing, instance, before } = step
  const isPart = asked.group !== undefined
  // Whoever asked may have gone; what is part of a greater write has to be known all the same.
  const signal = isPart ? new AbortController().signal : asked.signal
  const look = async () =>
    admitted(instance.admission, { principal: call.request.caller.principal, signal, begun: true }, () =>
      withClient(call, instance, signal, asked.report, async (context) => ({ after: await writing.state(call.input, context) })),
    ).catch((error: unknown) => ({ error }))
  let [seen, same] = [await look(), 0]
  for (const pauseMs of isPart ? pausesMs.part : pausesMs.one) {
    if ('error' in seen) {
      if (!mayPass(seen.error)) break
    } else {
      if (hashOf(seen.after) !== hashOf(before)) break
      // What was asked before the answer was lost may still be on its way.
      same += 1
      if (same === looksAtSame || !isLost(failure)) break
    }
    const waited = await call.environment.runtime.clock.sleep(pauseMs, signal).then(
      () => true,
      () => false,
    )
    if (!waited) return undefined
    seen = await look()
  }
  return 'error' in seen ? undefined : seen
}

/** Whether the answer was lost, and with it what became of the question. */
function isLost({ code }: ToolError): boolean {
  return code === 'unreachable' || code === 'timeout'
}

/** Whether it may be a restart that keeps the state from being seen; a proxy in front of it answers meanwhile. */
function mayPass(error: unknown): boolean {
  return ToolError.isInstance(error) && (isLost(error) || error.code === 'upstream')
}
