import { join, resolve } from 'node:path'
import { ToolError } from '@rackwarden/core'
import { homeDirectory, type Environment } from '@rackwarden/core/runtime'
import { isRecord } from '../../json-rpc.ts'
import { readJsonFile, writeJsonFile } from '../json-file.ts'

/** One MCP client whose configuration file is known. */
export interface Client {
  name: string
  title: string
  path: string
}

/** How a client starts this program. */
export interface ServerEntry {
  command: string
  args: readonly string[]
}

/** The clients whose files are known, and where this user's would be. */
export function knownClients(environment: Environment): readonly Client[] {
  const { XDG_CONFIG_HOME: configured, APPDATA: roaming } = environment
  const home = homeDirectory(environment)
  const desktop =
    process.platform === 'darwin'
      ? join(home, 'Library/Application Support/Claude')
      : process.platform === 'win32'
        ? join(roaming ?? home, 'Claude')
        : join(configured || join(home, '.config'), 'Claude')
  return [
    { name: 'claude-desktop', title: 'Claude Desktop', path: join(desktop, 'claude_desktop_config.json') },
    { name: 'claude-code', title: 'Claude Code', path: join(home, '.claude.json') },
    { name: 'cursor', title: 'Cursor', path: join(home, '.cursor', 'mcp.json') },
  ]
}

/** The client of a name, or of the path of its JSON file. */
export function clientOf(text: string, environment: Environment, directory: string): Client {
  const clients = knownClients(environment)
  const found = clients.find(({ name }) => name === text)
  if (found !== undefined) return found
  if (text.endsWith('.json')) return { name: text, title: text, path: resolve(directory, text) }
  throw new ToolError('invalid_input', `'${text}' is no client that is known here`, {
    hint: `The clients are ${clients.map(({ name }) => name).join(', ')}; for any other, give the path of its JSON file.`,
  })
}

/** The servers a client's file names; throws where it is not such a file. */
export async function serversOf({ path }: Client, directory?: string): Promise<Record<string, unknown> | undefined> {
  const { text, data } = await readJsonFile(path)
  if (text === undefined) return undefined
  const projects = isRecord(data['projects']) && directory !== undefined ? data['projects'][directory] : undefined
  const own = isRecord(projects) && isRecord(projects['mcpServers']) ? projects['mcpServers'] : {}
  return { ...own, ...(isRecord(data['mcpServers']) ? data['mcpServers'] : {}) }
}

/** Adds a server to a client's file, leaving everything else, and a copy of what it was; says where, or nothing where it was there. */
export async function register(client: Client, name: string, entry: ServerEntry): Promise<{ backup?: string } | undefined> {
  const file = await readJsonFile(client.path)
  const { data } = file
  const servers = isRecord(data['mcpServers']) ? data['mcpServers'] : {}
  const before = servers[name]
  // What somebody added to the entry, such as variables, stays.
  const after = { ...(isRecord(before) ? before : {}), ...entry }
  if (JSON.stringify(before) === JSON.stringify(after)) return undefined
  return writeJsonFile(file, { ...data, mcpServers: { ...servers, [name]: after } })
}

/** The entry every client understands, to be put where it is wanted. */
export function shownEntry(name: string, entry: ServerEntry): string {
  return JSON.stringify({ mcpServers: { [name]: entry } }, null, 2)
}
