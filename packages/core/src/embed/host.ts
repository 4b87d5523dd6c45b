import { z } from 'zod'
import { longestPlanMs } from '../call/plan-store.ts'
import { askableBy, type Answers, type Questions, type Respondent } from '../call/questions.ts'
import type { Progress } from '../call/surface.ts'

/** As much of an `McpServer` as is used: that of `@modelcontextprotocol/sdk` and that of `@modelcontextprotocol/server` have it. */
export interface ToolHost {
  registerTool(name: string, config: never, handler: never): { remove(): void }
  /** Tells what the client lets itself be asked; where it is missing, nobody is. */
  readonly server?: { getClientCapabilities(): object | undefined }
}

/** What a v1 server hands a tool beside its input. */
interface FirstLineContext {
  signal: AbortSignal
  _meta?: RequestMeta
  sendNotification: Notify
  sendRequest?: (request: never, schema: never, options?: { timeout?: number; signal?: AbortSignal }) => Promise<unknown>
  authInfo?: Authenticated
}

/** What a v2 server hands a tool beside its input. */
interface SecondLineContext {
  mcpReq: {
    signal: AbortSignal
    _meta?: RequestMeta
    notify: Notify
    envelope?: Readonly<Record<string, unknown>>
    inputResponses?: Readonly<Record<string, unknown>>
    requestState?: () => unknown
  }
  http?: { authInfo?: Authenticated }
}

/** What a server of either line hands a tool beside its input. */
export type HostContext = FirstLineContext | SecondLineContext

/** A request as both lines know it. */
export interface HostRequest {
  /** The client as the server's own authentication knows it. */
  clientId: string | undefined
  signal: AbortSignal
  /** What the client lets itself be asked, and what it answered. */
  client: Respondent
  /** Puts questions to the client: what it answers, or the result that has it answer; undefined where it does neither. */
  ask: (questions: Questions) => Promise<Put | undefined>
  /** Undefined where the client asked for no progress. */
  progress: ((progress: Progress) => void) | undefined
  /** To be called before the answer: nothing may be said of progress after it. */
  end: () => void
}

/** Questions on their way: a server of v1 has the answers while the request waits, one of v2 when it comes again. */
export type Put = { answers: Answers } | { result: QuestionResult }

/** The result that asks. */
export interface QuestionResult {
  [key: string]: unknown
  resultType: 'input_required'
  inputRequests: Questions['ask']
  requestState?: string
}

interface Authenticated {
  clientId: string
}

interface RequestMeta {
  progressToken?: string | number
}

type Notify = (notification: { method: 'notifications/progress'; params: Record<string, unknown> }) => Promise<void>

/** Where a request of the 2026 era declares what its client can do. */
const capabilitiesKey = 'io.modelcontextprotocol/clientCapabilities'

/** Reads what both lines say of a request, each in its own words. */
export function requestOf(context: HostContext, { server }: ToolHost): HostRequest {
  const modern = 'mcpReq' in context
  const { signal, notify, _meta: meta } = modern ? context.mcpReq : { ...context, notify: context.sendNotification }
  const clientId = (modern ? context.http?.authInfo : context.authInfo)?.clientId
  const declared = (modern ? context.mcpReq.envelope?.[capabilitiesKey] : undefined) ?? server?.getClientCapabilities()
  const askable = askableBy(declared as Readonly<Record<string, unknown>> | undefined)
  const client = { askable, ...(modern ? answersOf(context) : {}) }
  const ask = modern ? asResult : (questions: Questions) => atOnce(questions, context)
  const token = meta?.progressToken
  if (token === undefined) return { clientId, signal, client, ask, progress: undefined, end: () => undefined }
  let [last, ended] = [0, false]
  return {
    clientId,
    signal,
    client,
    ask,
    progress: ({ message, done, total }) => {
      const reached = done ?? last + 1
      // The protocol wants numbers that only grow.
      if (ended || signal.aborted || (reached <= last && last > 0)) return
      last = reached
      const params = { progressToken: token, progress: reached, message, ...(total === undefined ? {} : { total }) }
      notify({ method: 'notifications/progress', params }).catch(() => undefined)
    },
    end: () => {
      ended = true
    },
  }
}

/** A state travels as it is: what it says is worth something only to the plan that knows its nonce. */
function asResult({ ask, state }: Questions): Promise<Put> {
  const requestState = state === undefined ? {} : { requestState: JSON.stringify(state) }
  return Promise.resolve({ result: { resultType: 'input_required', inputRequests: ask, ...requestState } })
}

function answersOf({ mcpReq: { inputResponses, requestState } }: SecondLineContext): Pick<Respondent, 'answers'> {
  if (inputResponses === undefined) return {}
  const state = stateIn(requestState?.())
  return { answers: { given: inputResponses, ...(state === undefined ? {} : { state }) } }
}

function stateIn(carried: unknown): unknown {
  try {
    return typeof carried === 'string' ? (JSON.parse(carried) as unknown) : undefined
  } catch {
    return undefined
  }
}

/** Asks while the request waits; a client that does not answer gives none. */
async function atOnce({ ask, state }: Questions, { sendRequest, signal }: FirstLineContext): Promise<Put | undefined> {
  if (sendRequest === undefined) return undefined
  try {
    const given = await Promise.all(
      Object.entries(ask).map(async ([name, question]) => {
        const answer = await sendRequest(question as never, z.looseObject({}) as never, { timeout: longestPlanMs, signal })
        return [name, answer] as const
      }),
    )
    return { answers: { given: Object.fromEntries(given), ...(state === undefined ? {} : { state }) } }
  } catch {
    return undefined
  }
}
