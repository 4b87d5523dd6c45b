import { isAbsolute, join, resolve } from 'node:path'
import { ToolError } from '@rackwarden/core'
import { homeDirectory, type Environment } from '@rackwarden/core/runtime'
import type { SettingsFormat } from '../settings/settings-format.ts'

/** How a client comes to a server: by starting a program, or at an address with a token out of a variable. */
export type ServerEntry =
  | { kind: 'program'; command: string; args: readonly string[] }
  | { kind: 'address'; url: string; tokenVariable?: string }

/** One MCP client whose settings are known. */
export interface Client {
  readonly name: string
  readonly title: string
  readonly format: SettingsFormat
  /** Where the servers stand in its settings. */
  readonly key: string
  /** This user's settings; undefined where they are only shown. */
  readonly userPath: string | undefined
  /** Settings of a project, below its directory; undefined where it has none. */
  readonly projectPath?: string
  /** What stands there for a server; throws where the client cannot have it. */
  entry(name: string, server: ServerEntry): Readonly<Record<string, unknown>>
  /** What it asks the person for, beside the servers. */
  inputs?(name: string, server: ServerEntry): readonly ClientInput[]
  /** What has to be done for it to notice. */
  readonly afterwards: string
}

/** A value VS Code asks for once and keeps to itself. */
export interface ClientInput {
  readonly id: string
  readonly [field: string]: unknown
}

/** Every key an entry of ours may have; what else somebody put there stays. */
export const entryKeys = ['type', 'command', 'args', 'url', 'httpUrl', 'headers', 'bearer_token_env_var']

const bearer = (token: string | undefined) => (token === undefined ? {} : { headers: { Authorization: `Bearer ${token}` } })

const started = ({ command, args }: { command: string; args: readonly string[] }) => ({ command, args: [...args] })

/** As most clients have it; the token as each writes a variable of the environment. */
const common =
  (address: (url: string) => Record<string, unknown>, variable: (name: string) => string): Client['entry'] =>
  (_, server) =>
    server.kind === 'program'
      ? started(server)
      : { ...address(server.url), ...bearer(server.tokenVariable === undefined ? undefined : variable(server.tokenVariable)) }

/** The clients that are known, and where this user's settings would be. */
export function knownClients(environment: Environment, platform = process.platform): readonly Client[] {
  const { CLAUDE_CONFIG_DIR: claude = '', CODEX_HOME: codex = '' } = environment
  const home = homeDirectory(environment)
  const programs = programData(environment, home, platform)
  return [
    {
      name: 'claude-code',
      title: 'Claude Code',
      format: 'json',
      key: 'mcpServers',
      userPath: join(isAbsolute(claude) ? claude : home, '.claude.json'),
      projectPath: '.mcp.json',
      entry: common(
        (url) => ({ type: 'http', url }),
        (name) => `\${${name}}`,
      ),
      afterwards: 'It reads it when it starts.',
    },
    {
      name: 'claude-desktop',
      title: 'Claude Desktop',
      format: 'json',
      key: 'mcpServers',
      userPath: join(programs, 'Claude', 'claude_desktop_config.json'),
      entry(_, server) {
        if (server.kind === 'program') return started(server)
        throw new ToolError('invalid_input', 'Claude Desktop only starts programs, and knows no addresses in its file', {
          hint: 'Leave out --http, so that it starts this one; docs/connect.md shows a bridge to a server elsewhere.',
        })
      },
      afterwards: 'Restart it.',
    },
    {
      name: 'vscode',
      title: 'VS Code',
      format: 'jsonc',
      key: 'servers',
      userPath: join(programs, 'Code', 'User', 'mcp.json'),
      projectPath: join('.vscode', 'mcp.json'),
      entry: (name, server) =>
        server.kind === 'program'
          ? { type: 'stdio', ...started(server) }
          : { type: 'http', url: server.url, ...bearer(server.tokenVariable === undefined ? undefined : `\${input:${name}-token}`) },
      inputs: (name, server) =>
        server.kind === 'address' && server.tokenVariable !== undefined
          ? [{ type: 'promptString', id: `${name}-token`, description: `Bearer token of ${name}`, password: true }]
          : [],
      afterwards: "Start it there with the command 'MCP: List Servers'.",
    },
    {
      name: 'cursor',
      title: 'Cursor',
      format: 'jsonc',
      key: 'mcpServers',
      userPath: join(home, '.cursor', 'mcp.json'),
      projectPath: join('.cursor', 'mcp.json'),
      entry: common(
        (url) => ({ url }),
        (name) => `\${env:${name}}`,
      ),
      afterwards: 'Switch it on in its settings, under MCP.',
    },
    {
      name: 'codex',
      title: 'Codex',
      format: 'toml',
      key: 'mcp_servers',
      userPath: join(isAbsolute(codex) ? codex : join(home, '.codex'), 'config.toml'),
      projectPath: join('.codex', 'config.toml'),
      entry: (_, server) =>
        server.kind === 'program'
          ? started(server)
          : { url: server.url, ...(server.tokenVariable === undefined ? {} : { bearer_token_env_var: server.tokenVariable }) },
      afterwards: 'It reads it when it starts, that of a project once it is trusted.',
    },
    {
      name: 'gemini',
      title: 'Gemini CLI',
      format: 'jsonc',
      key: 'mcpServers',
      userPath: join(home, '.gemini', 'settings.json'),
      projectPath: join('.gemini', 'settings.json'),
      entry: common(
        (url) => ({ httpUrl: url }),
        (name) => `\${${name}}`,
      ),
      afterwards: 'It reads it when it starts.',
    },
    jsonClient('json', undefined),
  ]
}

/** The client of a name, or of the path of its JSON file. */
export function clientOf(text: string, environment: Environment, directory: string): Client {
  const clients = knownClients(environment)
  const found = clients.find(({ name }) => name === text)
  if (found !== undefined) return found
  if (text.endsWith('.json')) return jsonClient(text, resolve(directory, text))
  throw new ToolError('invalid_input', `'${text}' is no client that is known here`, {
    hint: `The clients are ${clients.map(({ name }) => name).join(', ')}; for any other, give the path of its JSON file.`,
  })
}

/** Any other client that reads `mcpServers`. */
function jsonClient(name: string, userPath: string | undefined): Client {
  const entry = common(
    (url) => ({ type: 'http', url }),
    (variable) => `\${${variable}}`,
  )
  return { name, title: name, format: 'jsonc', key: 'mcpServers', userPath, entry, afterwards: 'Restart the client.' }
}

/** Where applications with windows keep the settings of a user. */
function programData({ XDG_CONFIG_HOME: configured = '', APPDATA: roaming }: Environment, home: string, platform: string): string {
  if (platform === 'darwin') return join(home, 'Library', 'Application Support')
  if (platform === 'win32') return roaming ?? home
  return isAbsolute(configured) ? configured : join(home, '.config')
}
