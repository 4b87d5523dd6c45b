import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { parse, stringify } from 'yaml'
import { addressOf, openProcesses, type Processes } from '../rackwarden-process.ts'
import { realClients, type RealClient } from './real-clients.ts'

/** An entry of a hub's configuration, as far as tests write one. */
export type Entry = Record<string, unknown>

/** The built hub in a home of its own, whose foreign servers came from a client's settings. */
export interface RealHub {
  readonly processes: Processes
  readonly directory: string
  /** The entries under `upstreams` as they are written. */
  entries(): Record<string, Entry>
  /** Writes them otherwise, as an owner does with an editor. */
  change(edit: (entries: Record<string, Entry>) => void): void
  /** A client that starts the hub itself. */
  overStdio(client?: keyof typeof realClients, ...words: string[]): Promise<RealClient>
  /** A hub that listens, and its address. */
  serve(...words: string[]): Promise<string>
  close(): Promise<void>
}

const bin = fileURLToPath(new URL('../../dist/bin.cjs', import.meta.url))
const newest = 'the v2 client in the 2026 era'

/** What a hub is made with beside its servers. */
export interface RealHubOptions {
  /** Those that are accepted: all, unless told otherwise. */
  accepted?: string[]
  environment?: Record<string, string>
}

/** Takes servers over from a client's settings and accepts them, for one test. */
export async function realHub(mcpServers: Record<string, unknown>, options: RealHubOptions = {}): Promise<RealHub> {
  const hub = await openRealHub(mcpServers, options)
  onTestFinished(() => hub.close())
  return hub
}

/** The same for as long as it is not closed. */
export async function openRealHub(
  mcpServers: Record<string, unknown>,
  { accepted = Object.keys(mcpServers), environment = {} }: RealHubOptions = {},
): Promise<RealHub> {
  const settings = { RACKWARDEN_TIER: 'configure', ...environment }
  const processes = await openProcesses(settings)
  const { directory, stateDirectory } = processes
  const file = join(directory, 'rackwarden.yaml')
  const read = () => parse(readFileSync(file, 'utf8')) as { upstreams?: Record<string, Entry> }
  writeFileSync(file, stringify({ services: { docker: false } }))
  writeFileSync(join(directory, 'client.json'), JSON.stringify({ mcpServers }))
  if (Object.keys(mcpServers).length > 0) await succeeded(processes, 'upstreams', 'import', 'client.json')
  for (const name of accepted) await succeeded(processes, 'upstreams', 'accept', name, '--yes')
  return {
    processes,
    directory,
    entries: () => read().upstreams ?? {},
    change(edit) {
      const configuration = read()
      edit((configuration.upstreams ??= {}))
      writeFileSync(file, stringify(configuration))
    },
    overStdio: (client = newest, ...words) =>
      realClients[client]!({
        command: process.execPath,
        args: [bin, 'serve', ...words],
        cwd: directory,
        env: { PATH: process.env['PATH'] ?? '', HOME: directory, RACKWARDEN_STATE_DIR: stateDirectory, ...settings },
      }),
    serve: (...words) => addressOf(processes.start('serve', '--http', '127.0.0.1:0', ...words)),
    close: () => processes.close(),
  }
}

/** What a command of the hub printed; throws where it failed. */
export async function succeeded(processes: Processes, ...command: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await processes.rackwarden(...command)
  if (exitCode !== 0) throw new Error(`rackwarden ${command.join(' ')} ended with ${exitCode}:\n${stdout}\n${stderr}`)
  return `${stdout}\n${stderr}`
}

/** The token of a plan that a tool answered; an input before it may hold one of somebody else's. */
export function confirmIn(text: string): string {
  const [, token] = [...text.matchAll(/confirm['":= ]+([a-z0-9]{16})\b/gi)].at(-1) ?? []
  if (token === undefined) throw new Error(`There is no token in: ${text}`)
  return token
}
