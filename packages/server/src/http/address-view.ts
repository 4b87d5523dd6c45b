import { nearestNames, ToolError, toolsetsOf } from '@rackwarden/core'
import { exposureOf, type Caller, type Exposure, type Surface, type View } from '@rackwarden/core/runtime'
import type { IncomingMessage } from 'node:http'

const parameters = ['expose', 'toolsets']

/** The path as it was written: nothing in it is decoded or resolved, so that one address has one spelling. */
export function pathOf(request: IncomingMessage): string {
  return addressOf(request).replace(/[?#].*$/s, '') || '/'
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
  const query = new URLSearchParams(/\?([^#]*)/.exec(addressOf(request))?.[1] ?? '')
  for (const name of query.keys()) {
    const [meant] = parameters.includes(name) ? [] : nearestNames(name, parameters)
    // What others put into an address, a proxy say, is none of ours; a slip is.
    if (meant !== undefined)
      throw new ToolError('invalid_input', `An address has no parameter '${name.slice(0, 40)}'; '${meant}' is one.`, {
        hint: `It may have ${parameters.join(' and ')}, as in /mcp?expose=search&toolsets=docker.images.`,
      })
    if (query.getAll(name).length > 1)
      throw new ToolError('invalid_input', `'${name}' stands in the address more than once.`, { hint: 'Separate names by commas.' })
  }
  const toolsets = query.get('toolsets')
  const meant = service ?? (surface.services.length === 1 ? surface.services[0] : undefined)
  const { traceparent } = request.headers
  return {
    caller,
    ...(typeof traceparent === 'string' ? { trace: traceparent } : {}),
    exposure: exposureOf(query.get('expose'), 'expose', 'invalid_input') ?? caller.exposure ?? exposure,
    ...(service === undefined ? {} : { service }),
    ...(toolsets === null ? {} : { toolsets: toolsetsOf(toolsets, surface.toolsets ?? [], meant, 'invalid_input') }),
  }
}

/** A proxy may send the whole address. */
function addressOf({ url = '/' }: IncomingMessage): string {
  return url.replace(/^https?:\/\/[^/?#]*/i, '')
}
