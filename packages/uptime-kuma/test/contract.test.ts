import { readFileSync } from 'node:fs'
import { createConnection } from '@rackwarden/core/runtime'
import { openSimulatedLab } from '@rackwarden/core/testing'
import { expect, onTestFinished, test } from 'vitest'
import { connect } from '../src/client.ts'
import { derive, offeredTypes } from '../src/derivation.ts'
import { assets } from '../src/facets.ts'
import uptimeKuma from '../src/index.ts'
import { beat, bean, monitor } from '../src/kuma-schema.ts'
import { createDoor } from '../src/login.ts'
import { newMonitor } from '../src/monitor-fields.ts'
import { createPicture } from '../src/picture.ts'
import { answersOf, beatEvent } from '../src/simulation/answers.ts'
import { columnsOf } from '../src/simulation/columns.ts'
import { createRecords } from '../src/simulation/records.ts'
import { serveKuma } from '../src/simulation/server.ts'
import { account, defaultWorld } from '../src/simulation/world.ts'
import { watchers } from '../src/watchers.ts'

/** What the vendor's sources say of 2.5.3: events and how many values each takes, and the names of fields. */
interface Digest {
  asked: Record<string, { args: number; login: boolean }>
  pushed: string[]
  monitor: string[]
  heartbeat: string[]
  heartbeatRow: string[]
  monitorTypes: string[]
}

const digest = JSON.parse(readFileSync(new URL('schema-digest.json', import.meta.url), 'utf8')) as Digest

/** Every event a write or a read of any tool sends, with how many values. */
async function everything(): Promise<Map<string, number>> {
  const sent = new Map<string, number>()
  const records = createRecords(defaultWorld)
  const server = await serveKuma(records, defaultWorld, { heard: (event, given) => void sent.set(event, given) })
  onTestFinished(() => server.kill())
  const configuration = { url: `http://127.0.0.1:${server.port}`, username: account.username, password: account.password }
  const lab = await openSimulatedLab(uptimeKuma, { configuration })
  onTestFinished(lab.close)
  const calls: [string, Record<string, unknown>][] = [
    ['create_monitor', { name: 'New', url: 'http://new.lab', tags: ['new'] }],
    ['update_monitor', { monitor: 'NAS', interval: 90 }],
    ['tag_monitor', { monitor: 'NAS', tag: 'other' }],
    ['pause_monitor', { monitor: 'NAS' }],
    ['end_maintenance', { maintenance: 'Toner change' }],
    ['start_maintenance', { title: 'More', monitors: ['NAS'], minutes: 5 }],
    ['delete_monitor', { monitor: 'Services' }],
  ]
  for (const [name, input] of calls) {
    const planned = await lab.call(name, input)
    const done = await lab.call(name, { ...input, confirm: planned.kind === 'plan' ? planned.plan.confirm : '' })
    const change = done.kind === 'done' ? done.change : undefined
    const undo = await lab.call('undo_change', { change })
    expect(await lab.call('undo_change', { change, confirm: undo.kind === 'plan' ? undo.plan.confirm : '' })).toMatchObject({
      kind: 'done',
    })
  }
  const connection = createConnection(configuration, { log: () => undefined })
  onTestFinished(() => connection.close?.())
  const client = await connect(configuration, connection)
  onTestFinished(() => client.close())
  const facet = { instance: 'default', signal: new AbortController().signal }
  const [asset] = (await assets(client, facet)).filter(({ name }) => name === 'NAS')
  const pause = { id: 'a', until: '2026-06-01T08:30:00Z', reason: 'work' }
  await watchers.pause(client, asset === undefined ? [] : [asset], pause, facet)
  await watchers.resume(client, pause.id, facet)
  return sent
}

test('every event that is sent is one of the vendor’s, with as many values as it takes', async () => {
  const sent = await everything()
  // It may be told to delete what is in a group; what is not told stays.
  const odd = [...sent].filter(([event, given]) => digest.asked[event]?.args !== given && event !== 'deleteMonitor')
  expect(odd).toEqual([])
  expect(Object.keys(digest.asked).filter((event) => digest.asked[event]?.login === true && !sent.has(event))).toEqual([])
})

test('the simulator answers no event the vendor does not, and none is listened to that is not pushed', () => {
  const answers = answersOf(createRecords(defaultWorld), () => undefined)
  expect(Object.keys(answers).filter((event) => !(event in digest.asked))).toEqual([])
  const taken = [...Object.keys(createPicture().pushed), ...Object.keys(createDoor().pushed)]
  expect(taken.toSorted()).toEqual(digest.pushed.toSorted())
})

test('every field that is read, kept or written is one of the vendor’s', async () => {
  const known = new Set(digest.monitor)
  const written = await Promise.all(
    [
      { url: 'http://a.lab', json_path: 'a', expected_value: 'b' },
      { container: 'a' },
      { type: 'push' as const },
      { host: 'a', port: 1 },
    ].map((given) =>
      newMonitor(derive(given), { name: 'a', interval: 60, retries: 0, parent: undefined, notifications: [], dockerHost: 1 }, true),
    ),
  )
  const fields = [
    ...Object.keys(monitor.shape),
    ...Object.keys(bean.shape),
    ...Object.keys(columnsOf(true)),
    ...written.flatMap(Object.keys),
  ]
  expect(fields.filter((field) => !known.has(field))).toEqual([])
  expect(offeredTypes.filter((type) => !digest.monitorTypes.includes(type))).toEqual([])
})

test('a check has the fields of an event or of a row', () => {
  const event = beatEvent({ id: 1, monitor_id: 1, status: 1, time: '', msg: '', ping: 1, important: 1 })
  expect(Object.keys(event).filter((field) => !digest.heartbeat.includes(field))).toEqual([])
  expect(Object.keys(beat.shape).filter((field) => ![...digest.heartbeat, ...digest.heartbeatRow].includes(field))).toEqual([])
})
