import type { Caller, Exposure, View, Log, Surface, ResultForm } from '@rackwarden/core/runtime'
import type { Server } from '@modelcontextprotocol/server'
import { serveStdio as serveConnection } from '@modelcontextprotocol/server/stdio'
import type { Readable, Writable } from 'node:stream'
import { createActivity, endLimits } from './activity.ts'
import { createEncoder, keepListBytes } from './encode.ts'
import { tellOfChange } from './list-changes.ts'
import { mcpServers } from './mcp-server.ts'
import { createStdioTransport } from './stdio/transport.ts'

/** What is served over stdio, and to whom. */
export interface ServeStdioOptions {
  surface: Surface
  caller: Caller
  results?: ResultForm
  /** How much is listed, as of each request; every tool when not given. */
  exposure?: () => Exposure
  log: Log
  /** How long calls may go on by themselves after the client is gone; 8 seconds when not given. */
  finishMs?: number
  /** The process's own streams when not given. */
  input?: Readable
  output?: Writable
}

/** One client served over stdio. */
export interface StdioServer {
  /** Resolves when the client is gone. */
  readonly ended: Promise<void>
  /** Resolves when the client is gone and its calls are over; nothing is left to wait for. */
  readonly finished: Promise<void>
  /** Ends as if the client had gone. */
  close(): Promise<void>
}

/** Serves one client over stdin and stdout, in both protocol eras. */
export function serveStdio(options: ServeStdioOptions): StdioServer {
  const {
    surface,
    caller,
    exposure = () => 'all',
    results = 'text',
    log,
    finishMs = endLimits.finishMs,
    input = process.stdin,
    output = process.stdout,
  } = options
  const activity = createActivity()
  const view: View = {
    caller,
    get exposure() {
      return exposure()
    },
  }
  const transport = createStdioTransport(input, output, createEncoder(keepListBytes()))
  const create = mcpServers({ surface, results, activity, log })
  // One is made to tell the era by, the other serves; which is which, only the connection knows.
  const servers: Server[] = []
  const connection = serveConnection(
    ({ era }) => {
      const server = create({ view, stays: era === 'legacy' })
      servers.push(server)
      return server
    },
    { transport, onerror: (error) => log('info', `stdio: ${error.message}`) },
  )
  const stopWatching = surface.watch?.((list) => {
    for (const server of servers) tellOfChange(server, list)
  })
  let ask: () => void = () => undefined
  const asked = new Promise<void>((resolve) => (ask = resolve))

  async function drain(): Promise<void> {
    await Promise.race([transport.ended, asked])
    stopWatching?.()
    await within(
      finishMs,
      transport.answered().then(() => activity.settled(finishMs)),
    )
    await connection.close()
    await activity.settled(endLimits.abortMs)
  }

  const finished = drain()
  return {
    ended: transport.ended,
    finished,
    close() {
      ask()
      return finished
    },
  }
}

/** Waits for work, but not longer than the limit. */
async function within(limitMs: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  await Promise.race([work, new Promise((resolve) => (timer = setTimeout(resolve, limitMs)))])
  clearTimeout(timer)
}
