import type { Server } from '@modelcontextprotocol/server'
import type { Surface, ToolListing, View } from '@rackwarden/core/runtime'
import type { Guard } from './guard.ts'
import type { Asking } from './questions.ts'

/** Who looks at the surface, as of now: a session's caller may be given other rights meanwhile. */
export interface Viewer {
  view: View
  /** Whether the client stays connected, so that it can be told of changes. */
  readonly stays?: boolean
  /** Takes a list of tools that is written elsewhere, and gives what stands in its place meanwhile. */
  readonly standIn?: (tools: readonly ToolListing[]) => readonly ToolListing[]
}

/** What every part of a server is made from. */
export interface Offer {
  server: Server
  surface: Surface
  viewer: Viewer
  asking: Asking
  guard: Guard
}
