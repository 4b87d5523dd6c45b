import { ToolError } from '@rackwarden/core'
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
  const data = path.endsWith('.toml') ? await tomlIn(path, text) : await jsonIn(path, text)
  if (!isRecord(data)) throw unreadable(path, 'it holds no object')
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

async function jsonIn(path: string, text: string): Promise<unknown> {
  const { default: strip } = await import('strip-json-comments')
  const plain = strip(text.replace(/^\uFEFF/, ''), { trailingCommas: true })
  try {
    return JSON.parse(plain)
  } catch (error) {
    // The message quotes the file, where tokens may stand.
    const [, position] = /position (\d+)/.exec(String(error)) ?? []
    const line = position === undefined ? '' : ` (line ${plain.slice(0, Number(position)).split('\n').length})`
    throw unreadable(path, `it is not JSON${line}`)
  }
}

async function tomlIn(path: string, text: string): Promise<unknown> {
  const { parse } = await import('smol-toml')
  try {
    return parse(text)
  } catch (error) {
    throw unreadable(path, `line ${(error as { line?: number }).line ?? '?'} is not TOML`)
  }
}

function unreadable(path: string, why: string): ToolError {
  return new ToolError('invalid_input', `${path}: ${why}.`, {
    hint: 'Name the settings file of a client, or one that holds {"mcpServers": {…}}.',
  })
}
