import { Server, type ServerCapabilities } from '@modelcontextprotocol/server'
import type { Log, Surface } from '@rackwarden/core/runtime'
import { offerCompletion } from './offers/completion.ts'
import { createGuard } from './offers/guard.ts'
import type { Viewer } from './offers/offer.ts'
import { offerPrompts } from './offers/prompts.ts'
import { createAsking } from './offers/questions.ts'
import { offerResources } from './offers/resources.ts'
import { offerTools, type ToolOptions } from './offers/tools.ts'

/** What every MCP server of a process is made from. */
export interface McpServerOptions extends ToolOptions {
  surface: Surface
  log: Log
}

/** Makes one MCP server for a viewer; free of side effects, for it is called per session, per request and twice on stdio. */
export type McpServerFactory = (viewer: Viewer) => Server

/** Prepares the making of MCP servers over a surface. */
export function mcpServers({ surface, log, ...tools }: McpServerOptions): McpServerFactory {
  const serverInfo = { name: surface.name, title: surface.title, version: surface.version }
  const [asking, guard] = [createAsking(), createGuard(log)]

  return (viewer) => {
    const server = new Server(serverInfo, {
      capabilities: capabilitiesOf(surface, viewer),
      instructions: surface.instructions(viewer.view),
    })
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the SDK's server has no events
    server.onerror = (error) => log('info', `protocol: ${error.message}`)
    const offer = { server, surface, viewer, asking, guard }
    offerTools(offer, tools)
    if (surface.resources !== undefined) offerResources(offer, surface.resources)
    if (surface.prompts !== undefined) offerPrompts(offer, surface.prompts)
    if (surface.complete !== undefined) offerCompletion(offer, surface.complete)
    return server
  }
}

function capabilitiesOf({ resources, prompts, complete, logs, watch }: Surface, { stays }: Viewer): ServerCapabilities {
  const changes = watch === undefined ? {} : { listChanged: true }
  const subscribe = resources?.watch !== undefined && stays === true ? { subscribe: true } : {}
  return {
    tools: changes,
    ...(resources === undefined ? {} : { resources: { ...subscribe, ...changes } }),
    ...(prompts === undefined ? {} : { prompts: changes }),
    ...(complete === undefined ? {} : { completions: {} }),
    ...(logs === true ? { logging: {} } : {}),
  }
}
