import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import { pathSegment } from './path-segment.ts'

/** A line of the local hosts: one address, its names, and what somebody wrote behind them. */
export interface HostLine {
  address: string
  names: readonly string[]
  comment?: string
}

/** One local DNS record. */
export interface DnsRecord {
  name: string
  type: 'A' | 'AAAA' | 'CNAME'
  value: string
}

/** Reads a line of `dns.hosts`; nothing where it is none. */
export function parseHostLine(line: string): HostLine | undefined {
  const [facts = '', ...comments] = line.split('#')
  const [address = '', ...names] = facts.trim().split(/\s+/)
  if (isIP(address) === 0 || names.length === 0) return undefined
  const comment = comments.join('#').trim()
  return { address, names, ...(comment === '' ? {} : { comment }) }
}

/** Writes a line of `dns.hosts`. */
export function formatHostLine({ address, names, comment }: HostLine): string {
  return [address, ...names, ...(comment === undefined ? [] : [`# ${comment}`])].join(' ')
}

/** Reads a line of `dns.cnameRecords`: `alias[,alias…],target[,ttl]`; nothing where it is none. */
export function parseCnameLine(line: string): { names: readonly string[]; target: string; ttl?: string } | undefined {
  const parts = line.split(',').map((part) => part.trim())
  const ttl = parts.length > 2 && /^\d+$/.test(parts.at(-1) ?? '') ? parts.pop() : undefined
  const target = parts.pop()
  if (target === undefined || target === '' || parts.length === 0 || parts.includes('')) return undefined
  return { names: parts, target, ...(ttl === undefined ? {} : { ttl }) }
}

/** Names are the same in any case, with or without the dot of the root, and in letters of any script as DNS writes them. */
export function canonicalName(text: string): string {
  const name = text.trim().toLowerCase().replace(/\.$/, '')
  // Some of what cannot be seen would be left out without a word, and the name be another one.
  return /^[\u0020-\u007e]*$/.test(name) || /[\p{C}\p{Z}]/u.test(name) ? name : domainToASCII(name) || name
}

/** Every record the lines of a Pi-hole make, in their order. */
export function recordsOf({ hosts, cnames }: { hosts: readonly string[]; cnames: readonly string[] }): DnsRecord[] {
  const addresses = hosts.flatMap((line): DnsRecord[] => {
    const parsed = parseHostLine(line)
    if (parsed === undefined) return []
    const type = isIP(parsed.address) === 6 ? 'AAAA' : 'A'
    return parsed.names.map((name) => ({ name: canonicalName(name), type, value: parsed.address.toLowerCase() }))
  })
  const aliases = cnames.flatMap((line): DnsRecord[] => {
    const parsed = parseCnameLine(line)
    if (parsed === undefined) return []
    return parsed.names.map((name) => ({ name: canonicalName(name), type: 'CNAME', value: canonicalName(parsed.target) }))
  })
  return [...addresses, ...aliases]
}

/** The lines that make the records of one name. */
export interface RecordLines {
  hosts: readonly string[]
  cnames: readonly string[]
}

/** Which of the lines speak of one of these names. */
export function linesOf(wanted: readonly string[], { hosts, cnames }: RecordLines): RecordLines {
  const meant = new Set(wanted.map(canonicalName))
  const isMeant = (names: readonly string[] = []) => names.some((one) => meant.has(canonicalName(one)))
  return {
    hosts: hosts.filter((line) => isMeant(parseHostLine(line)?.names)),
    cnames: cnames.filter((line) => isMeant(parseCnameLine(line)?.names)),
  }
}

/** The lines without what they say of a name, or without one value of it: other names on them stay. */
export function without(name: string, lines: RecordLines, value?: string): RecordLines {
  const others = (names: readonly string[]) => names.filter((one) => canonicalName(one) !== canonicalName(name))
  return {
    hosts: lines.hosts.flatMap((line) => {
      const parsed = parseHostLine(line)
      if (parsed === undefined || (value !== undefined && parsed.address.toLowerCase() !== value.toLowerCase())) return [line]
      const names = others(parsed.names)
      return names.length === 0 ? [] : [formatHostLine({ ...parsed, names })]
    }),
    cnames: lines.cnames.flatMap((line) => {
      const parsed = parseCnameLine(line)
      if (parsed === undefined || (value !== undefined && canonicalName(parsed.target) !== canonicalName(value))) return [line]
      const names = others(parsed.names)
      return names.length === 0 ? [] : [[...names, parsed.target, ...(parsed.ttl === undefined ? [] : [parsed.ttl])].join(',')]
    }),
  }
}

/** Where an item of a configuration array lives: one segment, whatever it holds. */
export function itemPath(array: 'hosts' | 'cnameRecords', line: string): string {
  return `/api/config/dns/${array}/${pathSegment(line)}`
}
