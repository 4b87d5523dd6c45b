import { openSchemaDigest } from '@rackwarden/core/testing'
import { expect, test } from 'vitest'
import docker from '../src/index.ts'
import { openEngine } from './engine.ts'

const { answerProblems, endpointOf, endpoints, requestProblems } = openSchemaDigest(new URL('schema-digest.json', import.meta.url), {
  prefix: /^\/v\d+\.\d+/,
  // The vendor does not list every status it answers with, but every failure has one shape.
  failure: '$ErrorResponse',
})

async function everything() {
  const engine = await openEngine()
  const context = { instance: 'default', signal: engine.context.signal }
  await docker.health(engine.client, context)
  await docker.findings?.(engine.client, context)
  await docker.assets?.(engine.client, context)
  for (const name of ['list_containers', 'get_stats', 'list_images', 'list_networks']) await engine.read(name)
  await engine.read('list_volumes', { sizes: true })
  for (const container of ['web', 'api', 'db', 'mailer', 'backup', 'probe', 'import']) {
    await engine.read('get_container', { container })
    await engine.read('get_logs', { container, since: '2d', grep: 'a|b', timestamps: true })
    for (const name of ['restart_container', 'stop_container', 'start_container']) await engine.write(name, { container })
  }
  await engine.write('start_container', { container: 'web' })
  await engine.write('create_container', {
    name: 'cache',
    image: 'nginx:1.27',
    ports: ['6379:6379'],
    mounts: ['cache:/data', '/srv/cache:/x:ro'],
  })
  await engine.write('exec_container', { container: 'db', command: ['pg_isready', '-U', 'shop'] })
  await engine.write('recreate_container', { container: 'web' })
  await engine.write('delete_container', { container: 'mailer', force: true })
  await engine.write('prune', { images: 'unused', volumes: true })
  const twoNetworks = await openEngine({
    containers: [{ name: 'both', image: 'nginx', project: 'shop', network: 'proxy', state: 'exited' }],
  })
  await twoNetworks.write('recreate_container', { container: 'both' })
  await twoNetworks.write('delete_container', { container: 'both' })
  await twoNetworks.write('prune', {})
  return { exchanges: [...engine.exchanges, ...twoNetworks.exchanges] }
}

test('every request is one the vendor’s schema describes', async () => {
  const { exchanges } = await everything()
  expect(exchanges.flatMap(requestProblems)).toEqual([])
})

test('every answer of the simulator has the shape of the vendor’s schema', async () => {
  const { exchanges } = await everything()
  expect(exchanges.flatMap(answerProblems)).toEqual([])
})

test('the digest holds the endpoints that are used, and no others', async () => {
  const { exchanges } = await everything()
  const used = new Set(exchanges.map((exchange) => endpointOf(exchange) ?? exchange.target))
  expect([...used].toSorted()).toEqual(endpoints.toSorted())
})

test('an answer that departs from the schema is noticed', () => {
  const about = { method: 'GET', target: '/v1.52/networks', status: 200 }
  expect(answerProblems({ ...about, body: '[{"Name":1}]' })).toEqual(['/v1.52/networks[0].Name is no string'])
  expect(answerProblems({ ...about, body: '[{"Nme":"x"}]' })).toEqual(['/v1.52/networks[0].Nme is unknown'])
  expect(requestProblems({ method: 'GET', target: '/v1.52/containers/json?all=yes' })).toHaveLength(1)
  expect(requestProblems({ method: 'GET', target: '/v1.52/containers' })).toHaveLength(1)
})
