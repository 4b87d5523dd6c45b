import { ToolError } from '../define/error.ts'
import type { ReadContext } from '../define/tool.ts'
import type { Instance } from '../runtime/instance.ts'
import { traced } from '../measure/tracing.ts'
import { admitted } from './admission.ts'
import { abortReason, auditRead, beyond, failureOf, toldError, waitingOn, withClient, type Call } from './call.ts'
import { cursorFor, gatherAnswers, mergeAnswers, type Answer } from './fan-out.ts'
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
          ? gathered(call, [{ instance: only.name, output: await readOne(call, only, call.input, signal, report) }])
          : gathered(call, await readEach(call, instances, signal, report))
      const shown = presentable(output, environment.runtime.secrets)
      const result: CallResult = {
        kind: 'done',
        output: shown,
        text: outputText(tool, shown, call.input, { merged: instances.length > 1, gathered: tool.gather !== undefined }),
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

/** One answer of those of every instance. */
function gathered({ tool, input }: Call, answers: readonly Answer[]): unknown {
  const [only] = answers
  if (tool.gather !== undefined) return gatherAnswers(answers, (answered) => tool.output.parse(tool.gather?.(answered, input)))
  return answers.length === 1 && only !== undefined && 'output' in only ? only.output : mergeAnswers(answers)
}

async function readEach(call: Call, instances: readonly Instance[], signal: AbortSignal, report: Report): Promise<Answer[]> {
  const asked = instances.flatMap((instance) => {
    // What is gathered is cut into pages afterwards.
    const cursor = call.tool.gather === undefined ? cursorFor(instance.name, call.input['cursor']) : undefined
    if (cursor === undefined) return [{ instance, input: call.input }]
    return cursor.next === undefined ? [] : [{ instance, input: { ...call.input, cursor: cursor.next } }]
  })
  const patience = call.mount.isMirrored ? patienceWith(call, signal) : undefined
  const answers = await Promise.all(
    asked.map(async ({ instance, input }): Promise<Answer> => {
      try {
        const answered = readOne(call, instance, input, patience?.signal ?? signal, report)
        const output = await (patience === undefined ? answered : Promise.race([answered, patience.over]))
        patience?.begin()
        return { instance: instance.name, output }
      } catch (error) {
        return { instance: instance.name, error: abortReason(patience?.signal ?? signal, error) }
      }
    }),
  )
  patience?.end()
  return answers
}

/** How long the others are waited for once one of several mirrored instances has answered: it holds what they hold. */
const mirrorPatienceMs = 3_000

function patienceWith({ environment: { runtime } }: Call, caller: AbortSignal) {
  const late = new ToolError('timeout', `no answer within ${mirrorPatienceMs / 1_000} s of the first`)
  const limit = new AbortController()
  let cancel: (() => void) | undefined
  const signal = AbortSignal.any([caller, limit.signal])
  const over = new Promise<never>((_resolve, reject) => {
    limit.signal.addEventListener('abort', () => reject(late), { once: true })
  })
  over.catch(() => undefined)
  return {
    signal,
    over,
    begin: () => (cancel ??= runtime.clock.after(mirrorPatienceMs, () => limit.abort(late))),
    end: () => cancel?.(),
  }
}

async function readOne(call: Call, instance: Instance, input: Input, signal: AbortSignal, report: Report): Promise<unknown> {
  const { tool, request } = call
  const answered = async (context: ReadContext<unknown>) => {
    const running = { ...context, ...beyond(call), state: undefined, touch: () => undefined }
    const answer = await traced(call.environment.runtime.tracing, { name: 'run' }, () => tool.run(input, running))
    return tool.gather === undefined ? tool.output.parse(answer) : answer
  }
  const comer = { principal: request.caller.principal, signal }
  return admitted(instance.admission, comer, () => withClient(call, instance, signal, report, answered))
}
