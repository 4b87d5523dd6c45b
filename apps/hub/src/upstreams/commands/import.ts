import { ToolError } from '@rackwarden/core'
import { configurationDirectory, homeDirectory, openOwner, type Runtime } from '@rackwarden/core/runtime'
import type { Application } from '@rackwarden/server'
import {
  configurationPath,
  createSecretFiles,
  exitCodes,
  atDesk,
  openDocument,
  textOf,
  type ConfigurationDocument,
  type OpenOptions,
  type SecretFiles,
  type Terminal,
} from '@rackwarden/server/cli'
import { join, resolve } from 'node:path'
import { nameProblem } from '../own-words.ts'
import { clientServers, type ClientServer } from './client-settings.ts'
import { nameFor, reasonToLeave, takenOver } from './taken-over.ts'

/** What `upstreams import` can be told. */
export interface ImportOptions extends OpenOptions {
  only?: string[]
  print?: boolean
}

const header = ' Written by upstreams import. Secrets stand in files of their own, named here as file:/path.'

/** Takes servers over from a client's settings into the configuration; what is there already stays as it is. */
export async function importUpstreams(application: Application, file: string, options: ImportOptions, terminal: Terminal): Promise<number> {
  const { environment, directory } = terminal
  const source = resolve(directory, file.replace(/^~(?=\/)/, homeDirectory(environment)))
  const text = await textOf(source)
  if (text === undefined)
    throw new ToolError('invalid_input', `There is no file ${source}.`, { hint: 'Name the settings file of a client.' })
  const servers = chosen(await clientServers(source, text), options.only)
  return atDesk(application, options, terminal, async (desk) => {
    const document = await openDocument(await configurationPath(options.config, directory, environment), header)
    const secrets = createSecretFiles(join(configurationDirectory(environment), 'secrets'))
    const { names, notes } = await takeOver(servers, {
      application,
      document,
      secrets,
      runtime: desk.runtime,
      home: homeDirectory(environment),
    })
    for (const note of notes) terminal.complain(note)
    if (options.print === true) {
      terminal.print(document.text().trimEnd())
      return exitCodes.ok
    }
    if (names.length === 0) {
      terminal.print('Nothing was taken over.')
      return exitCodes.ok
    }
    const files = await secrets.save()
    const backup = await document.saveBeside()
    terminal.print(`${document.path}: ${names.join(', ')}${backup === undefined ? '' : `; what it was is ${backup}`}`)
    if (files.length > 0) terminal.print(`Secrets are in: ${files.join(', ')}`)
    const isSet = await openOwner(desk.runtime).isSet()
    terminal.print(
      `Nothing of them is offered before you accept it${isSet ? ', with your passphrase' : ''}:\n${names.map((name) => `  ${desk.command(`upstreams accept ${name}`)}`).join('\n')}`,
    )
    return exitCodes.ok
  })
}

interface TakeOver {
  readonly application: Application
  readonly document: ConfigurationDocument
  readonly secrets: SecretFiles
  readonly runtime: Runtime
  readonly home: string
}

async function takeOver(
  servers: readonly ClientServer[],
  { application, document, secrets, runtime, home }: TakeOver,
): Promise<{ names: string[]; notes: string[] }> {
  const [names, notes]: [string[], string[]] = [[], []]
  for (const server of servers) {
    const why = reasonToLeave(server)
    const name = freeName(server.name, application)
    if (why !== undefined || document.namesUnder('upstreams').includes(name)) {
      notes.push(`${server.name} is left out: ${why ?? `there is an upstream '${name}' already`}.`)
      continue
    }
    const taken = await takenOver(server, { name, home, secrets: runtime.secrets, keep: (as, secret) => secrets.reference(as, secret) })
    document.put('upstreams', name, taken.entry)
    names.push(name)
    if (name !== server.name) notes.push(`${server.name} is called ${name} here.`)
    notes.push(...taken.notes.map((note) => `${name}: ${note}.`))
  }
  return { names, notes }
}

function freeName(given: string, { services }: Application): string {
  const name = nameFor(given)
  const problem = nameProblem(name, services)
  if (problem === undefined) return name
  return services.some((service) => service.name === name) ? nameFor(`${name}-mcp`) : nameFor(`my-${name}`)
}

function chosen(servers: readonly ClientServer[], only: readonly string[] | undefined): readonly ClientServer[] {
  if (only === undefined) return servers
  const unknown = only.find((name) => !servers.some((server) => server.name === name))
  if (unknown === undefined) return servers.filter(({ name }) => only.includes(name))
  throw new ToolError('invalid_input', `There is no server '${unknown}' in it.`, {
    hint: `It has: ${servers.map(({ name }) => name).join(', ')}.`,
  })
}
