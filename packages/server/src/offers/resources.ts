import {
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  type ReadResourceResult,
  type Resource,
  type ResourceTemplateType,
} from '@modelcontextprotocol/server'
import type { Resources } from '@rackwarden/core/runtime'
import type { Offer } from './offer.ts'

/** One client is told of changes of so many resources. */
const mostWatched = 100

/** Lists and reads what a surface lets be read, and tells a client that stays of changes. */
export function offerResources({ server, viewer, guard }: Omit<Offer, 'surface'>, resources: Resources): void {
  server.setRequestHandler('resources/list', async () => ({
    resources: [...(await guard('list of resources', async () => resources.list(viewer.view)))] as Resource[],
  }))
  server.setRequestHandler('resources/templates/list', async () => ({
    resourceTemplates: [
      ...(await guard('list of resource templates', async () => resources.templates(viewer.view))),
    ] as ResourceTemplateType[],
  }))
  server.setRequestHandler('resources/read', async ({ params: { uri } }, context) => {
    const contents = await guard(`resource ${uri}`, () => resources.read({ ...viewer.view, uri, signal: context.mcpReq.signal }))
    if (contents === undefined) throw new ResourceNotFoundError(uri)
    return { contents: contents as ReadResourceResult['contents'] }
  })
  if (resources.watch !== undefined && viewer.stays === true) offerWatches({ server, viewer }, resources.watch)
}

function offerWatches({ server, viewer }: Pick<Offer, 'server' | 'viewer'>, watch: Required<Resources>['watch']): void {
  const watches = new Map<string, () => void>()
  server.setRequestHandler('resources/subscribe', ({ params: { uri } }) => {
    if (watches.has(uri)) return {}
    if (watches.size >= mostWatched)
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, `One client is told of at most ${mostWatched} resources.`)
    const changed = () => void server.sendResourceUpdated({ uri }).catch(() => undefined)
    watches.set(uri, watch({ ...viewer.view, uri }, changed))
    return {}
  })
  server.setRequestHandler('resources/unsubscribe', ({ params: { uri } }) => {
    watches.get(uri)?.()
    watches.delete(uri)
    return {}
  })
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the SDK's server has no events
  server.onclose = () => {
    for (const stop of watches.values()) stop()
    watches.clear()
  }
}
