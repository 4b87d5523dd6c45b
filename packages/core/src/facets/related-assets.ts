import type { Asset } from '../define/facet.ts'

/** Everything an asset is known by, in small letters. */
export function identitiesOf({ name, aliases, addresses, macs }: Asset): string[] {
  return [name, ...aliases, ...addresses, ...macs].map((identity) => identity.toLowerCase())
}

/** The names of an asset, in small letters. */
export function namesOf({ name, aliases }: Pick<Asset, 'name' | 'aliases'>): string[] {
  return [name, ...aliases].map((own) => own.toLowerCase())
}
