import type { Instance } from '../runtime/instance.ts'
import { abortReason, auditRead, failureOf, toldError, waitingOn, withClient, type Call } from './call.ts'
import { cursorFor, mergeAnswers, type Answer } from './fan-out.ts'
import type { Input } from './registered-tool.ts'
import { outputText, presentable } from './respond.ts'
import type { CallResult } from './result.ts'
import type { Progress } from './surface.ts'

type Report = (progress: Progress) => void

/** Reads from every instance asked for; the silent ones are named beside what the others answer. */
export async function read(call: Call, instances: readonly Instance[]): Promise<CallResult> {
  const { environment, tool, entry, started } = call
  return environment.operations.run(waitingOn(call), async (signal, report) => {
    try {
      const [only] = instances
      const output =
        instances.length === 1 && only !== undefined
          ? await readOne(call, only, call.input, signal, report)
          : mergeAnswers(await readEach(call, instances, signal, report))
      const shown = presentable(output, environment.runtime.secrets)
      const result: CallResult = {
        kind: 'done',
        output: shown,
        text: outputText(tool, shown, call.input, { merged: instances.length > 1 }),
      }
      auditRead(environment, entry, started, { result: 'done' })
      return result
    } catch (error) {
      const result = failureOf(environment, entry, abortReason(signal, error), call.mount)
      auditRead(environment, entry, started, toldError(result))
      return result
    }
  })
}

async function readEach(call: Call, instances: readonly Instance[], signal: AbortSignal, report: Report): Promise<Answer[]> {
  const asked = instances.flatMap((instance) => {
    const cursor = cursorFor(instance.name, call.input['cursor'])
    if (cursor === undefined) return [{ instance, input: call.input }]
    return cursor.next === undefined ? [] : [{ instance, input: { ...call.input, cursor: cursor.next } }]
  })
  return Promise.all(
    asked.map(async ({ instance, input }): Promise<Answer> => {
      try {
        return { instance: instance.name, output: await readOne(call, instance, input, signal, report) }
      } catch (error) {
        return { instance: instance.name, error: abortReason(signal, error) }
      }
    }),
  )
}

async function readOne(call: Call, instance: Instance, input: Input, signal: AbortSignal, report: Report): Promise<unknown> {
  return withClient(call, instance, signal, report, async (context) =>
    call.tool.output.parse(await call.tool.run(input, { ...context, state: undefined, touch: () => undefined })),
  )
}
