import { ToolError } from '@rackwarden/core'
import { access } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import type { Diagnosis } from '@rackwarden/core/runtime'
import type { Application } from '../application.ts'
import { isRecord } from '../json-rpc.ts'
import { knownClients, serversOf, type Client } from './init/client-file.ts'
import type { Terminal } from './terminal.ts'

const subject = 'client'

/** Looks, without changing anything, at whether this user's MCP clients start this application, and can. */
export async function diagnoseRegistration(
  { name }: Application,
  { environment, directory, program = [] }: Terminal,
): Promise<Diagnosis[]> {
  const looked = await Promise.all(
    knownClients(environment).map(async (client) => {
      try {
        const servers = await serversOf(client, directory)
        return servers === undefined ? [] : [await diagnoseClient(client, name, servers, program[1])]
      } catch (error) {
        if (!ToolError.isInstance(error)) throw error
        return [
          {
            level: 'warning',
            subject,
            message: `${client.title}: ${error.message}`,
            fix: 'Mend the file; the client cannot read it either.',
          } as const,
        ]
      }
    }),
  )
  const found = looked.flat()
  return found.length > 0 ? found : [{ level: 'ok', subject, message: 'no client that is known here has a configuration of this user' }]
}

async function diagnoseClient(
  { name: client, title, path }: Client,
  name: string,
  servers: Readonly<Record<string, unknown>>,
  bin = '',
): Promise<Diagnosis> {
  const own = Object.entries(servers).find(
    ([key, entry]) => key === name || wordsOf(entry).some((word) => word === name || (bin !== '' && word === bin)),
  )
  if (own === undefined)
    return {
      level: 'warning',
      subject,
      message: `${title} does not start ${name} (${path})`,
      fix: `Run '${name} init --client ${client}' if it shall.`,
    }
  const [key, entry] = own
  for (const word of wordsOf(entry))
    if (isAbsolute(word) && /\.c?js$|^[^.]*$/.test(word) && !(await isThere(word)))
      return {
        level: 'warning',
        subject,
        message: `${title}: ${word} is not there (${path})`,
        fix: `Run '${name} init --client ${client}' to write it anew.`,
      }
  return { level: 'ok', subject, message: `${title} starts it as '${key}' (${path})` }
}

/** The words of the command an entry starts. */
function wordsOf(entry: unknown): string[] {
  if (!isRecord(entry)) return []
  const { command, args } = entry
  return [command, ...(Array.isArray(args) ? args : [])].filter((word) => typeof word === 'string')
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
