import { ToolError } from '@rackwarden/core'
import { access } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import type { Application } from '../../application.ts'
import { isRecord } from '../../json-rpc.ts'
import type { Terminal } from '../terminal.ts'
import { textOf } from '../settings/text-file.ts'
import { knownClients, type Client } from './client.ts'
import { openClient } from './registration.ts'

/** What is known of a client's settings. */
export interface ClientState {
  readonly client: Client
  readonly path: string
  /** True for settings of the project in the working directory. */
  readonly project: boolean
  /** Why they cannot be read. */
  readonly problem?: string
  /** The server in them that is this application. */
  readonly own?: OwnEntry
}

/** A server in a client's settings that leads here. */
export interface OwnEntry {
  /** Its name there. */
  readonly name: string
  /** The address it is reached at, where it is not started. */
  readonly url?: string
  /** A file it starts that is not there. */
  readonly absent?: string
}

/** Looks, without changing anything, at the settings of every client that has some, for what leads to this application. */
export async function clientStates(application: Application, url: string | undefined, terminal: Terminal): Promise<ClientState[]> {
  const places = knownClients(terminal.environment).flatMap((client) => [
    ...(client.userPath === undefined ? [] : [{ client, path: client.userPath, project: false }]),
    ...(client.projectPath === undefined ? [] : [{ client, path: join(terminal.directory, client.projectPath), project: true }]),
  ])
  const states = await Promise.all(places.map((place) => stateOf(place, application.name, url, terminal)))
  // In a home directory some of the two are one file.
  return states.filter(
    (state, index): state is ClientState => state !== undefined && states.findIndex((other) => other?.path === state.path) === index,
  )
}

async function stateOf(
  place: { client: Client; path: string; project: boolean },
  name: string,
  url: string | undefined,
  { directory, program = [] }: Terminal,
): Promise<ClientState | undefined> {
  const { client, path, project } = place
  try {
    if ((await textOf(path)) === undefined) return undefined
    const { servers, local } = await openClient(client, path, directory)
    const own = Object.entries({ ...local, ...servers }).find(([key, entry]) => key === name || leadsTo(entry, name, program[1] ?? '', url))
    if (own === undefined) return { client, path, project }
    const [key, entry] = own
    const address = addressOf(entry)
    const absent = await absentFile(entry)
    return {
      ...place,
      own: { name: key, ...(address === undefined ? {} : { url: address }), ...(absent === undefined ? {} : { absent }) },
    }
  } catch (error) {
    if (!ToolError.isInstance(error)) throw error
    return { client, path, project, problem: error.message }
  }
}

function leadsTo(entry: unknown, name: string, bin: string, url: string | undefined): boolean {
  const address = addressOf(entry)
  if (address !== undefined) return url !== undefined && `${address}/`.startsWith(`${url}/`)
  return wordsOf(entry).some((word) => word === name || (bin !== '' && word === bin))
}

/** The address of an entry, as each client writes it. */
function addressOf(entry: unknown): string | undefined {
  if (!isRecord(entry)) return undefined
  return [entry['url'], entry['httpUrl']].find((value) => typeof value === 'string' && URL.canParse(value)) as string | undefined
}

/** The words of the command an entry starts. */
function wordsOf(entry: unknown): string[] {
  if (!isRecord(entry)) return []
  const { command, args } = entry
  return [command, ...(Array.isArray(args) ? args : [])].filter((word) => typeof word === 'string')
}

async function absentFile(entry: unknown): Promise<string | undefined> {
  for (const word of wordsOf(entry)) if (isAbsolute(word) && /\.c?js$|^[^.]*$/.test(word) && !(await isThere(word))) return word
  return undefined
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
