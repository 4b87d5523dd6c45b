import { expect, test } from 'vitest'
import { openEngine } from './engine.ts'

/** What a call sent, without the handshake, ids shortened. */
async function sent(kind: 'read' | 'write', name: string, input: Record<string, unknown> = {}) {
  const engine = await openEngine({ containers: [{ name: 'web', image: 'nginx', log: ['one', '! two'], health: 'healthy' }] })
  await engine[kind](name, input)
  return engine.exchanges
    .map(({ method, target }) => `${method} ${target.replace(/[0-9a-f]{64}/, '<id>')}`)
    .filter((line) => line !== 'GET /_ping')
}

test('each tool asks the engine for no more than it needs', async () => {
  expect(await sent('read', 'list_containers')).toMatchInlineSnapshot(`
    [
      "GET /v1.52/containers/json?all=true",
      "GET /v1.52/containers/<id>/json",
    ]
  `)
  expect(await sent('read', 'get_container', { container: 'web' })).toMatchInlineSnapshot(`
    [
      "GET /v1.52/containers/json?all=true",
      "GET /v1.52/containers/<id>/json",
    ]
  `)
  expect(await sent('read', 'get_logs', { container: 'web', tail: 5, since: '1h', stream: 'stderr' })).toMatchInlineSnapshot(`
    [
      "GET /v1.52/containers/json?all=true",
      "GET /v1.52/containers/<id>/json",
      "GET /v1.52/containers/<id>/logs?stdout=false&stderr=true&tail=5&timestamps=true&since=1780300800",
    ]
  `)
  expect(await sent('read', 'get_stats')).toMatchInlineSnapshot(`
    [
      "GET /v1.52/containers/json?all=true",
      "GET /v1.52/info",
      "GET /v1.52/containers/<id>/stats?stream=false",
    ]
  `)
  expect(await sent('read', 'list_images')).toMatchInlineSnapshot(`
    [
      "GET /v1.52/images/json",
      "GET /v1.52/containers/json?all=true",
    ]
  `)
  expect(await sent('read', 'list_volumes')).toMatchInlineSnapshot(`
    [
      "GET /v1.52/volumes",
      "GET /v1.52/containers/json?all=true",
    ]
  `)
  expect(await sent('read', 'list_volumes', { sizes: true })).toMatchInlineSnapshot(`
    [
      "GET /v1.52/volumes",
      "GET /v1.52/containers/json?all=true",
      "GET /v1.52/system/df?type=volume&verbose=true",
    ]
  `)
  expect(await sent('read', 'list_networks')).toMatchInlineSnapshot(`
    [
      "GET /v1.52/networks",
      "GET /v1.52/containers/json?all=true",
    ]
  `)
  expect((await sent('write', 'start_container', { container: 'web' })).filter((line) => line.startsWith('POST'))).toMatchInlineSnapshot(`
    [
      "POST /v1.52/containers/<id>/start",
    ]
  `)
  expect((await sent('write', 'stop_container', { container: 'web' })).filter((line) => line.startsWith('POST'))).toMatchInlineSnapshot(`
    [
      "POST /v1.52/containers/<id>/stop",
    ]
  `)
  expect((await sent('write', 'restart_container', { container: 'web' })).filter((line) => line.startsWith('POST'))).toMatchInlineSnapshot(`
    [
      "POST /v1.52/containers/<id>/restart",
    ]
  `)
})
