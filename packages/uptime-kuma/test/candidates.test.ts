import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { candidates } from '../src/candidates.ts'
import { createRecords } from '../src/simulation/records.ts'
import { serveKuma } from '../src/simulation/server.ts'
import { defaultWorld } from '../src/simulation/world.ts'

const { signal } = new AbortController()

async function answering(body: string): Promise<number> {
  const server = createServer((_, response) => response.end(body)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

test('what answers like its web page is offered, and name and password are asked for', async () => {
  const { port, kill } = await serveKuma(createRecords(defaultWorld), defaultWorld)
  expect(await candidates({}, signal, port)).toEqual([
    {
      instance: 'default',
      values: { url: `http://127.0.0.1:${port}` },
      evidence: `Uptime Kuma answers on port ${port}`,
      ask: ['username', 'password'],
    },
  ])
  await kill()
  expect(await candidates({}, signal, port)).toEqual([])
})

test.each(['<html>', '{"type":"grafana"}', JSON.stringify({ type: 'entryPage', more: 'x'.repeat(10_000) })])(
  'what answers otherwise is not: %.20s',
  async (body) => {
    expect(await candidates({}, signal, await answering(body))).toEqual([])
  },
)
