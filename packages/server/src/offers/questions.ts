import {
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
import { hashOf, type Askable, type Questions, type Respondent, type View } from '@rackwarden/core/runtime'
import { randomBytes } from 'node:crypto'

/** The request that asks, or comes again with answers. */
export interface AskingRequest {
  method: string
  name: string
  input: unknown
}

/** Puts questions to clients of both eras and takes back what they answer. */
export interface Asking {
  /** What the client behind a request lets itself be asked, and what it answered. */
  respondent(server: Server, context: ServerContext, view: View, request: AskingRequest): Promise<Respondent>
  /** The result that asks; a client of the 2025 era is asked by the SDK while its request waits. */
  ask(questions: Questions, view: View, request: AskingRequest): Promise<InputRequiredResult>
}

interface Sealed {
  call: string
  state: unknown
}

/** Makes the asking of one process: what it seals, no other process opens. */
export function createAsking(): Asking {
  let made: RequestStateCodec<Sealed> | undefined
  // Most processes never ask anything.
  const seal = () => (made ??= createRequestStateCodec<Sealed>({ key: randomBytes(32) }))
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

  return {
    async respondent(server, context, view, request) {
      const askable = askableOf(server.getClientCapabilities() ?? {})
      const { inputResponses: given, requestState } = context.mcpReq
      const sealed = requestState<string>()
      if (given === undefined && sealed === undefined) return { askable }
      const answers = { given: given ?? {} }
      if (sealed === undefined) return { askable, answers }
      return { askable, answers: { ...answers, state: await opened(sealed, context, callOf(view, request)) } }
    },
    async ask({ ask, state }, view, request) {
      const inputRequests = ask as unknown as InputRequests
      if (state === undefined) return inputRequired({ inputRequests })
      return inputRequired({ inputRequests, requestState: await seal().mint({ call: callOf(view, request), state }) })
    },
  }
}

function askableOf(capabilities: object): Askable[] {
  return (['elicitation', 'roots', 'sampling'] as const).filter((kind) => kind in capabilities)
}
