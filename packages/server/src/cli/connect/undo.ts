import { rm } from 'node:fs/promises'
import { ToolError } from '@rackwarden/core'
import type { Runtime } from '@rackwarden/core/runtime'
import { exitCodes } from '../failure.ts'
import { agreed, differences, writeSettings } from '../settings/settings-file.ts'
import type { Terminal } from '../terminal.ts'
import { textOf } from '../settings/text-file.ts'
import { connectionRecords, digestOf, entryDigest, type ConnectionRecord } from './record.ts'
import { openClient, type ClientSettings } from './registration.ts'
import type { Writing } from './write-client.ts'

/**
 * Puts back what a client's settings were before they were last written to: the whole file where nobody changed it since,
 * else the server alone, and nothing where somebody changed that.
 */
export async function undoClient(
  { client, path, name, ...how }: Omit<Writing, 'server' | 'shared'>,
  runtime: Runtime,
  terminal: Terminal,
): Promise<number> {
  const records = connectionRecords(runtime, path, name)
  const record = await records.read()
  if (record === undefined) {
    terminal.complain(`${client.title}: nothing of '${name}' was written into ${path} from here, so there is nothing to put back.`)
    return exitCodes.failed
  }
  const before = record.backup === undefined ? '' : await copyIn(record.backup)
  const isAsWritten = digestOf((await textOf(path)) ?? '') === record.text
  // What is put back whole need not be read by anybody.
  const settings = isAsWritten ? undefined : await openClient(client, path)
  const file = settings?.file ?? { path, text: await textOf(path) }
  const text = settings === undefined ? before : await onlyServer(settings, { client, name, path }, record)
  terminal.print(`${client.title}: ${path}\n${await differences(file.text ?? '', text)}`)
  if (settings !== undefined) terminal.print(`Somebody changed the file since; only '${name}' is put back.`)
  if (!how.agreed && !(await agreed(terminal))) {
    terminal.print('Nothing was written.')
    return exitCodes.failed
  }
  if (isAsWritten && record.backup === undefined) await rm(path)
  else {
    const { backup } = await writeSettings(file, text)
    // It holds what was taken back, and nothing else.
    if (isAsWritten && backup !== undefined) await rm(backup)
  }
  if (isAsWritten && record.backup !== undefined) await rm(record.backup, { force: true })
  await records.remove()
  const what = isAsWritten ? `${path} is ${record.backup === undefined ? 'gone again' : 'as it was'}` : `'${name}' in ${path} is as it was`
  terminal.print(`${client.title}: ${what}.`)
  return exitCodes.ok
}

/** The text with the server as it was before, where what stands there is what was written. */
async function onlyServer(
  settings: ClientSettings,
  { client, name, path }: Pick<Writing, 'client' | 'name' | 'path'>,
  record: ConnectionRecord,
): Promise<string> {
  if (entryDigest(settings.registration(name)) !== record.entry)
    throw new ToolError('conflict', `Somebody changed '${name}' in ${path} since it was written, and it was left as it is.`, {
      hint: `--remove takes it out${record.backup === undefined ? '' : `; what the file was is in ${record.backup}`}.`,
    })
  const before = record.backup === undefined ? undefined : (await openClient(client, record.backup)).registration(name)
  return settings.withRegistration(name, before)
}

async function copyIn(path: string): Promise<string> {
  const text = await textOf(path)
  if (text !== undefined) return text
  throw new ToolError('not_found', `The copy ${path} of what was there is gone.`, { hint: '--remove takes the entry out.' })
}
