import { nearestNames, ToolError, toolsetsOf } from '@rackwarden/core'
import { exposureOf, type Caller, type Exposure, type Surface, type View } from '@rackwarden/core/runtime'
import type { IncomingMessage } from 'node:http'

const parameters = ['expose', 'toolsets']

/**
 * The path as it was written, without what a proxy left in front of it: nothing in it is decoded or resolved, so that one
 * address has one spelling.
 */
export function pathBelow(base: string, request: IncomingMessage): string {
  const path = addressOf(request).replace(/[?#].*$/s, '') || '/'
  if (base === '' || (path !== base && !path.startsWith(`${base}/`))) return path
  return path.slice(base.length) || '/'
}

/** The service an address leads to: undefined for all of them, null where nothing is served there. */
export function serviceAt(pathname: string, { services }: Surface): string | undefined | null {
  const path = /^\/(?:mcp\/?)?$|^\/mcp\/([^/]+)$/.exec(pathname)
  if (path === null) return null
  const service = path[1]
  return service === undefined || services.includes(service) ? service : null
}

/** What an address shows a caller: of one service or all, with the exposure and the toolsets it asks for; throws `invalid_input`. */
export function viewAt(
  request: IncomingMessage,
  { service, caller, surface, exposure }: { service: string | undefined; caller: Caller; surface: Surface; exposure: Exposure },
): View {
  const written = /\?([^#]+)/.exec(addressOf(request))?.[1]
  const asked = written === undefined ? {} : askedIn(new URLSearchParams(written), service, surface)
  const { traceparent } = request.headers
  const trace = typeof traceparent === 'string' ? { trace: traceparent } : {}
  return { caller, ...(service === undefined ? {} : { service }), ...trace, exposure: caller.exposure ?? exposure, ...asked }
}

function askedIn(query: URLSearchParams, service: string | undefined, { services, toolsets: known = [] }: Surface): Partial<View> {
  for (const name of query.keys()) {
    // What a proxy adds is its own; what looks like one of ours was meant to be one.
    const [nearest] = parameters.includes(name) ? [] : nearestNames(name.slice(0, 40), parameters)
    if (nearest !== undefined)
      throw new ToolError('invalid_input', `An address has no parameter '${name.slice(0, 40)}'. Did you mean '${nearest}'?`, {
        hint: 'Its form is /mcp?expose=search&toolsets=docker.images.',
      })
    if (parameters.includes(name) && query.getAll(name).length > 1)
      throw new ToolError('invalid_input', `'${name}' stands in the address more than once.`, { hint: 'Separate names by commas.' })
  }
  const exposure = exposureOf(query.get('expose'), 'expose', 'invalid_input')
  const toolsets = query.get('toolsets')
  const meant = service ?? (services.length === 1 ? services[0] : undefined)
  return {
    ...(exposure === undefined ? {} : { exposure }),
    ...(toolsets === null ? {} : { toolsets: toolsetsOf(toolsets, known, meant, 'invalid_input') }),
  }
}

/** A proxy may send the whole address. */
function addressOf({ url = '/' }: IncomingMessage): string {
  return url.replace(/^https?:\/\/[^/?#]*/i, '')
}
