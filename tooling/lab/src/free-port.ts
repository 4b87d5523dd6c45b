import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

// Below the range the kernel takes ports for outgoing connections from, so that one stays free while its owner is stopped.
const lowest = 20_000
const highest = 32_000

/** Finds a loopback port nobody listens on. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(lowest, highest)
    if (await isFree(port)) return port
  }
}

function isFree(port: number): Promise<boolean> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen({ host: '127.0.0.1', port }, () => server.close(() => resolve(true)))
  })
}
