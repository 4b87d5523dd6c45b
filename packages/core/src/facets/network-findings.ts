import type { Asset, Finding } from '../define/facet.ts'
import type { Asked } from './ask.ts'

/** An asset that uses a network, and the interface to look at it through. */
interface Member {
  asked: Asked<readonly Asset[]>
  name: string
  mtu: number
}

/** What only shows when several hosts are seen together: one network, differing MTUs. */
export function networkFindings(asked: readonly Asked<readonly Asset[]>[]): { finding: Finding; asked: Asked<unknown> }[] {
  const networks = new Map<string, Member[]>()
  for (const one of asked)
    for (const { name, networks: own = [] } of one.answer ?? [])
      for (const { network, mtu } of own) networks.set(network, [...(networks.get(network) ?? []), { asked: one, name, mtu }])
  return [...networks].flatMap(([network, members]) => {
    const [odd] = rarest(members)
    const hosts = new Set(members.map(({ asked: { instance } }) => instance))
    // One host alone says it itself.
    if (odd === undefined || hosts.size < 2 || new Set(members.map(({ mtu }) => mtu)).size < 2) return []
    const target = `rackwarden/network/${network}`
    const next = odd.asked.mount.tools.has('get_interfaces') ? { next: { tool: 'get_interfaces', input: {} } } : {}
    const finding: Finding = {
      id: `${target}#mtu`,
      severity: 'warning',
      stake: 'reach',
      target,
      title: `Hosts on ${network} use differing MTUs`,
      evidence: members
        .map(({ name, mtu }) => `${name} ${mtu}`)
        .toSorted()
        .join(', '),
      ...next,
    }
    return [{ finding, asked: odd.asked }]
  })
}

/** Members by how few share their MTU: the odd one out is where to look first. */
function rarest(members: readonly Member[]): Member[] {
  const share = (own: number) => members.filter(({ mtu }) => mtu === own).length
  return members.toSorted((first, second) => share(first.mtu) - share(second.mtu))
}
