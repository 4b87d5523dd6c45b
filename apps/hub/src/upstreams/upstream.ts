import { ToolError } from '@rackwarden/core'
import {
  createAdmission,
  type Admission,
  type ListName,
  type ResourceListing,
  type ResourceTemplate,
  type Runtime,
  type UpstreamConfiguration,
} from '@rackwarden/core/runtime'
import type { Offered } from './definitions.ts'
import type { EraRecords } from './era-record.ts'
import { failureOf, mayBeEra } from './failure.ts'
import type { ProcessGuard } from './guard.ts'
import type { Session } from './session.ts'
import { createUpstreamLog } from './upstream-log.ts'

/** What an upstream is made from. */
export interface UpstreamOptions {
  readonly name: string
  readonly configuration: UpstreamConfiguration
  readonly runtime: Runtime
  readonly guard: ProcessGuard
  readonly eras: EraRecords
  /** Told that what it offers, or whether it can be reached, is another thing than before. */
  readonly changed: (list: ListName) => void
}

/** How an upstream is right now. */
export type UpstreamState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'connecting'; readonly since: number }
  | { readonly kind: 'ready'; readonly session: Session }
  | { readonly kind: 'waiting'; readonly problem: ToolError; readonly until: number }

/** One foreign server: connected in the background or at the first need, and again whenever it is lost. */
export interface Upstream {
  readonly name: string
  readonly configuration: UpstreamConfiguration
  readonly admission: Admission
  state(): UpstreamState
  /** What it offered when it was last asked; undefined before. */
  offered(): Offered | undefined
  resources(): { readonly resources: readonly ResourceListing[]; readonly templates: readonly ResourceTemplate[] }
  /** Whether it has been gone for longer than anybody needs not notice. */
  isGone(): boolean
  /** The connection; throws `unreachable` at once while the next attempt is waited for. */
  session(): Promise<Session>
  /** Begins to connect, and keeps connected from now on. */
  connect(): void
  close(): Promise<void>
}

/** The first attempt after a loss is made at once. */
const [firstPauseMs, longestPauseMs, steadyMs] = [250, 60_000, 10_000]
/** A call waits so long for an attempt under way. */
const patienceMs = 30_000
const goneMs = 900
/** So many calls may wait for each that is at work. */
const mostWaiting = 16
const [debounceMs, mostDebounceMs] = [250, 5_000]

