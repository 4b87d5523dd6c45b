import type { Asset } from '../define/facet.ts'
import { namesOf } from './related-assets.ts'

/** What a machine goes by. */
export type Known = Pick<Asset, 'name' | 'aliases' | 'addresses' | 'macs'>

/**
 * Whether two services mean one machine. What tells more counts alone where both say it: hardware addresses before addresses,
 * addresses before names. Two machines may be called alike, and then they are not one.
 */
export function isSameMachine(first: Known, second: Known): boolean {
  for (const tell of [hardwareOf, addressesOf])
    if (tell(first).length > 0 && tell(second).length > 0) return share(tell(first), tell(second))
  return share(namesOf(first), namesOf(second))
}

function hardwareOf({ macs }: Known): string[] {
  return macs.map((mac) => mac.toLowerCase())
}

function addressesOf({ addresses }: Known): string[] {
  return addresses.map((address) => address.toLowerCase())
}

function share(first: readonly string[], second: readonly string[]): boolean {
  return first.some((one) => second.includes(one))
}
