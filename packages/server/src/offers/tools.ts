import { isInputRequiredResult, ProtocolError, type CallToolResult, type ServerContext, type Tool } from '@modelcontextprotocol/server'
import { toolResultOf, type CallRequest, type Progress, type Respondent, type ResultForm } from '@rackwarden/core/runtime'
import type { Activity } from '../activity.ts'
import type { Offer } from './offer.ts'

/** How calls are answered and counted. */
export interface ToolOptions {
  results: ResultForm
  activity: Activity
}

/** Lists and calls the tools of a surface. */
export function offerTools({ server, surface, viewer, asking, guard }: Offer, { results, activity }: ToolOptions): void {
  const structured = results === 'structured'
  server.setRequestHandler('tools/list', () => {
    const tools = surface.list(viewer.view, { structured })
    return { tools: (viewer.standIn?.(tools) ?? tools) as unknown as Tool[] }
  })
  server.setRequestHandler('tools/call', async ({ params: { name, arguments: input = {} } }, context) => {
    const { view } = viewer
    const asked = { method: 'tools/call', name, input }
    const progress = progressTo(context)
    const request = { ...view, name, input, signal: context.mcpReq.signal, ...progress.option, ...logTo(context), ...traceOf(context) }
    try {
      const work = async (client: Respondent) => {
        return guard(name, () => activity.track(surface.call({ ...request, client })))
      }
      const waiting = () => progress.option.progress?.({ message: 'a person is being asked' })
      const result = await asking.converse({ server, context, view, request: asked, work, waiting })
      return isInputRequiredResult(result) ? result : (toolResultOf(result, results) as CallToolResult)
    } catch (error) {
      // Answers with a state we never gave are somebody's attempt to agree in the place of a person.
      if (error instanceof ProtocolError) surface.refused?.(request, error.message)
      throw error
    } finally {
      progress.end()
    }
  })

  function logTo(context: ServerContext): Pick<CallRequest, 'log'> {
    if (surface.logs !== true) return {}
    return { log: ({ level, data, logger }) => void context.mcpReq.log(level, data, logger).catch(() => undefined) }
  }
}

/** The trace a client says its request belongs to; what it says of it in the protocol counts more than what its transport says. */
function traceOf({ mcpReq: { _meta: meta = {} } }: ServerContext): Pick<CallRequest, 'trace'> {
  const { traceparent: trace } = meta as Readonly<Record<string, unknown>>
  return typeof trace === 'string' ? { trace } : {}
}

/** Progress a client asked for is sent with numbers that only grow, and not after the answer. */
function progressTo(context: ServerContext): { option: { progress?: (progress: Progress) => void }; end: () => void } {
  const { _meta: meta, signal } = context.mcpReq
  const token = meta?.progressToken
  if (token === undefined) return { option: {}, end: () => undefined }
  let [last, ended] = [0, false]
  const isHeard = createPace()
  const progress = ({ message, done, total }: Progress) => {
    const reached = done ?? last + 1
    if (ended || signal.aborted || (reached <= last && last > 0) || !isHeard()) return
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

/** Signs of progress that are sent at once, and how many more each second: nobody reads faster, and a client may not read at all. */
const [signsAtOnce, signsASecond] = [50, 10]

function createPace(): () => boolean {
  let [left, at] = [signsAtOnce, performance.now()]
  return () => {
    const now = performance.now()
    left = Math.min(signsAtOnce, left + ((now - at) * signsASecond) / 1_000)
    at = now
    if (left < 1) return false
    left -= 1
    return true
  }
}
