import { ToolError } from '@rackwarden/core'
import type { Runtime } from '@rackwarden/core/runtime'
import { exitCodes } from '../failure.ts'
import { agreed, differences, writeSettings } from '../settings/settings-file.ts'
import { changeSettings } from '../settings/settings-format.ts'
import type { Terminal } from '../terminal.ts'
import type { Client, ServerEntry } from './client.ts'
import { connectionRecords, digestOf, entryDigest } from './record.ts'
import { openClient } from './registration.ts'

/** One server in one client's settings, and how it is to be. */
export interface Writing {
  client: Client
  path: string
  name: string
  /** How the client comes to it; undefined to take it out. */
  server: ServerEntry | undefined
  /** True where whoever called has agreed already. */
  agreed: boolean
  /** True for settings of a project, which others read too. */
  shared: boolean
}

/** Puts a server into a client's settings, or takes it out, after showing what changes; says how it ended. */
export async function writeClient({ client, path, name, server, ...how }: Writing, runtime: Runtime, terminal: Terminal): Promise<number> {
  const settings = await openClient(client, path)
  const { file } = settings
  const text = await settings.withServer(name, server)
  if (text === (file.text ?? '')) {
    terminal.print(`${client.title}: ${path} ${server === undefined ? `has no '${name}'` : 'has this entry already'}.`)
    return exitCodes.ok
  }
  terminal.print(`${client.title}: ${path}\n${await differences(file.text ?? '', text)}`)
  if (!how.agreed && !(await agreed(terminal))) {
    terminal.print('Nothing was written.')
    return exitCodes.failed
  }
  const { backup } = await writeSettings(file, text, how.shared ? 0o644 : 0o600)
  const entry = entryDigest((await openClient(client, path)).registration(name))
  const record = { text: digestOf(text), ...(backup === undefined ? {} : { backup }), ...(entry === undefined ? {} : { entry }) }
  await connectionRecords(runtime, path, name)
    .write(record)
    .catch((error: unknown) => {
      if (!ToolError.isInstance(error)) throw error
      terminal.complain(`What was there cannot be put back by --undo: ${error.message}`)
    })
  terminal.print(`${client.title}: wrote ${path}${backup === undefined ? '' : `; what it was is in ${backup}`}. ${client.afterwards}`)
  return exitCodes.ok
}

/** The text a client's settings would have with nothing else in them. */
export async function shownEntry(client: Client, name: string, server: ServerEntry): Promise<string> {
  const whole = { [client.key]: { [name]: client.entry(name, server) } }
  const inputs = client.inputs?.(name, server) ?? []
  if (client.format !== 'toml') return JSON.stringify(inputs.length === 0 ? whole : { ...whole, inputs }, null, 2)
  const text = await changeSettings('', 'toml', { at: [client.key, name], value: client.entry(name, server) }, 'settings')
  return text.trimEnd()
}
