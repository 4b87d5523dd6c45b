import { BlockList, isIP } from 'node:net'
import type { Asset, Finding } from '../define/facet.ts'
import type { Asked } from './ask.ts'
import { namesOf, shareName } from './related-assets.ts'

/** An asset, and who told of it. */
interface Known {
  asset: Asset
  asked: Asked<unknown>
}

type Found = { finding: Finding; asked: Asked<unknown> }

const shownNames = 5

/** What only shows when services are seen together: what nobody watches, and what leads or looks at nothing. */
export function coverageFindings(asked: readonly Asked<readonly Asset[]>[]): Found[] {
  const all = asked.flatMap((one) => (one.answer ?? []).map((asset): Known => ({ asset, asked: one })))
  const monitors = all.filter(({ asset, asked: { mount } }) => asset.kind === 'monitor' && mount.watchers !== undefined)
  const records = all.filter(({ asset }) => asset.kind === 'record')
  const things = all.filter((one) => !monitors.includes(one) && !records.includes(one))
  // What is not asked, or does not answer, may know what here looks like nothing.
  const isWhole = asked.every(({ error }) => error === undefined)
  return [
    ...unwatched(things, records, monitors, asked),
    ...(isWhole && things.length > 0 ? [...leadingNowhere(records, things, monitors), ...watchingNothing(monitors, records, things)] : []),
  ]
}

/** A container with a name in the DNS is a service somebody uses; one that nothing watches fails in silence. */
function unwatched(
  things: readonly Known[],
  records: readonly Known[],
  monitors: readonly Known[],
  asked: readonly Asked<unknown>[],
): Found[] {
  const keeper = asked.find(({ mount, error }) => mount.watchers !== undefined && mount.tools.has('create_monitor') && error === undefined)
  if (keeper === undefined) return []
  return things.flatMap(({ asset }): Found[] => {
    if (asset.kind !== 'container' || asset.state !== 'running' || namesOf(asset).includes(keeper.mount.service)) return []
    const record = records.find((one) => shareName(one.asset, asset))
    if (record === undefined) return []
    if (monitors.some(({ asset: monitor }) => shareName(monitor, asset) || shareName(monitor, record.asset))) return []
    const [port] = asset.ports ?? []
    return [
      {
        finding: {
          id: `${asset.target}#unwatched`,
          severity: 'notice',
          target: asset.target,
          title: `${asset.name} is not watched`,
          evidence: `It runs and is known as ${record.asset.name}; ${keeper.mount.title} has no monitor of that name or address.`,
          next: { tool: 'create_monitor', input: { name: asset.name, host: record.asset.name, ...(port === undefined ? {} : { port }) } },
        },
        asked: keeper,
      },
    ]
  })
}

/** Records of addresses nothing here has, in networks that are seen. */
function leadingNowhere(records: readonly Known[], things: readonly Known[], monitors: readonly Known[]): Found[] {
  const networks = networksOf(things)
  const held = new Set(things.flatMap(({ asset }) => asset.addresses))
  const answering = monitors.filter(({ asset }) => asset.state === 'up')
  const dangling = records.filter(
    ({ asset }) =>
      asset.addresses.length > 0 &&
      asset.addresses.every((address) => !held.has(address) && contains(networks, address)) &&
      !answering.some(
        ({ asset: monitor }) => shareName(monitor, asset) || monitor.addresses.some((address) => asset.addresses.includes(address)),
      ),
  )
  const [first] = dangling
  if (first === undefined) return []
  const names = [...new Set(dangling.map(({ asset }) => `${asset.name} → ${asset.addresses.join(', ')}`))]
  const { mount } = first.asked
  const finding: Finding = {
    id: `${mount.service}/record/nowhere`,
    severity: 'notice',
    target: first.asset.target,
    title:
      names.length === 1
        ? `${first.asset.name} points at an address nothing here has`
        : `${names.length} records point at addresses nothing here has`,
    evidence:
      names.length > shownNames ? `${names.slice(0, shownNames).join('; ')}; and ${names.length - shownNames} more` : names.join('; '),
    ...(mount.tools.has('list_records') ? { next: { tool: 'list_records', input: { text: first.asset.name } } } : {}),
  }
  return [{ finding, asked: first.asked }]
}

/** Monitors that are down for what is not here any more, as far as it ever was here. */
function watchingNothing(monitors: readonly Known[], records: readonly Known[], things: readonly Known[]): Found[] {
  const networks = networksOf(things)
  const domains = new Set(records.map(({ asset }) => domainOf(asset.name)))
  const others = [...records, ...things]
  return monitors.flatMap(({ asset, asked }): Found[] => {
    const hosts = asset.aliases.filter((alias) => !alias.includes(' '))
    const isOurs =
      hosts.some((host) => !host.includes('.') || domains.has(domainOf(host))) ||
      asset.addresses.some((address) => contains(networks, address))
    const isKnown = others.some(
      ({ asset: other }) => shareName(other, asset) || other.addresses.some((address) => asset.addresses.includes(address)),
    )
    if (asset.state !== 'down' || !isOurs || isKnown) return []
    const finding: Finding = {
      id: `${asset.target}#nothing`,
      severity: 'notice',
      target: `${asset.target}/target`,
      // That it is down is told of it already.
      cause: asset.target,
      title: `${asset.name} watches nothing that is here`,
      evidence: `It is down, and no record, host or container goes by ${[...hosts, ...asset.addresses].join(' or ')}.`,
      ...(asked.mount.tools.has('get_monitor') ? { next: { tool: 'get_monitor', input: { monitor: asset.name } } } : {}),
    }
    return [{ finding, asked }]
  })
}

function networksOf(things: readonly Known[]): BlockList {
  const list = new BlockList()
  for (const { asset } of things)
    for (const { network } of asset.networks ?? []) {
      const [address = '', bits = ''] = network.split('/')
      const family = isIP(address)
      if (family !== 0 && /^\d+$/.test(bits)) list.addSubnet(address, Number(bits), family === 4 ? 'ipv4' : 'ipv6')
    }
  return list
}

function contains(networks: BlockList, address: string): boolean {
  const family = isIP(address)
  return family !== 0 && networks.check(address, family === 4 ? 'ipv4' : 'ipv6')
}

/** What stands behind the first dot. */
function domainOf(name: string): string {
  return name.toLowerCase().replace(/^[^.]*\.?/, '')
}
