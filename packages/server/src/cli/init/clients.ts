import { ToolError } from '@rackwarden/core'
import type { Application } from '../../application.ts'
import type { Terminal } from '../terminal.ts'
import { clientEntry } from './client-entry.ts'
import { clientOf, knownClients, register, shownEntry, type Client, type ServerEntry } from './client-file.ts'
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
export async function connectClients({ name }: Application, options: ClientsOptions, terminal: Terminal): Promise<boolean> {
  const entry = clientEntry(name, options.configuration, terminal)
  const clients = options.printOnly ? [] : (options.clients ?? (isAsking(terminal) ? await askClients(terminal) : []))
  if (clients.length === 0) {
    terminal.print(`\nFor a client that reads mcpServers:\n${shownEntry(name, entry)}`)
    terminal.print(`Claude Code: claude mcp add ${name} -- ${[entry.command, ...entry.args].join(' ')}`)
  }
  const done = []
  for (const client of clients) done.push(await write(client, name, entry, terminal))
  return done.every(Boolean)
}

async function write(client: Client, name: string, entry: ServerEntry, terminal: Terminal): Promise<boolean> {
  try {
    const written = await register(client, name, entry)
    if (written === undefined) terminal.print(`${client.title}: ${client.path} has this entry already.`)
    else {
      const before = written.backup === undefined ? '' : `; what it was is in ${written.backup}`
      terminal.print(`${client.title}: wrote ${client.path}${before}. Restart it.`)
    }
    return true
  } catch (error) {
    if (!ToolError.isInstance(error)) throw error
    terminal.complain(`${client.title}: ${error.message} ${error.hint ?? ''}\n${shownEntry(name, entry)}`)
    return false
  }
}

async function askClients(terminal: Asking): Promise<Client[]> {
  const { environment, directory } = terminal
  const names = knownClients(environment).map(({ name }) => name)
  for (;;) {
    const answer = (
      await terminal.ask(`Write it into a client's configuration? ${names.join(', ')}, the path of a JSON file, or none [none]: `)
    ).trim()
    if (answer === '' || answer === 'none') return []
    try {
      return answer.split(/[\s,]+/).map((text) => clientOf(text, environment, directory))
    } catch (error) {
      if (!ToolError.isInstance(error)) throw error
      terminal.complain(`${error.message}. ${error.hint ?? ''}`)
    }
  }
}
