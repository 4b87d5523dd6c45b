/** The address of a foreign resource as it is known here: `panos+file:///etc/motd`. */
export function ownAddress(upstream: string, uri: string): string {
  return `${upstream}+${uri}`
}

/** Which upstream an address of ours leads to, and the address it knows; undefined where it leads to none. */
export function foreignAddress(address: string, upstreams: Iterable<string>): { upstream: string; uri: string } | undefined {
  for (const upstream of upstreams) if (address.startsWith(`${upstream}+`)) return { upstream, uri: address.slice(upstream.length + 1) }
  return undefined
}
