import {
  CLIENT_CAPABILITIES_META_KEY,
  createRequestStateCodec,
  inputRequired,
  ProtocolError,
  ProtocolErrorCode,
  type InputRequests,
  type InputRequiredResult,
  type RequestStateCodec,
  type Server,
  type ServerContext,
} from '@modelcontextprotocol/server'
import {
  askableBy,
  hashOf,
  longestPlanMs,
  type Answers,
  type Askable,
  type Questions,
  type Respondent,
  type View,
} from '@rackwarden/core/runtime'
import { randomBytes } from 'node:crypto'

/** The request that asks, or comes again with answers. */
export interface AskingRequest {
  method: string
  name: string
  input: unknown
}

/** A request of a client, and what is done about it; with the answers it is done again. */
export interface Conversation<Result> {
  server: Server
  context: ServerContext
  view: View
  request: AskingRequest
  work: (client: Respondent) => Promise<Result>
  /** Told now and then while somebody is being asked. */
  waiting?: () => void
}

/** Puts questions to clients of both eras and takes back what they answer. */
export interface Asking {
  /**
   * Works on a request as often as its questions take. A client of the 2026 era is given them, to come again with answers;
   * one of the 2025 era is asked while its request waits. What asks a client that answers nothing is the result itself.
   */
  converse<Result extends object>(conversation: Conversation<Result>): Promise<Result | InputRequiredResult>
}

/** The first version of the protocol in which a question is a result. */
const firstOfItsEra = '2026-07-28'

/** Questions one request may come to, whatever is answered. */
const mostRounds = 8

/** A client that gives up on silence hears in time that somebody is still being asked. */
const sayEveryMs = 15_000

interface Sealed {
  call: string
  state: unknown
}

/** Makes the asking of one process: what it seals, no other process opens. */
export function createAsking({ waitMs = longestPlanMs, everyMs = sayEveryMs } = {}): Asking {
  let made: RequestStateCodec<Sealed> | undefined
  // Most processes never ask anything.
  const seal = () => (made ??= createRequestStateCodec<Sealed>({ key: randomBytes(32), ttlSeconds: waitMs / 1_000 }))
  const callOf = ({ caller, service }: View, request: AskingRequest) =>
    hashOf({ principal: caller.principal, service: service ?? null, ...request })

  async function opened(sealed: string, context: ServerContext, call: string): Promise<unknown> {
    const held = await seal()
      .verify(sealed, context)
      .catch(() => undefined)
    if (held?.call === call) return held.state
    throw new ProtocolError(
      ProtocolErrorCode.InvalidParams,
      'The requestState is not one this server gave for this request, or it is too old.',
    )
  }

  async function converseAnew<Result extends object>({ server, context, view, request, work }: Conversation<Result>) {
    const askable = askableBy(capabilitiesOf(server, context))
    const { inputResponses: given, requestState } = context.mcpReq
    const sealed = requestState<string>()
    const state = sealed === undefined ? {} : { state: await opened(sealed, context, callOf(view, request)) }
    const answers = given === undefined && sealed === undefined ? {} : { answers: { given: given ?? {}, ...state } }
    const result = await work({ askable, ...answers })
    const questions = questionsOf(result)
    if (questions === undefined) return result
    const inputRequests = questions.ask as unknown as InputRequests
    if (questions.state === undefined) return inputRequired({ inputRequests })
    return inputRequired({ inputRequests, requestState: await seal().mint({ call: callOf(view, request), state: questions.state }) })
  }

  async function converseAtOnce<Result extends object>({ server, context, work, waiting }: Conversation<Result>) {
    const askable = askableBy(capabilitiesOf(server, context))
    let result = await work({ askable })
    for (let round = 0; round < mostRounds; round += 1) {
      const questions = questionsOf(result)
      const answers = questions !== undefined && mayAsk(questions, askable) ? await answersTo(questions, context, waiting) : undefined
      if (answers === undefined) return result
      result = await work({ askable, answers })
    }
    return result
  }

  /** What a client of the 2025 era answers; undefined where it does not, and the asker says how else to go on. */
  async function answersTo({ ask, state }: Questions, context: ServerContext, waiting?: () => void): Promise<Answers | undefined> {
    const over = new AbortController()
    const signal = AbortSignal.any([context.mcpReq.signal, over.signal])
    const options = { timeout: waitMs, signal }
    const saying = waiting === undefined ? undefined : setInterval(waiting, everyMs)
    try {
      const given = await Promise.all(
        Object.entries(ask).map(async ([name, question]) => [name, await context.mcpReq.send(question as never, options)] as const),
      )
      return { given: Object.fromEntries(given), ...(state === undefined ? {} : { state }) }
    } catch {
      return undefined
    } finally {
      clearInterval(saying)
      over.abort()
    }
  }

  return {
    converse: (conversation) =>
      (conversation.server.getNegotiatedProtocolVersion() ?? '') >= firstOfItsEra
        ? converseAnew(conversation)
        : converseAtOnce(conversation),
  }
}

function mayAsk({ ask }: Questions, askable: readonly Askable[]): boolean {
  return Object.values(ask).every(({ method }) => askable.some((kind) => method.startsWith(`${kind}/`)))
}

/** What the client declared: with this request in the 2026 era, once for its connection before. */
function capabilitiesOf(server: Server, { mcpReq: { envelope } }: ServerContext): Record<string, unknown> | undefined {
  const declared = (envelope as Readonly<Record<string, unknown>> | undefined)?.[CLIENT_CAPABILITIES_META_KEY]
  return (declared as Record<string, unknown> | undefined) ?? server.getClientCapabilities()
}

function questionsOf(result: object): Questions | undefined {
  return 'questions' in result ? (result.questions as Questions | undefined) : undefined
}
