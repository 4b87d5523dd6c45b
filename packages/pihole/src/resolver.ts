import { ToolError, type Connection } from '@rackwarden/core'
import type { Answer, Packet } from 'dns-packet'
import { randomInt } from 'node:crypto'
import { isIP } from 'node:net'
import { canonicalName } from './records.ts'
import type { Duplex } from 'node:stream'

/** Types of records that may be asked for. */
export const recordTypes = ['A', 'AAAA', 'CNAME', 'PTR', 'TXT', 'MX', 'NS', 'SOA', 'SRV', 'CAA', 'HTTPS'] as const

/** A type of record that may be asked for. */
export type RecordType = (typeof recordTypes)[number]

/** What a server answered. */
export interface Reply {
  rcode: string
  records: string[]
  milliseconds: number
}

const limitMs = 2_500
const dnsPort = 53

/** Where a Pi-hole is asked for names: what is configured, else the host of its url. */
export function resolverAddress({ dns, url = '' }: { dns?: string | undefined; url?: string | undefined }): { host: string; port: number } {
  const given = (dns ?? '').trim()
  const written = given === '' ? (URL.canParse(url) ? new URL(url).hostname : '') : given
  if (isIP(written) === 6) return { host: written, port: dnsPort }
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:[\]\s]+))(?::(\d{1,5}))?$/.exec(written) ?? []
  const number = port === undefined ? dnsPort : Number(port)
  const host = bracketed ?? plain
  if (host === undefined || number === 0 || number > 65_535)
    throw new ToolError('invalid_config', `dns is '${written}', which is no address.`, { hint: 'Write it as 10.0.0.2 or 10.0.0.2:53.' })
  return { host, port: number }
}

/** What PTR is asked for an address; any other name stays as it is. */
export function questionName(name: string, type: RecordType): string {
  if (type !== 'PTR' || isIP(name) === 0) return name
  if (isIP(name) === 4) return `${name.split('.').toReversed().join('.')}.in-addr.arpa`
  const [head = '', tail] = name.split('::')
  const parts = (text: string | undefined) => (text ?? '').split(':').filter((part) => part !== '')
  const [front, back] = [parts(head), parts(tail)]
  const zeros = Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => '0')
  const digits = [...front, ...(tail === undefined ? [] : zeros), ...back].map((part) => part.padStart(4, '0')).join('')
  return `${digits.split('').toReversed().join('.')}.ip6.arpa`
}

/** Asks one server for names: by datagram, and by stream where the answer is too long or the way carries no datagrams. */
export function createResolver(connection: Connection, address: { host: string; port: number }) {
  const name = `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`
  return {
    name,
    async ask(question: string, type: RecordType, signal: AbortSignal): Promise<Reply> {
      const asked = questionName(canonicalName(question), type)
      if (asked.length > 253 || asked.split('.').some((label) => label === '' || label.length > 63))
        throw new ToolError('invalid_input', `'${question}' is no name DNS can be asked for.`, { hint: 'Give a name such as nas.lan.' })
      const { default: packets } = await import('./libraries/dns-packet.ts')
      // By this and the port an answer is known to be one: what can be guessed can be forged.
      const id = randomInt(65_536)
      const query: Packet = {
        type: 'query',
        id,
        flags: packets.RECURSION_DESIRED,
        questions: [{ type: type as 'A', name: asked }],
      }
      const started = performance.now()
      const isAnswer = (bytes: Uint8Array) => bytes.length >= 12 && ((bytes[0] ?? 0) << 8) + (bytes[1] ?? 0) === id
      const bytes = packets.encode(query)
      const short = await connection.datagram?.(address, bytes, { timeoutMs: limitMs, signal, accept: isAnswer })
      const told = short === undefined ? undefined : decoded(packets, short, name)
      const reply = told === undefined || told.flag_tc ? decoded(packets, await byStream(bytes, signal), name) : told
      const milliseconds = Math.round(performance.now() - started)
      return { rcode: reply.rcode, records: (reply.answers ?? []).map(answerText), milliseconds }
    },
  }

  async function byStream(query: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    const stream = await connection.dial(address)
    const silent = new ToolError('timeout', `${name} did not answer within ${limitMs} ms over TCP.`, {
      hint: 'Is its DNS running, and is dns its address?',
    })
    const limit = setTimeout(() => stream.destroy(silent), limitMs)
    const left = () => stream.destroy(signal.reason as Error)
    signal.addEventListener('abort', left, { once: true })
    try {
      const length = Buffer.alloc(2)
      length.writeUInt16BE(query.length)
      stream.write(Buffer.concat([length, query]))
      return await framed(stream, name)
    } finally {
      clearTimeout(limit)
      signal.removeEventListener('abort', left)
      stream.destroy()
    }
  }
}

/** One message of a stream: two bytes of length, then as many. */
async function framed(stream: Duplex, name: string): Promise<Uint8Array> {
  let read = Buffer.alloc(0)
  for await (const chunk of stream) {
    read = Buffer.concat([read, chunk as Buffer])
    const length = read.length < 2 ? undefined : read.readUInt16BE(0)
    if (length !== undefined && read.length >= length + 2) return read.subarray(2, length + 2)
  }
  throw new ToolError('upstream', `${name} closed the connection before its answer was whole.`, {
    hint: 'Is that port the one its DNS listens on?',
  })
}

type Decoded = Packet & { rcode: string; flag_tc: boolean }

function decoded(packets: typeof import('dns-packet'), bytes: Uint8Array, name: string): Decoded {
  try {
    return packets.decode(Buffer.from(bytes)) as unknown as Decoded
  } catch (cause) {
    throw new ToolError('upstream', `${name} answered with something that is no DNS.`, {
      hint: 'Is that port the one its DNS listens on?',
      cause,
    })
  }
}

function answerText(answer: Answer): string {
  const value = valueText(answer)
  return `${answer.type} ${value}`.slice(0, 500)
}

function valueText(answer: Answer): string {
  if (answer.type === 'TXT') return [answer.data].flat().map(String).join('')
  if (answer.type === 'MX') return `${answer.data.preference ?? 0} ${answer.data.exchange}`
  if (answer.type === 'SRV') return `${answer.data.priority ?? 0} ${answer.data.weight ?? 0} ${answer.data.port} ${answer.data.target}`
  if (answer.type === 'SOA') return `${answer.data.mname} ${answer.data.rname}`
  if (answer.type === 'CAA') return `${answer.data.tag} ${answer.data.value}`
  const { data } = answer as { data?: unknown }
  return typeof data === 'string' ? data : Buffer.isBuffer(data) ? data.toString('hex') : JSON.stringify(data)
}
