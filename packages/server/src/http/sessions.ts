import type { Server } from '@modelcontextprotocol/server'
import type { ListName, View } from '@rackwarden/core/runtime'
import { randomUUID } from 'node:crypto'
import { tellOfChange } from '../list-changes.ts'
import type { McpServerFactory } from '../mcp-server.ts'
import type { Viewer } from '../offers/offer.ts'
import type { Encode } from '../encode.ts'
import { HttpTransport } from './transport.ts'

/** How long and how many. */
export interface SessionLimits {
  /** A session without a request and without a stream for longer is closed. */
  idleMs: number
  /** At so many the longest idle one goes. */
  most: number
}

/** The limits used where none are given. */
export const defaultLimits: SessionLimits = { idleMs: 30 * 60_000, most: 100 }

/** One client of the 2025 era, from `initialize` to its end. */
export interface Session {
  readonly id: string
  readonly transport: HttpTransport
  readonly server: Server
  /** Its caller's rights are those of the last request: a token may have been changed meanwhile. */
  readonly viewer: Viewer
  lastUsed: number
}

/** The sessions of one server, and the transports of single requests, which live as long as those. */
export interface Sessions {
  readonly size: number
  /** A new session; undefined where all are busy and no more fit. */
  open(view: View): Promise<Session | undefined>
  /** The session of this id, if it is this principal's and of this address. */
  find(id: string, view: View): Session | undefined
  close(session: Session): Promise<void>
  /** Tells every client that stays that a list changed. */
  changed(list: ListName): void
  /** A server for the requests of one POST. */
  once(view: View): Promise<{ transport: HttpTransport; server: Server }>
  /** Closes all, as the process ends. */
  closeAll(): Promise<void>
}

/** Makes the sessions of one server. */
export function createSessions({
  create,
  encode,
  limits = defaultLimits,
  now = Date.now,
}: {
  create: McpServerFactory
  encode: Encode
  limits?: SessionLimits
  now?: () => number
}): Sessions {
  const sessions = new Map<string, Session>()
  const transports = new Set<HttpTransport>()
  const timer = setInterval(sweep, Math.min(5000, limits.idleMs)).unref()

  function sweep(): void {
    const time = now()
    for (const session of sessions.values())
      if (!session.transport.answering && !session.transport.listening && time - session.lastUsed > limits.idleMs) void close(session)
    for (const transport of transports) transport.beat(time)
  }

  async function close(session: Session): Promise<void> {
    sessions.delete(session.id)
    await session.server.close()
  }

  function prepare(viewer: Viewer, sessionId?: string): { transport: HttpTransport; server: Server } {
    const transport: HttpTransport = new HttpTransport({ encode, sessionId, over: () => transports.delete(transport) })
    transports.add(transport)
    return { transport, server: create(viewer) }
  }

  return {
    get size() {
      return sessions.size
    },
    async open(view) {
      while (sessions.size >= limits.most) {
        const oldest = longestIdle([...sessions.values()])
        if (oldest === undefined) return undefined
        await close(oldest)
      }
      const id = randomUUID()
      const viewer: Viewer = { view, stays: true }
      const session: Session = { id, viewer, lastUsed: now(), ...prepare(viewer, id) }
      sessions.set(id, session)
      await session.server.connect(session.transport)
      return session
    },
    find(id, view) {
      const session = sessions.get(id)
      if (session?.viewer.view.caller.principal !== view.caller.principal || session.viewer.view.service !== view.service) return undefined
      session.viewer.view = view
      session.lastUsed = now()
      return session
    },
    close,
    changed(list) {
      for (const { server } of sessions.values()) tellOfChange(server, list)
    },
    async once(view) {
      const prepared = prepare({ view })
      await prepared.server.connect(prepared.transport)
      return prepared
    },
    async closeAll() {
      clearInterval(timer)
      await Promise.all([...sessions.values()].map(close))
      await Promise.all([...transports].map((transport) => transport.close()))
    },
  }
}

/** Among the sessions without a request under way, of the principal with the most of them the one used least recently. */
function longestIdle(sessions: readonly Session[]): Session | undefined {
  const counts = new Map<string, number>()
  for (const { viewer } of sessions) counts.set(viewer.view.caller.principal, (counts.get(viewer.view.caller.principal) ?? 0) + 1)
  const countOf = ({ viewer }: Session) => counts.get(viewer.view.caller.principal) ?? 0
  const idle = sessions.filter(({ transport }) => !transport.answering)
  const most = Math.max(0, ...idle.map(countOf))
  return idle.filter((session) => countOf(session) === most).toSorted((first, second) => first.lastUsed - second.lastUsed)[0]
}
