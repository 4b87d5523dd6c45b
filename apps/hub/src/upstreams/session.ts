import type { Client, JSONRPCMessage, PriorDiscovery, ServerCapabilities, Transport } from '@modelcontextprotocol/client'
import { ToolError } from '@rackwarden/core'
import type { ListName, Runtime, UpstreamConfiguration } from '@rackwarden/core/runtime'
import { createAddressTransport } from './address-transport.ts'
import { anyResult } from './any-result.ts'
import { isRecord } from './definitions.ts'
import type { EraRecords } from './era-record.ts'
import { failureOf, mayBeEra } from './failure.ts'
import type { ProcessGuard } from './guard.ts'
import { createProgramTransport } from './program-transport.ts'
import { answerQuestions, type AskableCall } from './questions.ts'
import type { UpstreamLog } from './upstream-log.ts'

/** What a connection to a foreign server is made from. */
export interface SessionOptions {
  readonly name: string
  readonly configuration: UpstreamConfiguration
  readonly runtime: Pick<Runtime, 'clock' | 'environment' | 'log' | 'secrets' | 'version'>
  readonly guard: ProcessGuard
  readonly eras: EraRecords
  readonly log: UpstreamLog
  /** Told that a list of it changed. */
  readonly changed: (list: ListName) => void
  readonly signal: AbortSignal
}

/** A connection to a foreign server, from its handshake to its end. */
export interface Session {
  readonly client: Client
  readonly era: 'modern' | 'legacy'
  readonly server: { readonly name: string; readonly version: string }
  readonly capabilities: ServerCapabilities
  /** Whether inputs of tools may have to be sent as headers, too. */
  readonly sendsHeaders: boolean
  /** Calls under way, the latest last: what a server of the 2025 era asks is asked of one of them. */
  readonly calls: Set<AskableCall>
  /** Resolves once it is over, with why. */
  readonly ended: Promise<ToolError>
  /** Why it is over, where it is. */
  why(): ToolError | undefined
  /** Gives up on it. */
  fail(why: ToolError): void
  close(): Promise<void>
}

/** A silent server may be one that is still being installed; then it is asked whether it speaks the new era too early. */
const longestProbeMs = 20_000
const [pingEveryMs, pingMs, relistenMs] = [15_000, 5_000, 2_000]

/** Connects, in the era that is known, else in the one that is found out; throws a `ToolError` saying why not. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { name, configuration, eras } = options
  const { identity, reach } = configuration
  const known = await eras.find(name, identity)
  try {
    const session = await connected(options, known?.prior)
    if (known === undefined) await eras.keep(name, { identity, prior: priorOf(session), at: options.runtime.clock.now() })
    return session
  } catch (error) {
    if (options.signal.aborted) throw options.signal.reason
    if (known !== undefined && mayBeEra(error)) {
      await eras.forget(name)
      return openSession(options)
    }
    if (known !== undefined || reach.kind !== 'stdio' || !(error instanceof EndedByAsking)) throw failureOf(error, name)
  }
  // It ended when it was asked, as servers of some libraries do: it is one of the old era.
  const session = await connected(options, { kind: 'legacy' }).catch((error: unknown) => {
    throw failureOf(error, name)
  })
  await eras.keep(name, { identity, prior: { kind: 'legacy' }, at: options.runtime.clock.now(), endedByAsking: true })
  return session
}

class EndedByAsking extends Error {}

function priorOf({ client, era }: Session): PriorDiscovery {
  const discover = client.getDiscoverResult()
  return era === 'modern' && discover !== undefined ? { kind: 'modern', discover } : { kind: 'legacy' }
}

async function connected(options: SessionOptions, prior: PriorDiscovery | undefined): Promise<Session> {
  const { name, configuration, runtime, signal, log } = options
  const { connectTimeoutMs } = configuration.limits
  const { Client } = await import('@modelcontextprotocol/client')
  signal.throwIfAborted()
  let check: () => void = () => undefined
  const way = await wayTo(options, () => check())
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- transports have no events; the client goes on to its own after this
  way.transport.onmessage = (message) => {
    if (client.getProtocolEra() === 'modern') completeResult(message)
  }
  const client = new Client(
    { name: 'rackwarden', version: runtime.version },
    {
      capabilities: { elicitation: { form: {} }, sampling: {}, roots: {} },
      versionNegotiation: { mode: 'auto', probe: { timeoutMs: Math.min(longestProbeMs, Math.ceil(connectTimeoutMs / 2)) } },
      inputRequired: { autoFulfill: false },
    },
  )
  const over = new AbortController()
  const calls = new Set<AskableCall>()
  answerQuestions(client, calls, { name, secrets: runtime.secrets })
  for (const list of ['tools', 'resources', 'prompts'] as const)
    client.setNotificationHandler(`notifications/${list}/list_changed`, () => options.changed(list))
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the SDK's client has no events
  client.onerror = ({ message }) => {
    // Of a call that was given up the answer still comes, and says more than belongs into a log.
    if (!over.signal.aborted && !/unknown message ID/.test(message)) log.line(`protocol: ${message}`)
  }
  let reason: ToolError | undefined
  let tell: (why: ToolError) => void = () => undefined
  const ended = new Promise<ToolError>((resolve) => (tell = resolve))
  const end = (why: ToolError) => tell((reason ??= why))
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- as above
  client.onclose = () => end(way.why() ?? new ToolError('unreachable', `${name} closed the connection.`))

  const close = async () => {
    over.abort()
    await client.close().catch(() => undefined)
    await way.close()
  }
  const abort = () => void close()
  signal.addEventListener('abort', abort, { once: true })
  try {
    await client.connect(way.transport, { timeout: connectTimeoutMs, ...(prior === undefined ? {} : { prior }) })
    signal.throwIfAborted()
  } catch (error) {
    const why = way.why()
    await close()
    if (signal.aborted) throw signal.reason
    if (why !== undefined && prior === undefined && /closed .*during the server\/discover probe/.test(String(error)))
      throw new EndedByAsking(why.message, { cause: why })
    throw why ?? error
  } finally {
    signal.removeEventListener('abort', abort)
  }
  const { name: serverName = name, version = '' } = client.getServerVersion() ?? {}
  const session: Session = {
    client,
    era: client.getProtocolEra() ?? 'legacy',
    server: { name: serverName, version },
    capabilities: client.getServerCapabilities() ?? {},
    sendsHeaders: configuration.reach.kind !== 'stdio' && client.getProtocolEra() === 'modern',
    calls,
    ended,
    why: () => reason,
    fail: (why) => {
      end(why)
      void close()
    },
    close,
  }
  if (configuration.reach.kind !== 'stdio') check = keptAlive(session, name, over.signal)
  if (session.era === 'modern') void listening(session, over.signal)
  return session
}

/** A result that does not say what it is is a whole one, which the library would refuse. */
function completeResult(message: JSONRPCMessage): void {
  if ('result' in message && isRecord(message.result)) message.result.resultType ??= 'complete'
}

