import { openSchemaDigest, openToolbox, recordExchanges } from '@rackwarden/core/testing'
import { expect, onTestFinished, test } from 'vitest'
import type { PiholeClient } from '../src/client.ts'
import pihole from '../src/index.ts'
import { instanceOf } from '../src/simulate.ts'
import { SimulatedFtl } from '../src/simulation/ftl.ts'
import { defaultWorld, type SimulatedPihole } from '../src/simulation/world.ts'

const { answerProblems, endpointOf, endpoints, requestProblems } = openSchemaDigest(new URL('schema-digest.json', import.meta.url))
const { primary } = defaultWorld.instances
const one = primary as SimulatedPihole

async function opened(world: SimulatedPihole) {
  const { instance, close } = instanceOf(new SimulatedFtl(world), '10.20.0.53')
  onTestFinished(close)
  if (instance.connection === undefined) throw new Error('the simulator answers through a connection')
  const { connection, exchanges } = recordExchanges(instance.connection)
  const toolbox = await openToolbox(pihole, connection, { instance: 'primary', configuration: instance.config })
  return { ...toolbox, client: toolbox.client as PiholeClient, exchanges }
}

async function everything() {
  const { client, context, exchanges, read, write, ...facets } = await opened({
    ...one,
    messages: [{ type: 'RATE_LIMIT', plain: 'Client 10.20.0.9 has been rate-limited', minutesAgo: 3 }],
  })
  const { signal } = context
  await facets.health()
  await facets.findings()
  await facets.assets()
  await pihole.rights?.(client, { instance: 'primary', signal })
  await read('get_status')
  await read('list_records')
  await read('explain_domain', { domain: 'ads.example.com' })
  await read('explain_domain', { domain: 'cdn.shop.example' })
  for (const filter of [
    { status: 'blocked', since: '1d' },
    { client: '10.20.0.6', until: '1h' },
    { domain: 'nas', status: 'cache', cursor: '4' },
  ])
    await read('search_queries', filter)
  await write('add_record', { name: 'nas.home.example', addresses: ['10.20.0.99'] })
  await write('add_record', { name: 'media.home.example', cname: 'attic.home.example' }).catch(() => undefined)
  await client.lines(signal)
  await write('allow_domain', { domain: 'tracker.example.net', comment: 'x' })
  await write('deny_domain', { domain: 'cdn.shop.example' })
  await client.replaceDomain({ domain: 'cdn.shop.example', type: 'deny', kind: 'exact', enabled: false, groups: [0] }, signal)
  await client.addDomain({ domain: '(', type: 'deny', kind: 'regex', enabled: true, groups: [0] }, signal).catch(() => undefined)
  const list = { address: 'https://lists.example/more.txt', type: 'block' as const, enabled: true, groups: [0] }
  await client.addList(list, signal)
  await client.replaceList({ ...list, comment: 'more' }, signal)
  await client.lists(signal)
  await client.removeList(list, signal)
  await write('apply_contents', { records: ['10.20.0.1 router.home.example'], cnames: [] }).catch(() => undefined)
  await client.setBlocking(false, 60, signal).catch(() => undefined)
  await client.setBlocking(true, undefined, signal)
  await client.changeLines({ hosts: [], cnames: [] }, { hosts: ['10.9.9.9 nobody'], cnames: [] }, signal).catch(() => undefined)
  await client.updateGravity(() => undefined, signal)
  await client.restartDns(signal)
  await client.pid(signal).catch(() => undefined)
  await client.pid(signal)
  await client.close()
  const refused = await opened({ ...one, password: 'another-password' })
  const wrong = await pihole.connect({ url: 'http://x', password: 'guess' }, { ...recordedOf(refused) })
  await Promise.resolve(pihole.health(wrong, { instance: 'primary', signal })).catch(() => undefined)
  return [...exchanges, ...refused.exchanges]
}

function recordedOf({ exchanges }: Awaited<ReturnType<typeof opened>>) {
  const { instance } = instanceOf(new SimulatedFtl({ ...one, password: 'another-password' }))
  const recorded = recordExchanges(instance.connection as NonNullable<typeof instance.connection>)
  return {
    ...recorded.connection,
    fetch: async (target: string, options?: Parameters<typeof recorded.connection.fetch>[1]) => {
      const response = await recorded.connection.fetch(target, options)
      exchanges.push(...recorded.exchanges.splice(0))
      return response
    },
  }
}

// The text of a run is no JSON.
const isJson = ({ target, status }: { target: string; status: number }) => !(target.startsWith('/api/action/gravity') && status === 200)

test('every request is one the vendor’s schema describes', async () => {
  expect((await everything()).flatMap(requestProblems)).toEqual([])
})

test('every answer of the simulator has the shape of the vendor’s schema', async () => {
  expect((await everything()).filter(isJson).flatMap(answerProblems)).toEqual([])
})

test('the digest holds the endpoints that are used, and no others', async () => {
  const used = new Set((await everything()).map((exchange) => endpointOf(exchange) ?? `${exchange.method} ${exchange.target}`))
  expect([...used].toSorted()).toEqual(endpoints.toSorted())
})

test('an answer or a request that departs from the schema is noticed', () => {
  expect(answerProblems({ method: 'GET', target: '/api/dns/blocking', status: 200, body: '{"blocking":"perhaps","more":1}' })).toHaveLength(
    2,
  )
  expect(requestProblems({ method: 'GET', target: '/api/queries?length=many&page=2' })).toHaveLength(2)
})
