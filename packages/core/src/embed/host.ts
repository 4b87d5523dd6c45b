import type { Progress } from '../call/surface.ts'

/** As much of an `McpServer` as is used: that of `@modelcontextprotocol/sdk` and that of `@modelcontextprotocol/server` have it. */
export interface ToolHost {
  registerTool(name: string, config: never, handler: never): { remove(): void }
}

/** What a v1 server hands a tool beside its input. */
interface FirstLineContext {
  signal: AbortSignal
  _meta?: RequestMeta
  sendNotification: Notify
  authInfo?: Authenticated
}

/** What a v2 server hands a tool beside its input. */
interface SecondLineContext {
  mcpReq: { signal: AbortSignal; _meta?: RequestMeta; notify: Notify }
  http?: { authInfo?: Authenticated }
}

/** What a server of either line hands a tool beside its input. */
export type HostContext = FirstLineContext | SecondLineContext

/** A request as both lines know it. */
export interface HostRequest {
  /** The client as the server's own authentication knows it. */
  clientId: string | undefined
  signal: AbortSignal
  /** Undefined where the client asked for no progress. */
  progress: ((progress: Progress) => void) | undefined
  /** To be called before the answer: nothing may be said of progress after it. */
  end: () => void
}

interface Authenticated {
  clientId: string
}

interface RequestMeta {
  progressToken?: string | number
}

type Notify = (notification: { method: 'notifications/progress'; params: Record<string, unknown> }) => Promise<void>

/** Reads what both lines say of a request, each in its own words. */
export function requestOf(context: HostContext): HostRequest {
  const modern = 'mcpReq' in context
  const { signal, notify, _meta: meta } = modern ? context.mcpReq : { ...context, notify: context.sendNotification }
  const clientId = (modern ? context.http?.authInfo : context.authInfo)?.clientId
  const token = meta?.progressToken
  if (token === undefined) return { clientId, signal, progress: undefined, end: () => undefined }
  let [last, ended] = [0, false]
  return {
    clientId,
    signal,
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
