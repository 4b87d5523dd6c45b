import { join } from 'node:path'
import { npmRelease, requireNpmRelease, type NpmRelease } from './npm-release.ts'

/** An MCP server of somebody else's, by the name of its component. */
export type McpServerName = 'server-filesystem' | 'server-everything' | 'kubernetes-mcp-server' | 'playwright-mcp'

/** How such a server is started over stdio, as a client's settings would have it. */
export interface McpServerProgram {
  readonly command: string
  readonly args: readonly string[]
}

const programs: Record<McpServerName, Pick<NpmRelease, 'package' | 'version'> & { file: string }> = {
  'server-filesystem': { package: '@modelcontextprotocol/server-filesystem', version: '2026.8.31', file: 'dist/index.js' },
  'server-everything': { package: '@modelcontextprotocol/server-everything', version: '2026.8.31', file: 'dist/index.js' },
  'kubernetes-mcp-server': { package: 'kubernetes-mcp-server', version: '0.0.67', file: 'bin/index.js' },
  'playwright-mcp': { package: '@playwright/mcp', version: '0.0.83', file: 'cli.js' },
}

function releaseOf(component: McpServerName): NpmRelease {
  const { package: name, version, file } = programs[component]
  // Each ends at once where its input does: with a complaint where it wants arguments, never for want of a part of it.
  const trial = `if node "node_modules/${name}/${file}" </dev/null 2>&1 | grep -E 'Cannot find|Error \\[ERR_|SyntaxError'; then exit 1; fi`
  return { component, package: name, version, trial }
}

/** Says why a server cannot run here, after trying to fetch it; undefined when it can. */
export function requireMcpServer(name: McpServerName): Promise<string | undefined> {
  return requireNpmRelease(releaseOf(name))
}

/** The program of a server, fetched on first use. */
export async function mcpServerProgram(name: McpServerName, ...args: string[]): Promise<McpServerProgram> {
  return { command: process.execPath, args: [join(await npmRelease(releaseOf(name)), programs[name].file), ...args] }
}
