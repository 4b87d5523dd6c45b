import { ToolError, toolsetNames, toolsetsOf } from '@rackwarden/core'
import { createSecretFilter, loadConfiguration, type Exposure } from '@rackwarden/core/runtime'
import type { Application } from '../application.ts'
import type { IssuedToken, TokenRecord } from '../tokens.ts'
import { atDesk } from './desk.ts'
import { exitCodes } from './failure.ts'
import { passphraseFor } from './passphrase.ts'
import { table, type Terminal } from './terminal.ts'

/** What the `token` commands can be told. */
export interface TokenOptions {
  tier?: string
  /** Names separated by commas. */
  services?: string
  /** Names separated by commas, each behind its service. */
  toolsets?: string
  expose?: Exposure
  expires?: string
  json?: boolean
  demo?: boolean
}

/** Makes a token and shows it, once. */
export async function createToken(application: Application, name: string, options: TokenOptions, terminal: Terminal): Promise<number> {
  const services = options.services?.split(',').map((service) => service.trim())
  const known = application.services.map((service) => service.name)
  const beyond = services?.filter((service) => !known.includes(service)) ?? []
  if (beyond.length > 0) await refuseUnknown(beyond, application, terminal)
  const { tier, expires, expose } = options
  const [alone, ...others] = known
  const toolsets =
    options.toolsets === undefined
      ? undefined
      : toolsetsOf(options.toolsets, toolsetNames(application.services), others.length === 0 ? alone : undefined, 'invalid_input')
  const grant = {
    name,
    ...(tier === undefined ? {} : { tier }),
    ...(expires === undefined ? {} : { expires }),
    ...(services === undefined ? {} : { services }),
    ...(toolsets === undefined ? {} : { toolsets }),
    ...(expose === undefined ? {} : { exposure: expose }),
  }
  return atDesk(application, options, terminal, async (desk) => {
    const passphrase = await passphraseFor(desk, `a token '${name}' of tier ${tier ?? 'observe'}`, terminal)
    const decided = { tool: 'token create', result: 'approved', summary: `A token '${name}' of tier ${tier ?? 'observe'}`, input: grant }
    return showOnce(await desk.audited(decided, () => desk.tokens.create(grant, passphrase)), options, terminal)
  })
}

/** What is no service of ours may be a foreign server that is configured. */
async function refuseUnknown(names: readonly string[], application: Application, { environment, directory }: Terminal): Promise<void> {
  const { services, prefixed, foreign } = application
  const reading = { services, environment, directory, secrets: createSecretFilter(), strict: prefixed }
  const { upstreams = [] } = foreign === undefined ? {} : await loadConfiguration(reading)
  const known = [...services, ...upstreams].map(({ name }) => name)
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined)
    throw new ToolError('invalid_input', `There is no service '${unknown}' here`, { hint: `The services are ${known.join(', ')}.` })
}

/** Gives a token a new secret and shows it, once. */
export async function rotateToken(application: Application, name: string, options: TokenOptions, terminal: Terminal): Promise<number> {
  return atDesk(application, options, terminal, async (desk) => {
    const passphrase = await passphraseFor(desk, `a new secret of '${name}'`, terminal)
    const decided = { tool: 'token rotate', result: 'approved', summary: `A new secret for the token '${name}'`, input: { name } }
    return showOnce(await desk.audited(decided, () => desk.tokens.rotate(name, options.expires, passphrase)), options, terminal)
  })
}

/** Takes a token back. */
export async function revokeToken(application: Application, name: string, options: TokenOptions, terminal: Terminal): Promise<number> {
  return atDesk(application, options, terminal, async (desk) => {
    const decided = { tool: 'token revoke', result: 'rejected', summary: `The token '${name}' is taken back`, input: { name } }
    const record = await desk.audited(decided, () => desk.tokens.revoke(name))
    terminal.print(
      options.json === true ? JSON.stringify(shown(record), null, 2) : `Revoked ${record.name}. A running server notices within a second.`,
    )
    return exitCodes.ok
  })
}

/** Prints the tokens there are, without their secrets. */
export async function listTokens(application: Application, options: TokenOptions, terminal: Terminal): Promise<number> {
  return atDesk(application, options, terminal, async ({ tokens }) => {
    const [records, unsigned] = await Promise.all([tokens.list(), tokens.unsigned()])
    const refused = new Set(unsigned.map(({ name }) => name))
    if (options.json === true)
      terminal.print(
        JSON.stringify(
          records.map((record) => ({ ...shown(record), refused: refused.has(record.name) })),
          null,
          2,
        ),
      )
    else if (records.length === 0) terminal.print('There are no tokens.')
    else {
      // What no token is limited by needs no column.
      const [byToolset, byExposure] = [records.some(({ toolsets }) => toolsets), records.some(({ exposure }) => exposure)]
      const optional = (toolsets: string, exposure: string) => [...(byToolset ? [toolsets] : []), ...(byExposure ? [exposure] : [])]
      const rows = records.map((record) => [
        record.name,
        record.tier,
        record.services?.join(',') ?? 'all',
        ...optional(toolsetsIn(record).join(',') || 'all', record.exposure ?? '-'),
        record.created_at,
        refused.has(record.name) ? 'refused: not signed by the owner' : expiry(record),
      ])
      terminal.print(table([['name', 'tier', 'services', ...optional('toolsets', 'exposure'), 'created', 'expires'], ...rows]))
    }
    return exitCodes.ok
  })
}

function showOnce({ token, record }: IssuedToken, { json = false }: TokenOptions, terminal: Terminal): number {
  if (json) {
    terminal.print(JSON.stringify({ token, ...shown(record) }, null, 2))
    return exitCodes.ok
  }
  terminal.print(token)
  terminal.complain(`${record.name}: ${rightsOf(record)}. It is shown this once.`)
  return exitCodes.ok
}

/** What a token lets its bearer do, and until when. */
export function rightsOf(record: TokenRecord): string {
  const { tier, services, exposure } = record
  const limited = toolsetsIn(record)
  return [
    `tier ${tier}, services ${services?.join(', ') ?? 'all'}`,
    ...(limited.length === 0 ? [] : [`toolsets ${limited.join(', ')}`]),
    ...(exposure === undefined ? [] : [`exposure ${exposure}`]),
    `expires ${expiry(record)}`,
  ].join(', ')
}

function toolsetsIn({ toolsets = {} }: TokenRecord): string[] {
  return Object.entries(toolsets).flatMap(([service, names]) => names.map((name) => `${service}.${name}`))
}

function shown({ hash: _hash, signature: _signature, ...record }: TokenRecord): Partial<TokenRecord> {
  return record
}

function expiry({ expires_at: at }: TokenRecord): string {
  if (at === undefined) return 'never'
  return Date.parse(at) <= Date.now() ? `${at} (over)` : at
}
