import type { Asset } from '../define/facet.ts'

/** Everything an asset is known by, in small letters. */
export function identitiesOf({ name, aliases, addresses, macs }: Asset): string[] {
  return [name, ...aliases, ...addresses, ...macs].map((identity) => identity.toLowerCase())
}

/** The names of an asset, in small letters. */
export function namesOf({ name, aliases }: Pick<Asset, 'name' | 'aliases'>): string[] {
  return [name, ...aliases].map((own) => own.toLowerCase())
}

/** Kinds that lead to a thing or look at it: many of them share the address of one host, and have nothing else in common. */
const pointers = ['record', 'monitor', 'target']

/**
 * What shares a name or an address with the found ones, and what those live on, as far up as it goes; never their neighbours.
 * Everything at the address of a host is shown for the host itself, not for one of the names that lead there.
 */
export function relatedTo(found: readonly Asset[], all: readonly Asset[]): Asset[] {
  const reached = new Set(found)
  for (const asset of reached) {
    const own = new Set([...namesOf(asset), ...asset.macs.map((mac) => mac.toLowerCase())])
    const isAsked = found.includes(asset) && !pointers.includes(asset.kind)
    for (const other of all) {
      const isNamesake = [...namesOf(other), ...other.macs.map((mac) => mac.toLowerCase())].some((identity) => own.has(identity))
      const isThere = (isAsked || !pointers.includes(other.kind)) && other.addresses.some((address) => asset.addresses.includes(address))
      if (other.target === asset.parent || isNamesake || isThere) reached.add(other)
    }
  }
  return [...reached].slice(found.length)
}

/** Whether two assets go by one name. */
export function shareName(first: Asset, second: Asset): boolean {
  const names = new Set(namesOf(first))
  return namesOf(second).some((name) => names.has(name))
}
