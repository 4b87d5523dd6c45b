import type { Respondent } from '../call/questions.ts'
import type { ToolListing } from '../call/surface.ts'
import { ToolError } from '../define/error.ts'
import { prefixOf, type Service } from '../define/service.ts'
import { requestOf, type HostContext, type QuestionResult, type ToolHost } from './host.ts'
import { openService, type OpenedService, type OpenServiceOptions } from './open-service.ts'
import { shownSchema } from './shown-schema.ts'
import { toolResultOf, type ResultForm, type ToolResult } from './tool-result.ts'

/** How the tools of an opened service are offered by a server. */
export interface OfferOptions {
  /** What a client is sent; text when not given. */
  results?: ResultForm | undefined
  /** Who calls, for plans and audit: a name, or what is made of the client id the server verified. The user of the process when not given. */
  principal?: string | ((clientId: string | undefined, context: HostContext) => string) | undefined
}

/** How a service is opened and offered; its prefix is its own name when not given. */
export interface RegisterToolsOptions extends OpenServiceOptions, OfferOptions {}

/** Tools that were added to a server. */
export interface Registration {
  /** Names as the server lists them, sorted. */
  readonly names: readonly string[]
  readonly service: OpenedService
  /** Takes the tools away from the server, and closes the service where it was opened for it. */
  close(): Promise<void>
}

type Answer = ToolResult | QuestionResult

/** What both lines take as the configuration of a tool. */
type Register = (
  name: string,
  config: Omit<ToolListing, 'name' | 'inputSchema' | 'outputSchema'> & { inputSchema: unknown; outputSchema?: unknown },
  handler: (input: Readonly<Record<string, unknown>>, context: HostContext) => Promise<Answer>,
) => { remove(): void }

/**
 * Adds the tools of a service to an `McpServer`, of the SDK's line v1 or v2; gates, plans, audit and journal stay what they are.
 * A server that is made anew per connection or request is given a service opened once, with `openService`.
 */
export async function registerTools(server: ToolHost, service: Service, options?: RegisterToolsOptions): Promise<Registration>
export async function registerTools(server: ToolHost, service: OpenedService, options?: OfferOptions): Promise<Registration>
export async function registerTools(
  server: ToolHost,
  service: Service | OpenedService,
  options: RegisterToolsOptions = {},
): Promise<Registration> {
  if ('call' in service) return offer(server, service, options)
  const opened = await openService(service, { ...options, prefix: options.prefix ?? prefixOf(service.name) })
  try {
    const offered = offer(server, opened, options)
    return {
      ...offered,
      close: async () => {
        await offered.close()
        await opened.close()
      },
    }
  } catch (error) {
    await opened.close()
    throw error
  }
}

function offer(server: ToolHost, service: OpenedService, { results = 'text', principal }: OfferOptions): Registration {
  const register = server.registerTool.bind(server) as unknown as Register
  const listings = service.tools({ structured: results === 'structured' })
  const added: { remove(): void }[] = []
  const close = async () => {
    for (const tool of added.splice(0)) tool.remove()
  }

  async function answer(name: string, input: Readonly<Record<string, unknown>>, context: HostContext): Promise<Answer> {
    const { clientId, signal, progress, end, client, ask } = requestOf(context, server)
    try {
      const caller =
        principal === undefined ? {} : { principal: named(typeof principal === 'string' ? principal : principal(clientId, context)) }
      const call = (respondent: Respondent) =>
        service.call(name, input, caller, { signal, client: respondent, ...(progress === undefined ? {} : { progress }) })
      const result = await call(client)
      const put = result.kind === 'pending' && result.questions !== undefined ? await ask(result.questions) : undefined
      if (put === undefined) return toolResultOf(result, results)
      return 'result' in put ? put.result : toolResultOf(await call({ ...client, answers: put.answers }), results)
    } catch (error) {
      // The SDK would send the message of the error as it is.
      service.runtime.log('error', `${name}: ${error instanceof Error ? error.message : String(error)}`)
      return { content: [{ type: 'text', text: 'The call failed inside the server; its log says why.' }], isError: true }
    } finally {
      end()
    }
  }

  for (const { name, description, annotations, inputSchema, outputSchema } of listings) {
    const shown = {
      inputSchema: shownSchema(inputSchema),
      ...(outputSchema === undefined ? {} : { outputSchema: shownSchema(outputSchema) }),
    }
    try {
      added.push(register(name, { description, annotations, ...shown }, (input, context) => answer(name, input, context)))
    } catch (cause) {
      void close()
      if (!(cause instanceof Error && cause.message.includes('already registered'))) throw cause
      throw new ToolError('conflict', `The server already has a tool '${name}'; none of ${service.title} was added.`, {
        hint: "Give another 'prefix'.",
        cause,
      })
    }
  }
  return { names: listings.map(({ name }) => name), service, close }
}

/** A host whose authentication names nobody must not make everybody one principal. */
function named(principal: unknown): string {
  if (typeof principal === 'string' && principal !== '') return principal
  throw new TypeError("'principal' names nobody for this request.")
}
