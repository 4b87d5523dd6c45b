import { ToolError } from '../define/error.ts'
import type { TaskState } from '../define/task.ts'
import type { BegunWrite } from '../record/begun-writes.ts'
import { isAlive } from '../record/owner-process.ts'
import type { Instance } from '../runtime/instance.ts'
import type { Mount } from '../runtime/mount.ts'
import { admitted } from './admission.ts'
import type { CallEnvironment } from './call.ts'
import { hashOf } from './canonical.ts'
import type { RegisteredTool, RegisteredWrite } from './registered-tool.ts'
import { errorResult, presentable } from './respond.ts'
import type { CallResult } from './result.ts'

/** What following takes of a process. */
export type Following = Pick<CallEnvironment, 'begun' | 'journal' | 'plans' | 'runtime'>

const [firstPauseMs, longestPauseMs, limitMs] = [1_000, 30_000, 20_000]

/** Finds out what became of writes whose process is gone while their upstream worked, until each has ended. Never rejects. */
export async function followBegun(environment: Following, mounts: readonly Mount[], signal: AbortSignal): Promise<void> {
  const writes = await environment.begun.list().catch(() => [])
  await Promise.all(
    writes
      .filter((write) => !isAlive(write))
      .map((write) =>
        followOne(environment, mounts, write, signal).catch((error: unknown) => {
          if (!signal.aborted)
            environment.runtime.log('warn', `${write.tool}: what became of it could not be found out: ${reasonOf(error)}`)
        }),
      ),
  )
}

interface Place {
  mount: Mount
  instance: Instance
  tool: RegisteredTool
  writing: RegisteredWrite
}

async function followOne(environment: Following, mounts: readonly Mount[], write: BegunWrite, signal: AbortSignal): Promise<void> {
  const mount = mounts.find(({ service }) => service === write.service)
  const instance = mount?.instances.find(({ name }) => name === write.instance)
  const tool = mount?.tools.get(write.tool)
  // What is configured elsewhere is for the process that has it.
  if (mount === undefined || instance === undefined || tool?.write === undefined) return
  const place = { mount, instance, tool, writing: tool.write }
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    const state = await taskOf(place, write.task, signal).catch((error: unknown) => {
      if (mayPass(error)) return undefined
      throw error
    })
    if (state !== undefined && state.status !== 'running') return ended(environment, place, write, state, signal)
    await environment.runtime.clock.sleep(pauseMs, signal)
    // Another process may have found out meanwhile.
    if (!(await environment.begun.list()).some(({ id }) => id === write.id)) return
  }
}

async function taskOf({ mount, instance }: Place, task: string, signal: AbortSignal): Promise<TaskState> {
  const own = AbortSignal.any([signal, AbortSignal.timeout(limitMs)])
  try {
    return await admitted(instance.looks, { principal: 'rackwarden', signal: own }, async () => {
      const state = await mount.facets?.task?.(await instance.client(), task, { instance: instance.name, signal: own })
      if (state === undefined) throw new ToolError('not_found', `${mount.title} tells nothing of its tasks.`)
      return state
    })
  } catch (error) {
    instance.dropAfter(error)
    throw error
  }
}

/** Writes down what came of it, as the process that is gone would have: a change where it took effect, and its outcome. */
async function ended(environment: Following, place: Place, write: BegunWrite, state: TaskState, signal: AbortSignal): Promise<void> {
  const { runtime, journal, begun } = environment
  const told: Ending = state.status === 'done' ? await keepChange(environment, place, write, signal) : { reason: state.said }
  await runtime.audit.commit({
    call: write.call,
    principal: write.principal,
    service: write.service,
    tool: `${place.mount.prefix}${write.tool}`,
    instances: [write.instance],
    access: place.tool.access,
    input: {},
    summary: write.summary,
    targets: write.targets,
    approval: write.approval,
    kind: 'outcome',
    ...('change' in told ? { result: told.reason === undefined ? 'done' : 'unsettled', change: told.change } : { result: 'error' }),
    ...(told.reason === undefined ? {} : { error: `upstream: ${told.reason}` }),
    milliseconds: runtime.clock.now() - Date.parse(write.at),
  })
  await answerToken(environment, write, told)
  await begun.drop(write.id)
  runtime.log('warn', `The process that was at '${write.summary}' ended before it: ${saidOf(told)}`)
  await journal.tidy().catch(() => undefined)
}

/** What came of it: a change, and why that is not what it was to be; or why there is none. */
type Ending = { change: string; reason: string | undefined } | { reason: string }

function saidOf(told: Ending): string {
  if (!('change' in told)) return `it failed (${told.reason}).`
  return `it was done${told.reason === undefined ? '' : `, but ${told.reason}`}, and is kept as change ${told.change}.`
}

/** Whoever sends its token again is told what came of it. */
async function answerToken({ begun, plans, runtime }: Following, write: BegunWrite, told: Ending): Promise<void> {
  const { confirm } = await begun.open(write)
  const found = confirm === undefined ? undefined : await plans.find(confirm)
  if (confirm === undefined || found === undefined || !('claimed' in found) || found.claimed.outcome !== undefined) return
  const text = `The process that was at it ended before it: ${saidOf(told)}`
  const isDone = 'change' in told && told.reason === undefined
  const outcome: CallResult = isDone
    ? { kind: 'done', output: undefined, text: `DONE: ${write.summary}. ${text}`, change: told.change }
    : errorResult(
        new ToolError('upstream', `${write.summary}: ${text}`, { hint: 'Look at the target before trying again.' }),
        runtime.secrets,
      )
  await plans.close(confirm, found.claimed, outcome)
}

/** Keeps the change under the id it was to have, so that nobody keeps it twice. */
async function keepChange(
  { runtime, journal, begun }: Following,
  { mount, instance, writing }: Place,
  write: BegunWrite,
  signal: AbortSignal,
): Promise<Ending> {
  const { id, at, principal, service, tool, targets, summary, approval, group, wayBack, undoes } = write
  const known = await journal.get(id).catch(() => undefined)
  if (known !== undefined) return { change: id, reason: undefined }
  const { given, before } = await begun.open(write)
  const after = await admitted(instance.looks, { principal: 'rackwarden', signal }, async () =>
    writing.state(given, { client: await instance.client(), instance: instance.name, signal, progress: () => undefined }),
  )
  const verdict = writing.settled(after, given, before)
  await journal.record({
    id,
    at,
    principal,
    service,
    instance: instance.name,
    tool,
    targets,
    summary,
    input: presentable(given, runtime.secrets),
    given,
    before,
    after: presentable(after, runtime.secrets),
    left: hashOf(writing.basis(after)),
    undo: inverseOf(writing, given, before, after),
    approval,
    version: runtime.version,
    ...(undoes === undefined ? {} : { undoes }),
    ...(group === undefined ? {} : { group }),
    ...(wayBack === undefined ? {} : { wayBack }),
  })
  return { change: id, reason: verdict === true ? undefined : `${mount.title}: ${typeof verdict === 'string' ? verdict : verdict.failed}` }
}

/** What takes it back; what the tool answered is not known, and where that is needed there is no inverse. */
function inverseOf({ undo }: RegisteredWrite, given: Record<string, unknown>, before: unknown, after: unknown) {
  if (typeof undo === 'string') return undo
  try {
    return undo(before, given, { after, output: undefined })
  } catch {
    return 'evicted'
  }
}

/** Whether it is the way there that failed, and not the question. */
function mayPass(error: unknown): boolean {
  return ToolError.isInstance(error) && ['unreachable', 'timeout', 'rate_limited'].includes(error.code)
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