/** Makes an upstream; nobody is contacted. */
export function createUpstream(options: UpstreamOptions): Upstream {
  const { name, configuration, runtime, guard, eras, changed } = options
  const { limits } = configuration
  const log = createUpstreamLog(name, runtime.log, runtime.clock)
  const over = new AbortController()
  let state: UpstreamState = { kind: 'idle' }
  let attempt: Promise<Session> | undefined
  let offered: Offered | undefined
  let resources: Awaited<ReturnType<Upstream['resources']>> = { resources: [], templates: [] }
  let [pauseMs, attempts, keeps, gone, told] = [0, 0, false, false, '']
  const timers = new Map<string, NodeJS.Timeout>()

  const later = (what: string, ms: number, work: () => void) => {
    clearTimeout(timers.get(what))
    timers.set(what, setTimeout(work, ms).unref())
  }
  const forget = (what: string) => {
    clearTimeout(timers.get(what))
    timers.delete(what)
  }

  const tellIfGone = () =>
    later('gone', goneMs, () => {
      if (state.kind === 'ready' || gone || over.signal.aborted) return
      gone = true
      for (const list of ['tools', 'resources', 'prompts'] as const) changed(list)
    })

  const lost = (problem: ToolError) => {
    if (over.signal.aborted) return
    // The same again and again is said once.
    if (problem.message !== told) runtime.log('warn', `${name}: ${problem.message}`)
    told = problem.message
    state = { kind: 'waiting', problem, until: runtime.clock.now() + pauseMs }
    tellIfGone()
    if (!keeps) return
    const again = () => void begin().catch(() => undefined)
    if (pauseMs === 0) again()
    else later('retry', pauseMs, again)
  }

  const ready = (session: Session) => {
    const began = performance.now()
    attempts += 1
    state = { kind: 'ready', session }
    forget('gone')
    const wasGone = gone
    gone = false
    if (wasGone) for (const list of ['tools', 'resources', 'prompts'] as const) changed(list)
    else changed('tools')
    void refreshResources(session)
    void untilLost(session, began)
  }

  const untilLost = async (session: Session, began: number) => {
    const problem = await session.ended
    if (state.kind !== 'ready' || state.session !== session) return
    // One that was well for a while is tried again at once, one that ends as soon as it has begun is not.
    pauseMs = performance.now() - began > steadyMs || attempts === 1 ? 0 : nextPause(pauseMs)
    void session.close()
    lost(problem)
  }

  const begin = (): Promise<Session> => {
    if (attempt !== undefined) return attempt
    state = { kind: 'connecting', since: runtime.clock.now() }
    const limit = AbortSignal.timeout(limits.connectTimeoutMs)
    const signal = AbortSignal.any([over.signal, limit])
    attempt = attempted(signal, limit)
    return attempt
  }

  const attempted = async (signal: AbortSignal, limit: AbortSignal): Promise<Session> => {
    try {
      const session = await connectWithin(signal, limit)
      attempt = undefined
      ready(session)
      return session
    } catch (error) {
      attempt = undefined
      const problem = failureOf(error, name)
      pauseMs = nextPause(pauseMs)
      lost(problem)
      throw problem
    }
  }

  async function connectWithin(signal: AbortSignal, limit: AbortSignal): Promise<Session> {
    try {
      const isKnown = (await eras.find(name, configuration.identity)) !== undefined
      try {
        return await connectAndAsk(signal)
      } catch (error) {
        if (!isKnown || signal.aborted || !mayBeEra(error)) throw error
        // A list that is refused may be one that was asked for in an era that is the wrong one by now.
        await eras.forget(name)
        return await connectAndAsk(signal)
      }
    } catch (error) {
      if (limit.aborted && !over.signal.aborted)
        throw new ToolError('timeout', `${name} was not ready within ${limits.connectTimeoutMs} ms.`, {
          hint: 'Start it by hand to see what it waits for, or raise connectTimeoutMs.',
          cause: error,
        })
      throw failureOf(error, name)
    }
  }

  async function connectAndAsk(signal: AbortSignal): Promise<Session> {
    const [{ openSession }, { offeredBy }] = await Promise.all([import('./session.ts'), import('./offers.ts')])
    const session = await openSession({ name, configuration, runtime, guard, eras, log, changed: listChanged, signal })
    try {
      offered = await offeredBy(session, { maxTools: limits.maxTools, timeoutMs: limits.connectTimeoutMs, signal })
      return session
    } catch (error) {
      void session.close()
      throw error
    }
  }

  let firstChange: number | undefined
  /** However often it says so, its lists are asked for now and then. */
  function listChanged(list: ListName): void {
    if (state.kind !== 'ready') return
    const { session } = state
    firstChange ??= performance.now()
    const wait = Math.min(debounceMs, Math.max(0, firstChange + mostDebounceMs - performance.now()))
    later(`list ${list}`, wait === 0 ? mostDebounceMs : wait, () => {
      firstChange = undefined
      void (list === 'resources' ? refreshResources(session) : refreshOffer(session)).catch((error: unknown) =>
        log.line(failureOf(error, name).message),
      )
    })
  }

  async function refreshOffer(session: Session): Promise<void> {
    const { offeredBy } = await import('./offers.ts')
    const next = await offeredBy(session, { maxTools: limits.maxTools, timeoutMs: limits.timeoutMs, signal: over.signal })
    if (state.kind !== 'ready' || state.session !== session) return
    offered = next
    changed('tools')
    changed('prompts')
  }

  async function refreshResources(session: Session): Promise<void> {
    const { resourcesOf } = await import('./offers.ts')
    const next = await resourcesOf(session, { timeoutMs: limits.timeoutMs, signal: over.signal }).catch(() => undefined)
    if (next === undefined || state.kind !== 'ready' || state.session !== session) return
    resources = next
    changed('resources')
  }

  // Other than what was seen before waiting.
  const upstreamState = (): UpstreamState => state

  return {
    name,
    configuration,
    admission: createAdmission({
      place: name,
      callsAtOnce: limits.concurrency,
      callsWaiting: limits.concurrency * mostWaiting,
      waitMs: limits.timeoutMs,
      clock: runtime.clock,
    }),
    state: upstreamState,
    offered: () => offered,
    resources: () => resources,
    isGone: () => gone,
    async session() {
      if (over.signal.aborted) throw new ToolError('unreachable', `${name} is not connected any more.`)
      if (state.kind === 'ready') return state.session
      if (state.kind === 'waiting' && keeps) throw stillGone(state, runtime.clock.now(), name)
      try {
        return await within(begin(), name)
      } catch (error) {
        const now = upstreamState()
        throw now.kind === 'waiting' && keeps ? stillGone(now, runtime.clock.now(), name) : error
      }
    },
    connect() {
      keeps = true
      if (state.kind === 'idle' || state.kind === 'waiting') void begin().catch(() => undefined)
    },
    async close() {
      const held = state
      over.abort(new ToolError('unreachable', `${name} is being closed.`))
      for (const timer of timers.values()) clearTimeout(timer)
      await Promise.allSettled([attempt, held.kind === 'ready' ? held.session.close() : undefined])
    },
  }
}

function nextPause(pauseMs: number): number {
  return pauseMs === 0 ? firstPauseMs : Math.min(pauseMs * 2, longestPauseMs)
}

function stillGone({ problem, until }: { problem: ToolError; until: number }, now: number, name: string): ToolError {
  const seconds = Math.max(0, Math.ceil((until - now) / 1_000))
  return new ToolError(problem.code === 'unauthorized' ? 'unauthorized' : 'unreachable', `${name} cannot be reached: ${problem.message}`, {
    hint: `${problem.hint === undefined ? '' : `${problem.hint} `}The next attempt is ${seconds === 0 ? 'being made' : `in ${seconds} s`}.`,
    cause: problem,
  })
}

async function within(connecting: Promise<Session>, name: string): Promise<Session> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new ToolError('unreachable', `${name} is still being connected to.`, {
            hint: 'Try again in a moment; service_health says how it is.',
          }),
        ),
      patienceMs,
    )
  })
  try {
    return await Promise.race([connecting, late])
  } finally {
    clearTimeout(timer)
  }
}
