import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { blanks, drip, flood, oversizedBytes } from './endless.ts'
import type { Fault } from './fault.ts'

/** Faults that come after the other protocol was agreed on: what is said in it is spoiled. */
const spoiling = ['garbage', 'truncated', 'slow', 'oversized'] as const satisfies readonly Fault[]

type SpoilingFault = (typeof spoiling)[number]

/** Whether a fault spoils what is said, rather than refusing to talk. */
export function isSpoiling(fault: Fault): fault is SpoilingFault {
  return (spoiling as readonly Fault[]).includes(fault)
}

/** What an upgraded connection is led through. */
export interface RelayOptions {
  client: Duplex
  /** What the client sent after its request already. */
  head: Buffer
  dial: () => Promise<Duplex>
  /** Asked before anything is passed on to the client. */
  isCut: () => boolean
  fault: SpoilingFault | null
}

/** Leads an upgraded connection to the upstream, byte by byte; a fault lets the handshake through and spoils the rest. */
export async function relay(incoming: IncomingMessage, { client, head, dial, isCut, fault }: RelayOptions): Promise<void> {
  client.on('error', () => undefined)
  let upstream: Duplex
  try {
    upstream = await dial()
  } catch {
    client.destroy()
    return
  }
  upstream.on('error', () => undefined)
  client.once('close', () => upstream.destroy())
  upstream.write(requestText(incoming))
  upstream.write(head)
  client.pipe(upstream)
  const pass = fault === null ? (chunk: Buffer) => void client.write(chunk) : spoiler(client, fault)
  upstream.on('data', (chunk: Buffer) => {
    if (!isCut()) pass(chunk)
  })
  if (fault !== null) return
  upstream.once('end', () => client.end())
  upstream.once('close', () => client.destroy())
}

/** Lets the handshake through, and takes what comes next as the occasion to fail. */
function spoiler(client: Duplex, fault: SpoilingFault): (chunk: Buffer) => void {
  let handshake: Buffer | undefined = Buffer.alloc(0)
  let spoiled = false
  return (chunk) => {
    let said = chunk
    if (handshake !== undefined) {
      handshake = Buffer.concat([handshake, chunk])
      const end = handshake.indexOf('\r\n\r\n')
      if (end === -1) return
      client.write(handshake.subarray(0, end + 4))
      said = handshake.subarray(end + 4)
      handshake = undefined
    }
    // An answer can be cut short only once there is one.
    if (spoiled || (fault === 'truncated' && said.length === 0)) return
    spoiled = true
    void spoil(client, fault, said)
  }
}

async function spoil(client: Duplex, fault: SpoilingFault, said: Buffer): Promise<void> {
  if (fault === 'garbage') client.write(Buffer.alloc(64, 0xff))
  else if (fault === 'truncated') client.write(said.subarray(0, Math.ceil(said.length / 2)), () => client.destroy())
  else if (fault === 'slow') {
    client.write(frameOf(blanks.length))
    await drip(client)
  } else {
    client.write(frameOf(oversizedBytes))
    await flood(client)
  }
}

/** The beginning of a WebSocket message that is to have so many bytes. */
function frameOf(bytes: number): Buffer {
  const frame = Buffer.from([0x81, 127, 0, 0, 0, 0, 0, 0, 0, 0])
  frame.writeBigUInt64BE(BigInt(bytes), 2)
  return frame
}

function requestText({ method, url, rawHeaders }: IncomingMessage): string {
  const headers = rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${rawHeaders[index + 1]}\r\n`] : []))
  return `${method} ${url} HTTP/1.1\r\n${headers.join('')}\r\n`
}
