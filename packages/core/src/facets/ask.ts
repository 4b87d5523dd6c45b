import { setMaxListeners } from 'node:events'
import { ToolError } from '../define/error.ts'
import { admitted } from '../call/admission.ts'
import type { FacetContext } from '../define/facet.ts'
import type { Mount } from '../runtime/mount.ts'
import type { Instance } from '../runtime/instance.ts'
import type { Runtime } from '../runtime/runtime.ts'

/** What one instance of one service answered, or why it did not, and what asking cost. */
export interface Asked<Answer> {
  mount: Mount
  instance: Instance
  milliseconds: number
  answer?: Answer
  error?: ToolError
}

/** Longest anybody waits for one instance. */
const limitMs = 2_000

/** Asks every instance of every mounted service at once; the slow and the dead cost their limit and nothing else. */
export async function askEverybody<Answer>(
  mounts: readonly Mount[],
  runtime: Runtime,
  signal: AbortSignal,
  ask: (mount: Mount, client: unknown, context: FacetContext) => Promise<Answer>,
): Promise<Asked<Answer>[]> {
  return Promise.all(mounts.flatMap((mount) => mount.instances.map((instance) => askOne(mount, instance, runtime, signal, ask))))
}

async function askOne<Answer>(
  mount: Mount,
  instance: Instance,
  runtime: Runtime,
  signal: AbortSignal,
  ask: (mount: Mount, client: unknown, context: FacetContext) => Promise<Answer>,
): Promise<Asked<Answer>> {
  const started = runtime.clock.now()
  const limit = new AbortController()
  const late = new ToolError('timeout', `no answer within ${limitMs / 1_000} s`)
  let cancel: () => void = () => undefined
  const expired = new Promise<never>((_resolve, reject) => {
    cancel = runtime.clock.after(limitMs, () => {
      limit.abort(late)
      reject(late)
    })
  })
  const base = { mount, instance }
  try {
    const both = AbortSignal.any([signal, limit.signal])
    setMaxListeners(0, both)
    const asking = async () => ask(mount, await instance.client(), { instance: instance.name, signal: both })
    const answered = admitted(instance.looks, { principal: 'rackwarden', signal: both }, asking)
    const answer = await Promise.race([answered, expired])
    instance.sight?.note()
    return { ...base, answer, milliseconds: runtime.clock.now() - started }
  } catch (error) {
    instance.sight?.note(error)
    instance.dropAfter(error)
    return { ...base, error: asToolError(error, late), milliseconds: runtime.clock.now() - started }
  } finally {
    cancel()
  }
}

function asToolError(error: unknown, late: ToolError): ToolError {
  if (ToolError.isInstance(error)) return error
  return error instanceof Error && error.name === 'AbortError' ? late : new ToolError('upstream', 'failed unexpectedly', { cause: error })
}
