import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'
import { forwardedElements } from './forwarded.ts'

/** Who sent a request, as far as it can be believed. */
export interface Sender {
  /** The address of the client, or of the last proxy that is believed. */
  address: string
  /** Host names the client used, as a proxy that is believed says; none where no such proxy stands in between. */
  hosts: readonly string[]
  /** How the client reached the proxy, where that is said. */
  protocol?: 'http' | 'https'
}

/** Tells who sent a request. */
export type SenderOf = (request: IncomingMessage) => Sender

/** Makes the judgement of a server: whoever comes from an address that is not trusted is believed nothing. */
export function createSenderOf(trustProxy: readonly string[]): SenderOf {
  const direct: SenderOf = ({ socket }) => ({ address: addressIn(socket.remoteAddress ?? '') ?? '', hosts: [] })
  if (trustProxy.length === 0) return direct
  const isTrusted = trusting(trustProxy)
  return (request) => {
    const peer = direct(request)
    return isTrusted(peer.address) ? believed(peer.address, request, isTrusted) : peer
  }
}

function believed(peer: string, { headers }: IncomingMessage, isTrusted: (address: string) => boolean): Sender {
  const header = (name: string) => [headers[name]].flat().filter((text) => text !== undefined)
  const lists = (name: string) => header(name).flatMap((text) => text.split(',').map((part) => part.trim()))
  const standard = header('forwarded').map(forwardedElements)
  const elements = standard.flatMap((list) => list ?? [{}])
  const walked = [lists('x-forwarded-for'), elements.map((element) => element.for ?? '')]
    .filter((hops) => hops.length > 0)
    .map((hops) => walk(peer, hops, isTrusted))
  // A proxy that writes only one of the two passes on whatever a client wrote into the other.
  const address = new Set(walked).size === 1 ? walked[0]! : peer
  const protocol = (lists('x-forwarded-proto').at(-1) ?? elements.at(-1)?.proto)?.toLowerCase()
  return {
    address,
    hosts: [...lists('x-forwarded-host'), ...elements.flatMap(({ host }) => (host === undefined ? [] : [host]))],
    ...(protocol === 'http' || protocol === 'https' ? { protocol } : {}),
  }
}

/** From the proxy back to the first who is not trusted: each is told of only by those after it. */
function walk(peer: string, hops: readonly string[], isTrusted: (address: string) => boolean): string {
  let address = peer
  for (const hop of hops.toReversed()) {
    if (!isTrusted(address)) break
    const before = addressIn(hop)
    if (before === undefined) break
    address = before
  }
  return address
}

function trusting(entries: readonly string[]): (address: string) => boolean {
  const list = new BlockList()
  for (const entry of entries.flatMap((text) => (text === 'loopback' ? ['127.0.0.0/8', '::1'] : [text]))) {
    const [text = '', prefix] = entry.split('/')
    const address = addressIn(text) ?? text
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    const bits = family === 'ipv6' ? 128 : 32
    list.addSubnet(address, prefix === undefined ? bits : Math.min(Number(prefix), bits), family)
  }
  return (address) => {
    const family = isIP(address)
    return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4')
  }
}

/** The address in `10.0.0.1`, `10.0.0.1:4711`, `2001:db8::1`, `[2001:db8::1]:4711`; undefined where it is none. */
export function addressIn(text: string): string | undefined {
  const bare = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text)?.[1] ?? /^([\d.]+):\d{1,5}$/.exec(text)?.[1] ?? text
  const address = bare.replace(/%.*$/s, '').toLowerCase()
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1] ?? address
  return isIP(mapped) === 0 ? undefined : mapped
}
