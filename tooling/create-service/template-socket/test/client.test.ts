import { acceptWebSockets, ToolError, type AcceptedSocket } from '@rackwarden/core'
import { failure } from '@rackwarden/core/testing'
import { expect, onTestFinished, test } from 'vitest'
import { connect, type QuietLanternClient } from '../src/client.ts'
import { defaultWorld } from '../src/job.ts'
import simulate from '../src/simulate.ts'

const { signal } = new AbortController()

type Request = { id: number; method: string }
type Answer = (request: Request, socket: AcceptedSocket) => unknown

/** A client of an upstream that logs everybody in, and answers the rest as it is told to. */
async function connected(answer: Answer): Promise<{ client: QuietLanternClient; asked: string[] }> {
  const asked: string[] = []
  const { connection } = await simulate()
  if (connection === undefined) throw new Error('the simulator answers through a connection')
  const dial = acceptWebSockets((socket) => (message) => {
    const request = message as Request
    asked.push(request.method)
    const reply = (result: unknown) => socket.send({ id: request.id, result })
    if (request.method === 'auth.login') return reply(true)
    if (request.method === 'jobs.subscribe') return reply(defaultWorld.jobs)
    const result = answer(request, socket)
    return result === undefined ? undefined : reply(result)
  })
  const client = await connect({ url: 'http://quiet-lantern.simulated', timeoutMs: 5_000 }, { ...connection, dial })
  onTestFinished(() => client.close())
  return { client, asked }
}

test('reads answer from what was pushed, and one login serves them all', async () => {
  const { client, asked } = await connected(({ id }, socket) => {
    socket.send({ method: 'jobs.changed', params: [{ name: 'index', state: 'failed' }] })
    return { version: String(id) }
  })
  expect(await client.jobs(signal)).toEqual(defaultWorld.jobs)
  await client.version(signal)
  expect(await client.jobs(signal)).toEqual([{ name: 'index', state: 'failed' }])
  expect(client.age()).toBe(0)
  expect(asked).toEqual(['auth.login', 'jobs.subscribe', 'system.about'])
})

test('what is pushed in another form is asked for', async () => {
  const { client, asked } = await connected(({ method }, socket) => {
    if (method === 'jobs.list') return []
    socket.send({ method: 'jobs.changed', params: { jobs: 3 } })
    return { version: '2' }
  })
  await client.version(signal)
  expect(await client.jobs(signal)).toEqual([])
  expect(asked.at(-1)).toBe('jobs.list')
})

test.each([
  [403, 'forbidden'],
  [404, 'not_found'],
  [409, 'conflict'],
  [429, 'rate_limited'],
  [-32_603, 'upstream'],
])('an error %i of the upstream is %s', async (code, ours) => {
  const { client } = await connected(({ id }, socket) => socket.send({ id, error: { code, message: 'no' } }))
  expect(await failure(client.start('index', signal))).toMatchObject({ code: ours, message: expect.stringContaining('no') as string })
})

test('a connection the upstream closes ends what waits, and what was pushed is no answer any more', async () => {
  const { client } = await connected((_, socket) => socket.close(1012, 'restart'))
  expect(await failure(client.stop('index', signal))).toMatchObject({
    code: 'unreachable',
    message: expect.stringContaining('restart') as string,
  })
  expect(client.isLost()).toBe(true)
  expect((await failure(client.jobs(signal))).code).toBe('unreachable')
})

test('a login that is refused leaves no connection behind', async () => {
  const { connection } = await simulate()
  if (connection === undefined) throw new Error('the simulator answers through a connection')
  const streams: { destroyed: boolean }[] = []
  const dial: typeof connection.dial = async (target) => {
    const stream = await connection.dial(target)
    streams.push(stream)
    return stream
  }
  const refused = connect({ url: 'http://quiet-lantern.simulated', token: 'another' }, { ...connection, dial })
  await expect(refused).rejects.toSatisfy((error) => ToolError.isInstance(error) && error.code === 'unauthorized')
  expect(streams.map(({ destroyed }) => destroyed)).toEqual([true])
})
