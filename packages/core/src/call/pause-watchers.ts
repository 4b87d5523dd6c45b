import { ToolError } from '../define/error.ts'
import type { FacetContext } from '../define/facet.ts'
import { thisProcess } from '../record/owner-process.ts'
import { isLeft, type PauseRecord } from '../record/pauses.ts'
import type { Mount } from '../runtime/mount.ts'
import type { Instance } from '../runtime/instance.ts'
import { admitted } from './admission.ts'
import type { Call, CallEnvironment } from './call.ts'
import type { Watching } from './watching.ts'

/** Longest that watchers keep quiet where nobody tells them that it is over. */
const longestPauseMs = 60 * 60_000
const limitMs = 10_000

/** Watchers that keep quiet. */
export interface Paused {
  /** Ends the pause; the answer says in words what could not be resumed. */
  resume(): Promise<string[]>
}

/** Pauses what watches the targets of a write, all of it or none; how to resume it is on disk before anything is paused. */
export async function pauseWatchers({ environment, entry }: Call, watching: readonly Watching[], reason: string): Promise<Paused> {
  if (watching.length === 0) return { resume: () => Promise.resolve([]) }
  const { runtime, pauses } = environment
  const now = runtime.clock.now()
  const record: PauseRecord = {
    id: entry.call,
    at: new Date(now).toISOString(),
    until: new Date(now + longestPauseMs).toISOString(),
    reason,
    parts: watching.map(({ mount, instance, watchers }) => ({
      service: mount.service,
      instance: instance.name,
      watchers: watchers.map(({ target }) => target),
    })),
    ...thisProcess(),
  }
  await pauses.keep(record)
  const resume = () => resumePause(environment, watching, record)
  for (const { mount, instance, watchers } of watching) {
    try {
      await atWork(instance, async (client, context) => mount.watchers?.pause(client, watchers, record, context))
    } catch (error) {
      instance.dropAfter(error)
      const left = await resume()
      const { code, message } = ToolError.isInstance(error) ? error : new ToolError('upstream', 'failed unexpectedly.')
      throw new ToolError(code, `What watches this could not be paused at ${mount.title}: ${message} Nothing was done.`, {
        hint: [...left, 'watchers: ignore does it without pausing anything.'].join(' '),
        cause: error,
      })
    }
  }
  return { resume }
}

/** Resumes everything of a pause, and forgets it once that is done. */
async function resumePause(
  { pauses, runtime }: Pick<CallEnvironment, 'pauses' | 'runtime'>,
  watching: readonly Pick<Watching, 'mount' | 'instance'>[],
  record: PauseRecord,
): Promise<string[]> {
  const { id, until } = record
  const problems: string[] = []
  for (const { mount, instance } of watching) {
    try {
      await atWork(instance, async (client, context) => mount.watchers?.resume(client, id, context))
    } catch (error) {
      instance.dropAfter(error)
      const message = error instanceof Error ? error.message : String(error)
      problems.push(
        `What was paused at ${mount.title} could not be resumed (${message}); that is tried again, and ends by itself at ${until}.`,
      )
    }
  }
  const noted = problems.length === 0 ? pauses.drop(id) : pauses.keep({ ...record, isLeft: true })
  await noted.catch((error: unknown) => runtime.log('warn', `The record of the pause ${id} is not what it should be: ${String(error)}`))
  return problems
}

/** Resumes what a process that is gone left paused, and what could not be resumed before. Never rejects. */
export async function resumeLeft(environment: Pick<CallEnvironment, 'pauses' | 'runtime'>, mounts: readonly Mount[]): Promise<void> {
  const { runtime, pauses } = environment
  const records = await pauses.list().catch(() => [])
  const isPast = ({ until }: PauseRecord) => Date.parse(until) < runtime.clock.now()
  // Whether a process of another machine lives cannot be seen; what it paused ended by itself all the same.
  for (const record of records.filter((one) => isLeft(one) || isPast(one))) {
    const watching = record.parts.flatMap(({ service, instance: name }) => {
      const mount = mounts.find((candidate) => candidate.service === service)
      const instance = mount?.instances.find((candidate) => candidate.name === name)
      return mount === undefined || instance === undefined ? [] : [{ mount, instance }]
    })
    // What is configured elsewhere is for the process that has it.
    if (watching.length < record.parts.length && !isPast(record)) continue
    const problems = await resumePause(environment, watching, record)
    for (const problem of problems) runtime.log('warn', problem)
    if (isPast(record)) await pauses.drop(record.id).catch(() => undefined)
  }
}

/** What is paused belongs to a write that begins, and what is resumed to one that ends: neither is turned away. */
function atWork(instance: Instance, work: (client: unknown, context: FacetContext) => Promise<void>): Promise<void> {
  const context = { instance: instance.name, signal: AbortSignal.timeout(limitMs) }
  const comer = { principal: 'rackwarden', signal: context.signal, begun: true }
  return admitted(instance.admission, comer, async () => work(await instance.client(), context))
}
