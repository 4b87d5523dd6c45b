import type { Connection } from '../define/connection.ts'

/** A connection that hands on when each answer was given by the clock of who gave it, in milliseconds since the epoch. */
export function tellTime(connection: Connection, told: (at: number) => void): Connection {
  return {
    ...connection,
    async fetch(target, options) {
      const response = await connection.fetch(target, options)
      const at = Date.parse(response.headers.get('date') ?? '')
      if (!Number.isNaN(at)) told(at)
      return response
    },
  }
}
