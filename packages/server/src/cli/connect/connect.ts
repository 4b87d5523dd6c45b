import { ToolError, type Tier } from '@rackwarden/core'
import { loadConfiguration, openOwner, tierOf, type Configuration, type Exposure, type Runtime } from '@rackwarden/core/runtime'
import { join } from 'node:path'
import type { Application } from '../../application.ts'
import { isLoopback } from '../../http/address.ts'
import { entranceOf } from '../../http/entrance.ts'
import { openTokens } from '../../tokens.ts'
import { exitCodes } from '../failure.ts'
import { agreeToTiers } from '../init/raise.ts'
import { openRuntime } from '../open.ts'
import type { Terminal } from '../terminal.ts'
import { clientOf, type Client, type ServerEntry } from './client.ts'
import { printClients } from './list.ts'
import { clientEntry } from './program-entry.ts'
import { undoClient } from './undo.ts'
import { shownEntry, writeClient } from './write-client.ts'

/** What `connect` can be told. */
export interface ConnectOptions {
  project?: boolean
  /** An address, or true for that of this server. */
  http?: string | true
  tokenEnv?: string
  demo?: boolean
  tier?: string
  expose?: Exposure
  config?: string
  name?: string
  yes?: boolean
  print?: boolean
  remove?: boolean
  undo?: boolean
}

/**
 * The variable a client keeps its token in. It is none of ours: where a server finds RACKWARDEN_TOKEN in its environment,
 * that token has every right of the process.
 */
const tokenVariable = 'RACKWARDEN_CLIENT_TOKEN'

/** Prints a client's entry for what runs now, or writes it into that client's settings. */
export async function connect(
  application: Application,
  text: string | undefined,
  options: ConnectOptions,
  terminal: Terminal,
): Promise<number> {
  const { environment, directory } = terminal
  const tier = checked(options)
  if (text === undefined) return printClients(application, terminal)
  const client = clientOf(text, environment, directory)
  const path = pathOf(client, options, directory)
  const name = nameOf(application, options)
  const runtime = openRuntime(application, {}, terminal)
  try {
    if (path !== undefined && options.undo === true)
      return await undoClient({ client, path, name, agreed: options.yes === true }, runtime, terminal)
    const writing = { client, name, agreed: options.yes === true, shared: options.project === true }
    if (path !== undefined && options.remove === true) return await writeClient({ ...writing, path, server: undefined }, runtime, terminal)
    const { configuration, server } = await serverFor(application, options, runtime, terminal)
    const shown = await shownEntry(client, name, server)
    tellOf(application, { client, server, configuration }, options, terminal)
    if (path === undefined || options.print === true || (terminal.ask === undefined && options.yes !== true)) {
      terminal.print(shown)
      if (path !== undefined && options.print !== true) terminal.complain(`Nothing was written. Add --yes to write it into ${path}.`)
      return exitCodes.ok
    }
    if (tier !== undefined) await agreeToTiers(application, new Map([[name, tier]]), terminal)
    return await writeClient({ ...writing, path, server }, runtime, terminal)
  } finally {
    await runtime.close()
  }
}

/** Refuses what cannot be meant together; gives the tier that is to be granted. */
function checked({ http, tokenEnv, demo, tier, name, remove, undo, print }: ConnectOptions): Tier | undefined {
  const refuse = (message: string, hint: string) => new ToolError('invalid_input', message, { hint })
  if (remove === true && undo === true)
    throw refuse('--remove and --undo are two things', '--undo puts back what was there, --remove only takes the entry out.')
  if ((remove === true || undo === true) && print === true)
    throw refuse('--print writes nothing', 'Leave it out; what changes is shown before it is written.')
  if (http !== undefined && demo === true)
    throw refuse('--demo is of a program the client starts', "Start the server with 'serve --http --demo' and leave --demo out here.")
  if (http !== undefined && tier !== undefined)
    throw refuse('--tier is of a program the client starts', "Over HTTP the token has the tier: 'token create <name> --tier …'.")
  if (http === undefined && tokenEnv !== undefined) throw refuse('--token-env is of a server at an address', 'Add --http.')
  if (tokenEnv !== undefined && !/^[A-Za-z_]\w*$/.test(tokenEnv))
    throw refuse('--token-env is the name of a variable, not the token', `For example --token-env ${tokenVariable}.`)
  if (name !== undefined && !/^[A-Za-z0-9][\w-]{0,63}$/.test(name))
    throw refuse(`'${name}' cannot name a server in every client`, 'Use letters, digits, - and _, 64 at most.')
  // No setup grants admin, whatever the environment says.
  return tierOf(tier, '--tier', {}, 'invalid_input')
}