interface Way {
  readonly transport: Transport
  /** Why it ended, where it knows. */
  readonly why: () => ToolError | undefined
  readonly close: () => Promise<void>
}

async function wayTo({ configuration: { reach, limits }, runtime, guard, log }: SessionOptions, broken: () => void): Promise<Way> {
  if (reach.kind === 'stdio') {
    const transport = createProgramTransport(reach, { guard, log, environment: runtime.environment, maxBytes: limits.maxBytes })
    return { transport, why: () => transport.ending, close: () => transport.close() }
  }
  const { transport, close } = await createAddressTransport(reach, {
    log: runtime.log,
    maxBytes: limits.maxBytes,
    timeoutMs: limits.connectTimeoutMs,
    broken,
  })
  return { transport, why: () => undefined, close }
}

/** Looks now and then whether somebody still answers at an address, and at once where a stream broke off. */
function keptAlive(session: Session, name: string, signal: AbortSignal): () => void {
  let asking = false
  const check = async () => {
    if (asking || signal.aborted) return
    asking = true
    try {
      const options = { timeout: pingMs, signal }
      await (session.era === 'modern'
        ? session.client.request({ method: 'server/discover' }, anyResult, options)
        : session.client.request({ method: 'ping' }, anyResult, options))
    } catch (error) {
      const failure = failureOf(error, name)
      // Whatever it answers, it is there.
      if (!signal.aborted && (failure.code === 'unreachable' || failure.code === 'timeout')) session.fail(failure)
    } finally {
      asking = false
    }
  }
  const timer = setInterval(() => void check(), pingEveryMs).unref()
  signal.addEventListener('abort', () => clearInterval(timer), { once: true })
  return () => void check()
}

/** Listens for changes of lists, as servers of the 2026 era have to be asked to tell. */
async function listening({ client, capabilities }: Session, signal: AbortSignal): Promise<void> {
  const { tools, resources, prompts } = capabilities
  const filter = {
    ...(tools?.listChanged === true ? { toolsListChanged: true } : {}),
    ...(resources?.listChanged === true ? { resourcesListChanged: true } : {}),
    ...(prompts?.listChanged === true ? { promptsListChanged: true } : {}),
  }
  if (Object.keys(filter).length === 0) return
  while (!signal.aborted) {
    const began = performance.now()
    const ended = await client
      .listen(filter, { timeout: pingMs, signal })
      .then(({ closed }) => closed)
      .catch(() => undefined)
    // One that refuses, or ends it on purpose, is not asked again.
    if (ended !== 'remote' || signal.aborted) return
    await new Promise((resolve) => setTimeout(resolve, performance.now() - began < relistenMs ? relistenMs : 0).unref())
  }
}
