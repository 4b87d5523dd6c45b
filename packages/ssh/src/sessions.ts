import { abortable } from './abortable.ts'
import type { HostAddress } from './address.ts'
import { connectionClosed } from './failure.ts'
import type { Session } from './session.ts'
import { createShared } from './shared.ts'

/** The one connection to a host: opened at the first use, and anew after it was lost. */
export interface Sessions {
  current(signal?: AbortSignal): Promise<Session>
  close(): Promise<void>
}

/** Holds the one connection to a host; `open` is called whenever there is none. */
export function createSessions(address: HostAddress, open: (closed: AbortSignal) => Promise<Session>): Sessions {
  const closed = new AbortController()
  const shared = createShared(async (forget) => {
    const session = await open(closed.signal)
    session.lost.addEventListener('abort', forget, { once: true })
    return session
  })
  return {
    async current(signal) {
      closed.signal.throwIfAborted()
      return abortable(shared.get(), signal)
    },
    async close() {
      const last = shared.peek()
      if (!closed.signal.aborted) closed.abort(connectionClosed(address))
      await last?.then(
        async (session) => session.close(),
        () => undefined,
      )
    },
  }
}
