const scheme = 'rackwarden://'

/** The address of what is read here; each part may hold anything. */
export function addressOf(...parts: readonly string[]): string {
  return scheme + parts.map((part) => part.split('/').map(encodeURIComponent).join('/')).join('/')
}

/** The parts of an address; undefined where it is none of ours. */
export function partsOf(address: string): readonly string[] | undefined {
  if (!address.startsWith(scheme)) return undefined
  try {
    return address.slice(scheme.length).split('/').map(decodeURIComponent)
  } catch {
    return undefined
  }
}
