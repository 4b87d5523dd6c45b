import { openSchemaDigest } from '@rackwarden/core/testing'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import pbs from '../src/index.ts'
import setup from '../src/setup.ts'
import { requestSchema } from '../src/simulation/request-schema.ts'
import { createRequestCheck } from '../src/simulation/request-check.ts'
import { openServer } from './server.ts'

const digest = new URL('schema-digest.json', import.meta.url)
const { answerProblems, endpointOf, endpoints, requestProblems } = openSchemaDigest(digest)
const facet = { instance: 'default', signal: new AbortController().signal }

async function everything() {
  const server = await openServer()
  const { client, read, write, exchanges, signal } = server
  await server.health()
  await server.findings()
  await server.assets()
  await server.census()
  await pbs.rights?.(client, facet)
  await pbs.backups?.(client, facet)
  await setup.prove(client, 'admin', facet)
  for (const name of ['get_status', 'list_datastores', 'list_jobs', 'audit_freshness', 'get_verify_coverage']) await read(name)
  await read('list_backups', { scope: 'main:vm/101', all: true })
  await read('list_tasks', { since: '7d', text: 'backup' })
  await read('list_tasks', { state: 'running' })
  const [first] = await client.tasks({ limit: 1 }, signal)
  await read('get_task', { task: first?.upid, lines: 5 })
  const backup = 'main:lab/vm/900/2026-06-01T02:00:00Z'
  await write('protect_backup', { backup })
  await write('delete_backup', { backup }).catch(() => undefined)
  for (const scope of ['main', 'main:lab', 'main:vm/100', backup]) await write('run_verify', { scope, all: true })
  await write('run_verify', { scope: 'main' })
  await write('run_sync', { job: 'to-attic' })
  await write('run_garbage_collection', { datastore: 'main' })
  const rules = { keep_last: 1, keep_hourly: 1, keep_daily: 1, keep_weekly: 1, keep_monthly: 1, keep_yearly: 1 }
  await write('prune_backups', { scope: 'main', ...rules })
  await write('delete_backup', { backup: 'main:host/desk' }).catch(() => undefined)
  return exchanges
}

test('every request is one the vendor’s schema describes', async () => {
  expect((await everything()).flatMap(requestProblems)).toEqual([])
})

test('every answer of the simulator has the shape of the vendor’s schema', async () => {
  expect((await everything()).filter(({ status }) => status === 200).flatMap(answerProblems)).toEqual([])
})

test('the digest holds the endpoints that are used, and no others', async () => {
  const used = new Set((await everything()).map((exchange) => endpointOf(exchange) ?? `${exchange.method} ${exchange.target}`))
  expect([...used].toSorted()).toEqual(endpoints.toSorted())
})

test('the simulator holds requests to the same digest', () => {
  const { endpoints: all } = JSON.parse(readFileSync(digest, 'utf8')) as {
    endpoints: { method: string; path: string; parameters: Record<string, unknown> }[]
  }
  const expected = all.map(({ method, path, parameters }) => {
    const body = parameters['body content?'] as Record<string, unknown> | undefined
    const named = Object.entries(body ?? parameters).map(([name, type]) => {
      const text = Array.isArray(type) ? `${String(type[0])}[]` : String(type)
      return `${name.replace('query ', '')}=${text}`
    })
    return [`${method} ${path}`, ...named].join(' ')
  })
  expect(requestSchema.trim().split('\n')).toEqual(expected)
})

test('a wrong parameter, a missing one and one of another type are refused by the simulator', () => {
  const check = createRequestCheck()
  const path = '/api2/json/admin/datastore/main/snapshots'
  expect(check('GET', `${path}?namespace=lab`, undefined)).toEqual({ refused: expect.stringContaining("'namespace'") })
  expect(check('DELETE', `${path}?backup-type=vm&backup-id=100`, undefined)).toEqual({ refused: expect.stringContaining("'backup-time'") })
  expect(check('DELETE', `${path}?backup-type=qemu&backup-id=100&backup-time=soon`, undefined)).toEqual({
    refused: expect.stringMatching(/'backup-type'[^]*'backup-time'/),
  })
  expect(check('PUT', '/api2/json/admin/datastore/main/protected', '{"protected":"yes"}')).toEqual({
    refused: expect.stringContaining("'protected'"),
  })
  expect(check('GET', '/api2/json/admin/nothing', undefined)).toBeUndefined()
})

test('an answer or a request that departs from the schema is noticed', () => {
  const about = { method: 'GET', target: '/api2/json/admin/datastore', status: 200 }
  expect(answerProblems({ ...about, body: '{"data":[{"store":1}]}' })).not.toEqual([])
  expect(requestProblems({ method: 'GET', target: '/api2/json/admin/datastore/main/groups?namespace=x' })).toHaveLength(1)
})
