import { ToolError } from '@rackwarden/core'
import { admitted, type Ask, type Progress, type SecretFilter } from '@rackwarden/core/runtime'
import { anyResult } from './any-result.ts'
import { isRecord } from './definitions.ts'
import { failureOf, isSessionGone } from './failure.ts'
import { startLimit, type CallLimit } from './limit.ts'
import { askClient, type AskableCall } from './questions.ts'
import type { Session } from './session.ts'
import type { Upstream } from './upstream.ts'

/** Who asks a foreign server for something, and how far they can be told and asked. */
export interface Asker {
  readonly principal: string
  readonly signal: AbortSignal
  readonly ask?: Ask | undefined
  readonly progress?: (progress: Progress) => void
}

/** A request to a foreign server that a person or model is waiting for. */
export interface ForeignRequest {
  readonly method: 'tools/call' | 'prompts/get' | 'resources/read' | 'completion/complete'
  readonly params: Readonly<Record<string, unknown>>
  /** The schema of the tool, where the call is one: some of its inputs may have to be sent as headers, too. */
  readonly inputSchema?: Readonly<Record<string, unknown>>
}

const mostRounds = 8
const [progressEveryMs, stateOnlyMs] = [100, 250]

/** Asks a foreign server, within its limits; what it asks back goes to the client. Throws a `ToolError`. */
export async function askUpstream(
  upstream: Upstream,
  request: ForeignRequest,
  asker: Asker,
  secrets: SecretFilter,
): Promise<Record<string, unknown>> {
  const { name, configuration, admission } = upstream
  const limit = startLimit(configuration.limits.timeoutMs, name, asker.signal)
  try {
    return await admitted(admission, { principal: asker.principal, signal: limit.signal }, async () => {
      const state = upstream.state()
      // What it takes to come up has a limit of its own.
      const session = state.kind === 'ready' ? state.session : await limit.without(() => raced(upstream.session(), limit.signal))
      try {
        return await sent(session, request, { name, asker, limit, secrets })
      } catch (error) {
        if (!isSessionGone(error) || limit.signal.aborted) throw ToolError.isInstance(error) ? error : (session.why() ?? error)
        // It was restarted and has done nothing yet: the same is asked of what it is now.
        session.fail(new ToolError('unreachable', `${name} was restarted.`))
        return await sent(await raced(upstream.session(), limit.signal), request, { name, asker, limit, secrets })
      }
    })
  } catch (error) {
    if (limit.signal.aborted) throw limit.signal.reason
    const failure = failureOf(error, name)
    const now = upstream.state()
    if (failure.code === 'unreachable' && now.kind === 'ready' && configuration.reach.kind !== 'stdio') now.session.fail(failure)
    throw failure
  } finally {
    limit.stop()
  }
}

interface Sending {
  readonly name: string
  readonly asker: Asker
  readonly limit: CallLimit
  readonly secrets: SecretFilter
}

async function sent(session: Session, request: ForeignRequest, { name, asker, limit, secrets }: Sending): Promise<Record<string, unknown>> {
  const call: AskableCall = { principal: asker.principal, ask: asker.ask, without: (waiting) => limit.without(waiting) }
  session.calls.add(call)
  try {
    let params = request.params
    for (let round = 0; round < mostRounds; round += 1) {
      const result = await once(session, { ...request, params }, { name, asker, limit })
      if (result['resultType'] !== 'input_required') return result
      params = { ...request.params, ...(await answersTo(result, call, { name, secrets }, limit.signal)) }
    }
    throw new ToolError('upstream', `${name} asks again and again, and never answers.`)
  } finally {
    session.calls.delete(call)
  }
}

async function once(
  { client, sendsHeaders }: Session,
  { method, params, inputSchema }: ForeignRequest,
  { name, asker, limit }: Omit<Sending, 'secrets'>,
): Promise<Record<string, unknown>> {
  let last = Number.NEGATIVE_INFINITY
  const { progress } = asker
  const options = {
    // The limit is ours: the library's goes on while somebody is being asked.
    timeout: 0x7fff_ffff,
    signal: limit.signal,
    allowInputRequired: true,
    ...(progress === undefined
      ? {}
      : {
          onprogress: (told: { progress: number; total?: number | undefined; message?: string | undefined }) => {
            limit.touch()
            const now = performance.now()
            if (now - last < progressEveryMs) return
            last = now
            progress({
              message: told.message ?? `${name} is at work`,
              done: told.progress,
              ...(told.total === undefined ? {} : { total: told.total }),
            })
          },
        }),
  }
  if (method === 'tools/call' && sendsHeaders && inputSchema !== undefined && JSON.stringify(inputSchema).includes('x-mcp-header'))
    return client.callTool(params as never, {
      ...options,
      toolDefinition: { name: String(params['name']), inputSchema: inputSchema as never },
    })
  return client.request({ method, params: { ...params } }, anyResult, options)
}

/** What a server of the 2026 era is sent with the same request again. */
async function answersTo(
  result: Record<string, unknown>,
  call: AskableCall,
  options: { name: string; secrets: SecretFilter },
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const { inputRequests, requestState } = result
  const asked = Object.entries(isRecord(inputRequests) ? inputRequests : {})
  const state = requestState === undefined ? {} : { requestState }
  if (asked.length === 0) {
    await raced(new Promise((resolve) => setTimeout(resolve, stateOnlyMs)), signal)
    return state
  }
  const answers = await Promise.all(
    asked.map(async ([key, question]) => {
      const { method, params } = isRecord(question) ? question : {}
      return [key, await askClient(call, String(method), params, options)] as const
    }),
  )
  return { inputResponses: Object.fromEntries(answers), ...state }
}

/** Waits no longer than the caller does. */
export async function raced<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  let abort: () => void = () => undefined
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
  })
  // Nobody may be waiting any more when it fails.
  work.catch(() => undefined)
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
