import { ToolError } from '@rackwarden/core'
import type { Runtime } from '@rackwarden/core/runtime'
import type { Application } from '../../application.ts'
import { clientOf, knownClients, type Client } from '../connect/client.ts'
import { clientEntry } from '../connect/program-entry.ts'
import { shownEntry, writeClient } from '../connect/write-client.ts'
import { exitCodes } from '../failure.ts'
import type { Terminal } from '../terminal.ts'
import { isAsking, type Asking } from './questions.ts'

/** What the clients are told of. */
export interface ClientsOptions {
  /** Clients to write to; undefined where none was named. */
  clients: readonly Client[] | undefined
  /** True where nothing may be written. */
  printOnly: boolean
  /** Path of the configuration that is to be read; none where there is no file. */
  configuration: string | undefined
}

/** Writes the entry into the clients that were named, and shows it where none was; says whether all of it worked. */
export async function connectClients(
  { name }: Application,
  { clients: named, printOnly, configuration }: ClientsOptions,
  runtime: Runtime,
  terminal: Terminal,
): Promise<boolean> {
  const server = clientEntry(name, { configuration }, terminal)
  const clients = printOnly ? [] : (named ?? (isAsking(terminal) ? await askClients(terminal) : []))
  if (clients.length === 0) {
    const shown = await shownEntry(clientOf('json', terminal.environment, terminal.directory), name, server)
    terminal.print(`\nFor a client that reads mcpServers:\n${shown}\n'${name} connect <client>' writes it into a client's settings.`)
  }
  let ended: number = exitCodes.ok
  for (const client of clients) {
    const { userPath: path = '' } = client
    try {
      const code = await writeClient({ client, path, name, server, agreed: true, shared: false }, runtime, terminal)
      if (code !== exitCodes.ok) ended = code
    } catch (error) {
      if (!ToolError.isInstance(error)) throw error
      terminal.complain(`${client.title}: ${error.message} ${error.hint ?? ''}\n${await shownEntry(client, name, server)}`)
      ended = exitCodes.failed
    }
  }
  return ended === exitCodes.ok
}

/** The client that was named, where there is a file to write into. */
export function namedClient(text: string, { environment, directory }: Pick<Terminal, 'environment' | 'directory'>): Client {
  const client = clientOf(text, environment, directory)
  if (client.userPath !== undefined) return client
  throw new ToolError('invalid_input', `'${text}' is only shown, and that it is anyway`, { hint: 'Give the path of a JSON file instead.' })
}

async function askClients(terminal: Asking): Promise<Client[]> {
  const names = knownClients(terminal.environment).flatMap(({ name, userPath }) => (userPath === undefined ? [] : [name]))
  for (;;) {
    const answer = (
      await terminal.ask(`Write it into a client's configuration? ${names.join(', ')}, the path of a JSON file, or none [none]: `)
    ).trim()
    if (answer === '' || answer === 'none') return []
    try {
      return answer.split(/[\s,]+/).map((text) => namedClient(text, terminal))
    } catch (error) {
      if (!ToolError.isInstance(error)) throw error
      terminal.complain(`${error.message}. ${error.hint ?? ''}`)
    }
  }
}
