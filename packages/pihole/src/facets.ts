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
  const values = new Map<string, string[]>()
  const short = new Map<string, number>()
  for (const { name, value } of records) {
    const own = values.get(name)
    if (own === undefined) short.set(firstLabel(name), (short.get(firstLabel(name)) ?? 0) + 1)
    values.set(name, [...(own ?? []), value])
  }
  const address = URL.canParse(client.url) ? new URL(client.url).hostname.replace(/^\[|\]$/g, '') : ''
  const itself: Asset = {
    target: ownTargetOf(instance, 'server', hostName ?? instance),
    kind: 'server',
    name: hostName ?? instance,
    aliases: isIP(address) === 0 && address !== '' ? [address] : [],
    addresses: isIP(address) === 0 ? [] : [address],
    macs: [],
  }
  return [
    itself,
    ...[...values].map(([name, own]) => ({
      target: targetOf('record', name),
      kind: 'record',
      name,
      // A container is called by its first label, unless several names begin with that. What a CNAME leads to is another thing.
      aliases: firstLabel(name) !== name && short.get(firstLabel(name)) === 1 ? [firstLabel(name)] : [],
      addresses: [...new Set(own.flatMap((value) => addressesOf(value, values)))],
      macs: [],
      removal: { calls: [{ tool: 'remove_record', input: { name } }] },
    })),
  ]
}

/** What a value leads to: itself where it is an address, those of the name it stands for where it is one of ours. */
function addressesOf(value: string, values: ReadonlyMap<string, readonly string[]>): string[] {
  return isIP(value) === 0 ? (values.get(value) ?? []).filter((one) => isIP(one) !== 0) : [value]
}

function firstLabel(name: string): string {
  return name.split('.')[0] ?? name
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
