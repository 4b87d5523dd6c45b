import type { Asset, FacetContext, Health, Rights } from '@rackwarden/core'
import { isIP } from 'node:net'
import type { PiholeClient } from './client.ts'
import { recordsOf } from './records.ts'
import { blockingText } from './status-facts.ts'
import { ownTargetOf, targetOf } from './targets.ts'

/** Whether it resolves and blocks; a version it does not know is no fault. */
export async function health(client: PiholeClient, { signal }: FacetContext): Promise<Health> {
  const [blocking, summary, version, isResolving] = await Promise.all([
    client.blocking(signal),
    client.summary(signal),
    client.version(signal),
    client.isResolving(signal),
  ])
  const state = blockingText(blocking)
  const facts = [
    `blocking ${state}`,
    `${summary.gravity.domains_being_blocked} domains on lists`,
    `${summary.queries.total} queries in 24 h`,
    ...(isResolving === false ? ['its DNS does not run'] : []),
  ]
  return {
    ...(version !== undefined && { version }),
    ...((isResolving === false || (state !== 'on' && state !== 'off')) && { degraded: true }),
    evidence: facts.join(', '),
  }
}

/** The Pi-hole, and every name it knows of its own. */
export async function assets(client: PiholeClient, { instance, signal }: FacetContext): Promise<Asset[]> {
  const [lines, hostName] = await Promise.all([client.lines(signal), client.hostName(signal)])
  const records = recordsOf(lines)
  const addresses = new Map<string, string[]>()
  for (const { name, type, value } of records) {
    const own = addresses.get(name) ?? []
    addresses.set(name, own)
    if (type !== 'CNAME') own.push(value)
  }
  const aliases = new Map<string, string[]>()
  for (const { name, type, value } of records) if (type === 'CNAME') aliases.set(value, [...(aliases.get(value) ?? []), name])
  const isAliasOfOwn = new Set(records.filter(({ type, value }) => type === 'CNAME' && addresses.has(value)).map(({ name }) => name))
  const address = URL.canParse(client.url) ? new URL(client.url).hostname.replace(/^\[|\]$/g, '') : ''
  const itself: Asset = {
    target: ownTargetOf(instance, 'server', hostName ?? instance),
    kind: 'server',
    name: hostName ?? instance,
    aliases: isIP(address) === 0 && address !== '' ? [address] : [],
    addresses: isIP(address) === 0 ? [] : [address],
    macs: [],
  }
  // What leads to another name of its own is that name's alias.
  const named = [...addresses].filter(([name]) => !isAliasOfOwn.has(name))
  return [
    itself,
    ...named.map(([name, own]) => ({
      target: targetOf('record', name),
      kind: 'record',
      name,
      aliases: aliases.get(name) ?? [],
      addresses: [...new Set(own)],
      macs: [],
    })),
  ]
}

/** What its password may do there; only an app password is bound. */
export async function rights(client: PiholeClient, { signal }: FacetContext): Promise<Rights | undefined> {
  const told = await client.appPassword(signal)
  if (told === undefined) return undefined
  if (!told.isApp) return { highest: 'configure', evidence: 'the web password may do everything' }
  return told.mayConfigure
    ? { highest: 'configure', evidence: 'an app password that may change the configuration (app_sudo)' }
    : { highest: 'operate', evidence: 'an app password that may not change records: webserver.api.app_sudo is false' }
}
