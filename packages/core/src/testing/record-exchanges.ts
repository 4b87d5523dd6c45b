import type { Connection } from '../define/connection.ts'
import type { Exchange } from './schema-digest.ts'

/** An exchange, and what of its request only a test of credentials asks for. */
export interface RecordedExchange extends Exchange {
  authorization: string | null
}

/** A connection that writes down every exchange over it; `answer` may stand in for some of the answers. */
export function recordExchanges(
  connection: Connection,
  answer?: (target: string) => Response | undefined,
): { connection: Connection; exchanges: RecordedExchange[] } {
  const exchanges: RecordedExchange[] = []
  return {
    exchanges,
    connection: {
      ...connection,
      async fetch(target, options) {
        const response = answer?.(target) ?? (await connection.fetch(target, options))
        const { method = 'GET', headers, body: sent } = options ?? {}
        exchanges.push({
          method,
          target,
          sent: typeof sent === 'string' ? sent : undefined,
          authorization: new Headers(headers).get('authorization'),
          status: response.status,
          body: await response.clone().text(),
        })
        return response
      },
    },
  }
}
