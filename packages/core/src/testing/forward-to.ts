import type { Connection } from '../define/connection.ts'
import type { Handler } from './serve-handler.ts'

/** A handler that hands every request on to a connection, as that of a simulation. */
export function forwardTo(connection: Connection): Handler {
  return async (request) => {
    const { pathname, search } = new URL(request.url)
    const body = request.method === 'GET' || request.method === 'HEAD' ? '' : await request.text()
    return connection.fetch(`${pathname}${search}`, {
      method: request.method,
      headers: request.headers,
      ...(body === '' ? {} : { body }),
    })
  }
}
