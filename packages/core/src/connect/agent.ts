import type { Agent, AgentOptions } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Connection } from '../define/connection.ts'

/** A port of an address is text. */
interface Target {
  host?: string
  port?: number | string
}

type Done = (error: Error | null, stream?: Duplex) => void

/**
 * Makes an agent for libraries that speak HTTP or WebSocket themselves: its sockets are dialled through the connection,
 * so that pins, authorities and tunnels count for them. `failed` is told why one could not be, which libraries tend to forget.
 */
export async function createAgent(
  connection: Connection,
  { secure, failed }: { secure: boolean; failed?: (error: unknown) => void },
): Promise<Agent> {
  const { Agent: HttpAgent } = await import('node:http')
  const hand = async ({ host = 'localhost', port = secure ? 443 : 80 }: Target, done: Done) => {
    let stream: Duplex
    try {
      stream = await connection.dial({ host, port: Number(port), ...(secure && { tls: true }) })
    } catch (error) {
      failed?.(error)
      return done(error as Error)
    }
    return done(null, stream)
  }
  class DialledAgent extends HttpAgent {
    // Node asks the agent whether it fits the scheme of a request.
    protocol = secure ? 'https:' : 'http:'
    override createConnection(target: AgentOptions & Target, done?: (error: Error | null, stream: Duplex) => void) {
      void hand(target, (error, stream) => done?.(error, stream as Duplex))
      return undefined
    }
  }
  return new DialledAgent()
}