function nameOf(application: Application, { name, demo = false }: ConnectOptions): string {
  return name ?? `${application.name}${demo ? '-demo' : ''}`
}

function pathOf(client: Client, { project = false, remove = false, undo = false }: ConnectOptions, directory: string): string | undefined {
  const path = project ? client.projectPath && join(directory, client.projectPath) : client.userPath
  if (project && path === undefined)
    throw new ToolError('invalid_input', `${client.title} has no settings of a project`, { hint: 'Leave out --project.' })
  if (path === undefined && (remove || undo))
    throw new ToolError('invalid_input', 'What is only shown is written nowhere', { hint: 'Name a client, or the path of its JSON file.' })
  return path
}

async function serverFor(
  { name, services, prefixed }: Application,
  options: ConnectOptions,
  runtime: Runtime,
  terminal: Terminal,
): Promise<{ server: ServerEntry; configuration: Configuration }> {
  const { environment, directory } = terminal
  const { config, demo, tier, expose, http, tokenEnv } = options
  const read = {
    services: demo === true ? [] : services,
    environment,
    directory,
    secrets: runtime.secrets,
    strict: prefixed && demo !== true,
  }
  const configuration = await loadConfiguration({ ...read, file: config ?? (demo === true ? false : undefined) })
  if (http === undefined)
    return { configuration, server: clientEntry(name, { configuration: configuration.file, demo, tier, expose }, terminal) }
  const { publicUrl, localUrl } = entranceOf({}, environment, configuration.http)
  const url = endpointOf(typeof http === 'string' ? http : (publicUrl ?? localUrl), expose)
  const needsToken =
    tokenEnv !== undefined ||
    !isLoopback(new URL(url).hostname.replace(/^\[|\]$/g, '')) ||
    (await openTokens({ ...runtime, owner: openOwner(runtime) }).any())
  return { configuration, server: { kind: 'address', url, ...(needsToken ? { tokenVariable: tokenEnv ?? tokenVariable } : {}) } }
}

/** The endpoint of an address, which may be given without its `/mcp`. */
function endpointOf(text: string, expose?: Exposure): string {
  const url = /^https?:\/\/[^/\s]/i.test(text) && URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || url.hash !== '' || [...url.searchParams.keys()].some((key) => key !== 'expose' && key !== 'toolsets'))
    throw new ToolError('invalid_input', `'${text.replace(/\?.*$/s, '')}' is not an address of a server`, {
      hint: 'For example --http https://rackwarden.home.example, with ?expose=search or ?toolsets=… behind it if you like.',
    })
  if (url.username !== '' || url.password !== '')
    throw new ToolError('invalid_input', 'The address holds a name or password, and others may read what it is written into', {
      hint: 'A client sends its token out of a variable: --token-env NAME.',
    })
  if (expose !== undefined) url.searchParams.set('expose', expose)
  const path = url.pathname.replace(/\/+$/, '')
  return `${url.origin}${/\/mcp(?:\/[^/]+)?$/.test(path) ? path : `${path}/mcp`}${url.search}`
}

/** Says what the owner has to do besides, or should know. */
function tellOf(
  application: Application,
  { client, server, configuration }: { client: Client; server: ServerEntry; configuration: Configuration },
  { project = false, tokenEnv }: ConnectOptions,
  { complain }: Terminal,
): void {
  if (server.kind === 'address') {
    const { url, tokenVariable: variable } = server
    if (variable !== undefined && tokenEnv === undefined)
      complain(
        `It needs a token, which '${application.name} token create <name>' shows once. ${client.title} ${client.inputs === undefined ? `takes it out of the variable ${variable}` : 'asks you for it'}.`,
      )
    const { protocol, hostname } = new URL(url)
    if (protocol === 'http:' && !isLoopback(hostname.replace(/^\[|\]$/g, '')))
      complain(`Whoever sits between the client and ${hostname} can read the token: ${url} is not encrypted.`)
    return
  }
  if (project && server.command !== 'npx') complain('The entry names paths of this machine: for others it has to be changed.')
  const named = Object.entries(configuration.services).filter(([, { instances }]) =>
    instances.some(({ source }) => source === 'environment'),
  )
  if (named.length > 0)
    complain(
      `${named.map(([service]) => service).join(', ')}: configured by variables of this shell, which a client may not have; rackwarden.yaml is read wherever it starts.`,
    )
}
