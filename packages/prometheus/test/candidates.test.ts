import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { candidates } from '../src/candidates.ts'

async function listen(answer: RequestListener): Promise<number> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

const answering =
  (path: string, body: unknown): RequestListener =>
  (request, response) =>
    request.url === path ? response.end(JSON.stringify(body)) : response.writeHead(404).end()

const prometheus = answering('/api/v1/status/buildinfo', { status: 'success', data: { version: '3.5.0' } })
const alertmanager = answering('/api/v2/status', { versionInfo: { version: '0.28.0' } })
const { signal } = new AbortController()

test('a Prometheus on this machine is offered with the Alertmanager beside it', async () => {
  const ports = { prometheus: await listen(prometheus), alertmanager: await listen(alertmanager) }
  expect(await candidates({}, signal, ports)).toEqual([
    {
      instance: 'default',
      values: { url: `http://127.0.0.1:${ports.prometheus}`, alertmanagerUrl: `http://127.0.0.1:${ports.alertmanager}` },
      evidence: 'Prometheus 3.5.0 answers, Alertmanager beside it',
    },
  ])
})

test('one that asks for a password is offered with what has to be asked', async () => {
  const guarded = await listen((_, response) => response.writeHead(401, { 'www-authenticate': 'Basic realm="metrics"' }).end())
  expect(await candidates({}, signal, { prometheus: guarded, alertmanager: guarded })).toEqual([
    {
      instance: 'default',
      values: { url: `http://127.0.0.1:${guarded}` },
      evidence: 'something answers and asks for a password',
      ask: ['username', 'password'],
    },
  ])
})

test.each<[string, RequestListener]>([
  ['answers with something else', (_, response) => response.end('<html>')],
  ['never answers', () => undefined],
  ['breaks off', (_, response) => response.writeHead(200, { 'content-length': '99' }).end('{', () => response.socket?.destroy())],
])('a port that %s is not offered', async (_, answer) => {
  const port = await listen(answer)
  expect(await candidates({}, signal, { prometheus: port, alertmanager: port })).toEqual([])
})
