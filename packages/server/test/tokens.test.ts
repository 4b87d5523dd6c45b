import { createFileStore } from '@rackwarden/core/runtime'
import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { openTokens } from '../src/index.ts'
import { openTestTokens, temporaryDirectory } from './lab.ts'

test('a token is shown once and kept as a hash only', async () => {
  const store = createFileStore(await temporaryDirectory())
  const tokens = openTokens({ store, clock: Date, random: randomBytes })
  const { token, record } = await tokens.create({ name: 'laptop', tier: 'configure', services: ['docker'], expires: '30d' })
  expect(token).toMatch(/^rw_[\w-]{43}$/)
  expect(await store.read('tokens.json')).not.toContain(token.slice(3))
  expect(await tokens.list()).toEqual([record])
  expect(record).toMatchObject({ name: 'laptop', tier: 'configure', services: ['docker'] })
  expect(await tokens.verify(token)).toEqual(record)
  expect(await tokens.verify(`${token}x`)).toBeUndefined()
})

test('a token is revoked by name and rotated without losing its rights', async () => {
  const tokens = await openTestTokens()
  const first = await tokens.create({ name: 'laptop', tier: 'operate' })
  const second = await tokens.rotate('laptop', '4w')
  expect(second.token).not.toBe(first.token)
  expect(second.record).toMatchObject({ name: 'laptop', tier: 'operate', created_at: first.record.created_at })
  await tokens.revoke('laptop')
  expect(await tokens.list()).toEqual([])
  expect(await tokens.verify(second.token)).toBeUndefined()
})

test.each([
  [{ name: 'laptop', tier: 'admin' }, 'invalid_input'],
  [{ name: 'laptop', tier: 'root' }, 'invalid_input'],
  [{ name: 'Lap Top' }, 'invalid_input'],
  [{ name: '../up' }, 'invalid_input'],
  [{ name: 'environment' }, 'invalid_input'],
  [{ name: 'laptop', expires: 'soon' }, 'invalid_input'],
  [{ name: 'laptop', expires: '2001-01-01' }, 'invalid_input'],
  [{ name: 'taken' }, 'conflict'],
])('the grant %j is refused', async (grant, code) => {
  const tokens = await openTestTokens()
  await tokens.create({ name: 'taken' })
  await expect(tokens.create(grant)).rejects.toMatchObject({ code })
})

test('a token nobody has cannot be revoked or rotated', async () => {
  const tokens = await openTestTokens()
  await expect(tokens.revoke('ghost')).rejects.toMatchObject({ code: 'not_found' })
  await expect(tokens.rotate('ghost')).rejects.toMatchObject({ code: 'not_found' })
})

test('a damaged file of tokens lets nobody in', async () => {
  const store = createFileStore(await temporaryDirectory())
  await store.write('tokens.json', '{"tokens": [')
  const tokens = openTokens({ store, clock: Date, random: randomBytes })
  await expect(tokens.verify('rw_x')).rejects.toMatchObject({ code: 'invalid_config' })
})

test.each([
  '',
  '{',
  'null',
  '[]',
  '{}',
  '{"tokens":{}}',
  '{"tokens":"none"}',
  '{"tokens":[{}]}',
  '{"tokens":[{"name":"a","hash":"","tier":"root"}]}',
  '{"tokens":[{"name":"a","hash":"","tier":"operate","expires_at":"never"}]}',
  '{"tokens":[{"name":"a","hash":"","tier":"operate","services":"docker"}]}',
])('a damaged file of tokens (%s) lets nobody in, and is not taken for one without tokens', async (text) => {
  const store = createFileStore(await temporaryDirectory())
  await store.write('tokens.json', text)
  const tokens = openTokens({ store, clock: Date, random: randomBytes })
  const damaged = { code: 'invalid_config', message: expect.stringContaining('tokens.json') }
  await expect(tokens.any()).rejects.toMatchObject(damaged)
  await expect(tokens.verify('x')).rejects.toMatchObject(damaged)
  await expect(tokens.create({ name: 'new' })).rejects.toMatchObject(damaged)
})

test('of many commands at once none loses what another did, and a lock left behind is taken away', async () => {
  const store = createFileStore(await temporaryDirectory())
  const open = () => openTokens({ store, clock: Date, random: randomBytes })
  await open().create({ name: 'lost' })
  await store.create('tokens.lock', String(Date.now() - 60_000))
  await Promise.all([open().revoke('lost'), ...Array.from({ length: 8 }, (_, index) => open().create({ name: `phone-${index}` }))])
  expect((await open().list()).map(({ name }) => name).toSorted()).toEqual(Array.from({ length: 8 }, (_, index) => `phone-${index}`))
  expect(await store.read('tokens.lock')).toBeUndefined()
})
