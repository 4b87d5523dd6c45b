import type { Asset } from '@rackwarden/core'
import { createConnection } from '@rackwarden/core/runtime'
import { expect, onTestFinished, test } from 'vitest'
import { connect } from '../src/client.ts'
import { assets } from '../src/facets.ts'
import { createRecords } from '../src/simulation/records.ts'
import { serveKuma } from '../src/simulation/server.ts'
import { account, defaultWorld } from '../src/simulation/world.ts'
import { watchers } from '../src/watchers.ts'

const context = { instance: 'default', signal: new AbortController().signal }
const pause = { id: '20260601T080000-abcdef', until: '2026-06-01T08:30:00.000Z', reason: 'Restart smbd' }

async function openKuma() {
  const records = createRecords(defaultWorld)
  const server = await serveKuma(records, defaultWorld)
  onTestFinished(() => server.kill())
  const url = `http://127.0.0.1:${server.port}`
  const connection = createConnection({ url }, { log: () => undefined })
  onTestFinished(() => connection.close?.())
  const client = await connect({ url, username: account.username, password: account.password }, connection)
  onTestFinished(() => client.close())
  const known = await assets(client, context)
  const named = (...names: string[]): Asset[] => known.filter(({ name }) => names.includes(name))
  const states = async () => (await assets(client, context)).filter(({ state }) => state === 'maintenance').map(({ name }) => name)
  return { client, records, named, states }
}

test('what watches a thing that is worked on is in maintenance until that ends, and no other', async () => {
  const { client, records, named, states } = await openKuma()
  await watchers.pause(client, named('NAS', 'NAS ssh'), pause, context)
  expect((await states()).toSorted()).toEqual(['NAS', 'NAS ssh', 'Printer'])
  expect(records.maintenances()['2']).toMatchObject({
    title: 'rackwarden 20260601T080000-abcdef: Restart smbd',
    status: 'under-maintenance',
  })
  await watchers.resume(client, '20260601T080000-abcdeg', context)
  expect(await states()).toHaveLength(3)
  await watchers.resume(client, pause.id, context)
  await watchers.resume(client, pause.id, context)
  expect(await states()).toEqual(['Printer'])
  expect(Object.keys(records.maintenances())).toEqual(['1'])
})

test('what is paused, in maintenance or a group has no alarm to raise', async () => {
  const { client, named } = await openKuma()
  const all = named('NAS', 'Printer', 'Old blog', 'Services')
  const selected = await watchers.select?.(client, all, context)
  expect(selected?.map(({ name }) => name)).toEqual(['NAS'])
})
