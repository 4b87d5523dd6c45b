import { ProtocolError, ProtocolErrorCode, Server, type ServerContext, type Tool } from '@modelcontextprotocol/server'
import type { CallResult, Log, Progress, Surface, View } from '@rackwarden/core/runtime'
import type { Activity } from './activity.ts'
import { toolResultOf, type ResultForm } from './tool-results.ts'

/** What every MCP server of a process is made from. */
export interface McpServerOptions {
  surface: Surface
  results: ResultForm
  activity: Activity
  /** Told of every result. */
  observe?: (kind: CallResult['kind']) => void
  log: Log
}

/** Who looks at the surface, as of now: a session's caller may be given other rights meanwhile. */
export interface Viewer {
  view: View
}

/** Makes one MCP server for a viewer; free of side effects, for it is called per session, per request and twice on stdio. */
export type McpServerFactory = (viewer: Viewer) => Server

/** Prepares the making of MCP servers over a surface. */
export function mcpServers({ surface, results, activity, observe, log }: McpServerOptions): McpServerFactory {
  const structured = results === 'structured'
  const serverInfo = { name: surface.name, title: surface.title, version: surface.version }

  return (viewer) => {
    const server = new Server(serverInfo, { capabilities: { tools: {} }, instructions: surface.instructions(viewer.view) })
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the SDK's server has no events
    server.onerror = (error) => log('info', `protocol: ${error.message}`)
    server.setRequestHandler('tools/list', () => ({ tools: surface.list(viewer.view, { structured }) as unknown as Tool[] }))
    server.setRequestHandler('tools/call', async (request, context) => {
      const { name, arguments: input = {} } = request.params
      const progress = progressTo(context)
      try {
        const call = surface.call({ ...viewer.view, name, input, signal: context.mcpReq.signal, ...progress.option })
        const result = await activity.track(call)
        observe?.(result.kind)
        return toolResultOf(result, results)
      } catch (error) {
        log('error', `${name}: ${error instanceof Error ? error.message : String(error)}`)
        throw new ProtocolError(ProtocolErrorCode.InternalError, 'The call failed inside the server; its log says why.')
      } finally {
        progress.end()
      }
    })
    return server
  }
}

/** Progress a client asked for is sent with numbers that only grow, and not after the answer. */
function progressTo(context: ServerContext): { option: { progress?: (progress: Progress) => void }; end: () => void } {
  const { _meta: meta, signal } = context.mcpReq
  const token = meta?.progressToken
  if (token === undefined) return { option: {}, end: () => undefined }
  let [last, ended] = [0, false]
  const progress = ({ message, done, total }: Progress) => {
    const reached = done ?? last + 1
    if (ended || signal.aborted || (reached <= last && last > 0)) return
    last = reached
    const params = { progressToken: token, progress: reached, message, ...(total === undefined ? {} : { total }) }
    context.mcpReq.notify({ method: 'notifications/progress', params }).catch(() => undefined)
  }
  return {
    option: { progress },
    end: () => {
      ended = true
    },
  }
}
