import type { Connection } from '@rackwarden/core'
import type { Answer, DecodedPacket } from 'dns-packet'
import { createSocket, type Socket as Datagrams } from 'node:dgram'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { canonicalName, recordsOf } from '../records.ts'
import { questionName } from '../resolver.ts'
import type { SimulatedFtl } from './ftl.ts'

const shortAnswer = 512

/** A real DNS server on loopback that answers as a pretend Pi-hole would; it listens from the first question on. */
export function createResponder(ftl: SimulatedFtl) {
  let opened: Promise<{ port: number; datagrams: Datagrams; streams: Server; sockets: Set<Socket> }> | undefined

  async function open() {
    const { default: packets } = await import('../libraries/dns-packet.ts')
    const reply = (question: Uint8Array, most: number) => {
      const query = packets.decode(Buffer.from(question))
      const { answers, rcode } = answersTo(ftl, query)
      const flags = packets.RECURSION_DESIRED | packets.RECURSION_AVAILABLE | rcode
      const head = { type: 'response' as const, id: query.id ?? 0, questions: query.questions ?? [] }
      const whole = packets.encode({ ...head, flags, answers })
      return whole.length <= most ? whole : packets.encode({ ...head, flags: flags | packets.TRUNCATED_RESPONSE })
    }
    const sockets = new Set<Socket>()
    const streams = createServer((socket) => {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
      socket.on('error', () => socket.destroy())
      socket.on('data', (bytes) => {
        const answer = reply(bytes.subarray(2), 65_535)
        const length = Buffer.alloc(2)
        length.writeUInt16BE(answer.length)
        socket.end(Buffer.concat([length, answer]))
      })
    })
    streams.listen(0, '127.0.0.1')
    await once(streams, 'listening')
    const { port } = streams.address() as AddressInfo
    const datagrams = createSocket('udp4')
    datagrams.on('message', (bytes, from) => datagrams.send(reply(bytes, shortAnswer), from.port, from.address))
    datagrams.bind(port, '127.0.0.1')
    await once(datagrams, 'listening')
    // A demo ends when its client goes.
    streams.unref()
    datagrams.unref()
    return { port, datagrams, streams, sockets }
  }

  const listening = () => (opened ??= open())
  const ways: Pick<Connection, 'dial'> & Required<Pick<Connection, 'datagram'>> = {
    async dial() {
      const socket = connect((await listening()).port, '127.0.0.1')
      await once(socket, 'connect')
      return socket
    },
    async datagram(_, payload) {
      const { port } = await listening()
      const socket = createSocket('udp4')
      try {
        socket.send(payload, port, '127.0.0.1')
        const [answer] = (await once(socket, 'message')) as [Uint8Array]
        return answer
      } finally {
        socket.close()
      }
    },
  }
  return {
    ...ways,
    async close() {
      const own = await opened
      if (own === undefined) return
      for (const socket of own.sockets) socket.destroy()
      own.streams.close()
      own.datagrams.close()
    },
  }
}

const noSuchName = 3

/** What it answers to a question, and with which outcome. */
function answersTo(ftl: SimulatedFtl, { questions }: DecodedPacket): { answers: Answer[]; rcode: number } {
  const [question] = questions ?? []
  if (question === undefined) return { answers: [], rcode: 1 }
  const name = canonicalName(question.name)
  const { type } = question
  const own = recordsOf({ hosts: ftl.hosts, cnames: ftl.cnames })
  const at = (of: string, as: string, data: string) => ({ name: of, type: as, ttl: 0, data: dataOf(as, data) }) as Answer
  if (name === 'pi.hole') return { answers: type === 'A' ? [at(name, 'A', ftl.world.address)] : [], rcode: 0 }
  if (type === 'PTR') {
    const named = own.filter(({ value }) => questionName(value, 'PTR') === name)
    return { answers: named.slice(0, 1).map((record) => at(name, 'PTR', record.name)), rcode: named.length > 0 ? 0 : noSuchName }
  }
  const alias = own.find((record) => record.name === name && record.type === 'CNAME')
  const final = alias?.value ?? name
  const values = own.filter((record) => record.name === final)
  const answers = [
    ...(alias === undefined ? [] : [at(name, 'CNAME', final)]),
    ...values.filter((record) => record.type === type && type !== 'CNAME').map(({ value }) => at(final, type, value)),
  ]
  if (answers.length > 0 || values.length > 0) return { answers, rcode: 0 }
  if (isBlocked(ftl, name)) return { answers: type === 'A' ? [at(name, 'A', '0.0.0.0')] : [], rcode: 0 }
  const beyond = ftl.world.internet?.[name]
  return { answers: (beyond?.[type] ?? []).map((value) => at(name, type, value)), rcode: beyond === undefined ? noSuchName : 0 }
}

function dataOf(type: string, data: string): unknown {
  return type === 'MX' ? { preference: 10, exchange: data } : type === 'TXT' ? [data] : data
}

function isBlocked(ftl: SimulatedFtl, name: string): boolean {
  if (!ftl.blocking.enabled) return false
  const speaks = (type: string) =>
    ftl.domains.some(
      (entry) =>
        entry.enabled && entry.type === type && (entry.kind === 'exact' ? entry.domain === name : new RegExp(entry.domain).test(name)),
    )
  if (speaks('allow')) return false
  return speaks('deny') || ftl.lists.some(({ enabled, address }) => enabled && ftl.heldBy(address).domains.includes(name))
}
