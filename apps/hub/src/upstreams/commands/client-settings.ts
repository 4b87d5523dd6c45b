import { ToolError } from '@rackwarden/core'
import { readSettings } from '@rackwarden/server/cli'
import { isRecord } from '../definitions.ts'

/** A server as some client's settings describe it. */
export interface ClientServer {
  readonly name: string
  readonly entry: Readonly<Record<string, unknown>>
}

/** Where clients keep their servers, from the top of the file. */
const places = [['mcpServers'], ['servers'], ['mcp', 'servers'], ['mcp_servers'], ['context_servers']] as const

/** Reads the servers of a client's settings: JSON with or without comments, or TOML. */
export async function clientServers(path: string, text: string): Promise<ClientServer[]> {
  const data = await readSettings(text, path.endsWith('.toml') ? 'toml' : 'jsonc', path)
  const projects = isRecord(data['projects']) ? Object.values(data['projects']) : []
  const found = [data, ...projects].flatMap((part) => places.flatMap((place) => serversAt(part, place)))
  const unique = new Map<string, ClientServer>()
  for (const server of found) if (!unique.has(server.name)) unique.set(server.name, server)
  if (unique.size === 0)
    throw new ToolError('invalid_input', `${path} names no MCP servers.`, {
      hint: 'They are looked for under mcpServers, servers, mcp.servers, mcp_servers and context_servers.',
    })
  return [...unique.values()]
}

function serversAt(part: unknown, place: readonly string[]): ClientServer[] {
  let at: unknown = part
  for (const key of place) at = isRecord(at) ? at[key] : undefined
  if (!isRecord(at)) return []
  return Object.entries(at).flatMap(([name, entry]) => (isRecord(entry) ? [{ name, entry }] : []))
}
