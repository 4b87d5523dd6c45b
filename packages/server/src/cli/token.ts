import { ToolError } from '@rackwarden/core'
import type { Application } from '../application.ts'
import { openTokens, type IssuedToken, type TokenRecord } from '../tokens.ts'
import { exitCodes } from './failure.ts'
import { openRuntime } from './open.ts'
import { table, type Terminal } from './terminal.ts'

/** What the `token` commands can be told. */
export interface TokenOptions {
  tier?: string
  /** Names separated by commas. */
  services?: string
  expires?: string
  json?: boolean
  demo?: boolean
}

/** Makes a token and shows it, once. */
export async function createToken(application: Application, name: string, options: TokenOptions, terminal: Terminal): Promise<number> {
  const services = options.services?.split(',').map((service) => service.trim())
  const known = application.services.map((service) => service.name)
  const unknown = services?.find((service) => !known.includes(service))
  if (unknown !== undefined)
    throw new ToolError('invalid_input', `There is no service '${unknown}' here`, { hint: `The services are ${known.join(', ')}.` })
  const { tier, expires } = options
  const grant = {
    name,
    ...(tier === undefined ? {} : { tier }),
    ...(expires === undefined ? {} : { expires }),
    ...(services === undefined ? {} : { services }),
  }
  return showOnce(await tokensOf(application, options, terminal).create(grant), options, terminal)
}

/** Gives a token a new secret and shows it, once. */
export async function rotateToken(application: Application, name: string, options: TokenOptions, terminal: Terminal): Promise<number> {
  return showOnce(await tokensOf(application, options, terminal).rotate(name, options.expires), options, terminal)
}

/** Takes a token back. */
export async function revokeToken(application: Application, name: string, options: TokenOptions, terminal: Terminal): Promise<number> {
  const record = await tokensOf(application, options, terminal).revoke(name)
  terminal.print(
    options.json === true ? JSON.stringify(shown(record), null, 2) : `Revoked ${record.name}. A running server notices within a second.`,
  )
  return exitCodes.ok
}

/** Prints the tokens there are, without their secrets. */
export async function listTokens(application: Application, options: TokenOptions, terminal: Terminal): Promise<number> {
  const records = await tokensOf(application, options, terminal).list()
  if (options.json === true) terminal.print(JSON.stringify(records.map(shown), null, 2))
  else if (records.length === 0) terminal.print('There are no tokens.')
  else {
    const rows = records.map((record) => [record.name, record.tier, record.services?.join(',') ?? 'all', record.created_at, expiry(record)])
    terminal.print(table([['name', 'tier', 'services', 'created', 'expires'], ...rows]))
  }
  return exitCodes.ok
}

function tokensOf(application: Application, options: TokenOptions, terminal: Terminal) {
  return openTokens(openRuntime(application, options, terminal))
}

function showOnce({ token, record }: IssuedToken, { json = false }: TokenOptions, terminal: Terminal): number {
  if (json) {
    terminal.print(JSON.stringify({ token, ...shown(record) }, null, 2))
    return exitCodes.ok
  }
  terminal.print(token)
  terminal.complain(
    `${record.name}: tier ${record.tier}, services ${record.services?.join(', ') ?? 'all'}, expires ${expiry(record)}. It is shown this once.`,
  )
  return exitCodes.ok
}

function shown(record: TokenRecord): Partial<TokenRecord> {
  const copy: Partial<TokenRecord> = { ...record }
  delete copy.hash
  return copy
}

function expiry({ expires_at: at }: TokenRecord): string {
  if (at === undefined) return 'never'
  return Date.parse(at) <= Date.now() ? `${at} (over)` : at
}
