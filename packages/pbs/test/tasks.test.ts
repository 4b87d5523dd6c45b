import { ToolError, type Connection } from '@rackwarden/core'
import { expect, test } from 'vitest'
import type { PbsClient } from '../src/client.ts'
import pbs from '../src/index.ts'
import simulate from '../src/simulate.ts'
import { defaultWorld } from '../src/simulation/world.ts'
import { followTask } from '../src/tasks.ts'
import { openServer } from './server.ts'

/** A client whose connection loses some of its requests. */
async function faulty(loses: (target: string, count: number) => boolean) {
  const { connection, config } = await simulate({ ...defaultWorld, taskSeconds: 20 })
  let count = 0
  const fetch: Connection['fetch'] = async (target, options) => {
    if (target.includes('/tasks/')) count += 1
    if (loses(target, count)) throw new ToolError('unreachable', 'the wire is cut')
    return connection!.fetch(target, options)
  }
  return (await pbs.connect(config, { ...connection!, fetch })) as PbsClient
}

const told: string[] = []
const following = (client: PbsClient, signal = new AbortController().signal) => ({
  client,
  signal,
  progress: (message: string) => void told.push(message),
})

test('a task is followed to its end, its id first and then its log', async () => {
  const { client, signal } = await openServer({ taskSeconds: 20 })
  told.length = 0
  const task = await client.collectGarbage('main', signal)
  const end = await followTask(task, following(client))
  expect(told[0]).toBe(`task ${task}`)
  expect(told.slice(1)).toEqual(['percentage done: 25%', 'percentage done: 50%', 'percentage done: 75%'])
  expect(end).toMatchObject({ task, warnings: 0 })
  expect(end.tail.at(-1)).toBe('TASK OK')
})

test('a server that does not answer for a while is asked again; one that is gone leaves the task to be found', async () => {
  const passing = await faulty((target, count) => target.includes('/status') && count >= 2 && count <= 4)
  const signal = new AbortController().signal
  expect(await followTask(await passing.collectGarbage('main', signal), following(passing))).toMatchObject({ warnings: 0 })
  const gone = await faulty((target) => target.includes('/tasks/'))
  const task = await gone.collectGarbage('main', signal)
  await expect(followTask(task, following(gone))).rejects.toMatchObject({
    code: 'unreachable',
    hint: expect.stringContaining(`get_task task=${task}`),
  })
})

test('a task nobody waits for any more goes on, and its id is told', async () => {
  const { client, signal } = await openServer({ taskSeconds: 10_000 })
  const task = await client.collectGarbage('main', signal)
  const controller = new AbortController()
  const followed = followTask(task, { client, signal: controller.signal, progress: () => controller.abort() })
  await expect(followed).rejects.toMatchObject({ code: 'denied', message: expect.stringContaining(task) })
  expect(await client.tasks({ running: true }, signal)).toMatchObject([{ upid: task }])
})

test('of a long log the end is read, not all of it', async () => {
  const log = Array.from({ length: 30_000 }, (_, index) => `chunk ${index}`)
  const { client, signal, exchanges } = await openServer({ endings: { garbage_collection: { status: 'disk full', log } } })
  const end = await followTask(await client.collectGarbage('main', signal), following(client))
  expect(end).toMatchObject({ error: 'disk full' })
  expect(end.tail.at(-2)).toBe('chunk 29999')
  const read = exchanges.filter(({ target }) => target.includes('/log')).reduce((sum, { body }) => sum + body.length, 0)
  expect(read).toBeLessThan(200_000)
})

test('requests carry the token with a colon, the root namespace is not named, and times are seconds', async () => {
  const { client, signal, exchanges } = await openServer()
  await client.snapshots({ store: 'main', namespace: '' }, signal)
  await client.snapshots({ store: 'main', namespace: 'lab', kind: 'vm', id: '900' }, signal)
  await client.deleteBackup({ store: 'main', namespace: 'lab', kind: 'vm', id: '900', time: 1_780_279_200 }, signal)
  await client.verify({ store: 'main', namespace: '' }, { outdatedAfterDays: 30 }, signal)
  await client.protect({ store: 'main', namespace: '', kind: 'vm', id: '100', time: 1_780_279_200 }, true, signal)
  expect(exchanges[0]?.authorization).toBe('PBSAPIToken=rackwarden@pbs!assistant:pretend-pbs-secret')
  expect(exchanges.map(({ method, target, sent }) => [method, target.replace('/api2/json/', ''), sent].filter(Boolean).join(' ')))
    .toMatchInlineSnapshot(`
    [
      "GET admin/datastore/main/snapshots",
      "GET admin/datastore/main/snapshots?ns=lab&backup-type=vm&backup-id=900",
      "DELETE admin/datastore/main/snapshots?ns=lab&backup-type=vm&backup-id=900&backup-time=1780279200",
      "POST admin/datastore/main/verify {"ignore-verified":true,"outdated-after":30}",
      "PUT admin/datastore/main/protected {"backup-type":"vm","backup-id":"100","backup-time":1780279200,"protected":true}",
    ]
  `)
})
