import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { defaultLimits, readAudit } from '@rackwarden/core/runtime'
import { expect, onTestFinished, test, vi } from 'vitest'
import { startLab } from '../lab.ts'
import { openLamp } from '../lamp-catalogue.ts'
import { initialize, openSession, proper, rpc, send } from '../raw.ts'

const ping = rpc('ping')
const waitSignal = (id: number | string) => rpc('tools/call', { name: 'wait_signal' }, id)

test('one principal takes up half of a server, all together no more than it holds, and all is well afterwards', async () => {
  const { server, state, tokens } = await startLab()
  const [first, second, third] = await Promise.all(
    ['first', 'second', 'third'].map(async (name) => ({ ...proper, authorization: `Bearer ${(await tokens.create({ name })).token}` })),
  )
  const statuses = (headers: Record<string, string>, count: number) =>
    Array.from({ length: count }, async (_, index) => (await send(server.port, { headers, body: waitSignal(index) })).status)
  const asked = [...statuses(first!, 140)]
  await vi.waitFor(() => expect(state.waiting).toBe(128))
  expect(await send(server.port, { headers: first!, body: ping })).toMatchObject({ status: 429, headers: { 'retry-after': '1' } })
  expect(await send(server.port, { headers: second!, body: ping })).toMatchObject({ status: 200 })
  asked.push(...statuses(second!, 128))
  await vi.waitFor(() => expect(state.waiting).toBe(256))
  expect(await send(server.port, { headers: third!, body: ping })).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
  state.release()
  const answered = await Promise.all(asked)
  expect(answered.filter((status) => status === 200)).toHaveLength(256)
  expect(answered.filter((status) => status === 429)).toHaveLength(12)
  for (const headers of [first!, second!, third!]) expect(await send(server.port, { headers, body: ping })).toMatchObject({ status: 200 })
})

test('of a thousand calls at once each is answered, done or refused, and each that came to be a call is audited', async () => {
  const { catalogue, runtime, stateDirectory } = await openLamp({
    configuration: { tier: 'observe', limits: { ...defaultLimits, callsPerMinute: 300 } },
  })
  const { server } = await startLab({ surface: catalogue })
  const call = async (index: number) => {
    const body = rpc('tools/call', { name: 'get_level', arguments: { rooms: [`room ${index}`] } }, index)
    // A connection that is turned away may be closed before all of it was sent.
    const { status, text } = await send(server.port, { headers: proper, body }).catch(() => ({ status: 503, text: '' }))
    if (status !== 200) return { status, said: '' }
    const answer = JSON.parse(text) as { id: number; result: { content: { text: string }[] } }
    expect(answer.id).toBe(index)
    return { status, said: answer.result.content[0]?.text ?? '' }
  }
  const answers = await Promise.all(Array.from({ length: 1_000 }, (_, index) => call(index)))
  const done = answers.filter(({ said }) => said.includes('level: 1'))
  const refused = answers.filter(({ said }) => said.startsWith('rate_limited: '))
  const turnedAway = answers.filter(({ status }) => status === 429 || status === 503)
  expect(done.length + refused.length + turnedAway.length).toBe(1_000)
  expect(done.length).toBeGreaterThan(50)
  for (const [index, { said }] of answers.entries()) expect(said.includes('level: 1') ? said : `room ${index}`).toContain(`room ${index}`)
  await catalogue.close(0)
  await runtime.audit.flush()
  const lines = await readAudit(stateDirectory, { limit: 2_000 })
  expect(lines.reduce((sum, { times = 1 }) => sum + times, 0)).toBe(done.length + refused.length)
})

test('a thousand sessions that are opened and left cost those who opened them, and nobody else', async () => {
  const { server, tokens } = await startLab()
  const [mine, flood] = await Promise.all(
    ['mine', 'flood'].map(async (name) => ({ authorization: `Bearer ${(await tokens.create({ name })).token}` })),
  )
  const session = await openSession(server.port, mine)
  for (let round = 0; round < 20; round += 1)
    await Promise.all(Array.from({ length: 50 }, () => send(server.port, { headers: { ...proper, ...flood }, body: initialize })))
  expect(await send(server.port, { headers: session, body: ping })).toMatchObject({ status: 200 })
  const { text } = await send(server.port, { method: 'GET', path: '/metrics', headers: mine! })
  expect(text).toContain('rackwarden_sessions 100')
})

test('bodies that are sent slowly share so much memory, and what does not fit is refused while the rest goes on', async () => {
  const { server } = await startLab()
  const large = 4_000_000
  const slow = await Promise.all(Array.from({ length: 16 }, () => sendPart(server.port, large)))
  const one = { headers: proper, body: rpc('ping', { padding: 'x'.repeat(3_500_000) }) }
  await vi.waitFor(
    async () => expect(await send(server.port, one)).toMatchObject({ status: 503, text: expect.stringContaining('all the memory') }),
    { timeout: 10_000 },
  )
  expect(await send(server.port, { headers: proper, body: ping })).toMatchObject({ status: 200 })
  for (const socket of slow) socket.destroy()
  await vi.waitFor(async () => expect(await send(server.port, one)).toMatchObject({ status: 200 }), { timeout: 10_000 })
})

test('ten megabytes are refused with the reason, announced or not, and leave nothing behind', async () => {
  const { server } = await startLab()
  const body = randomBytes(5_000_000).toString('hex')
  const sent = await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      send(server.port, { headers: { ...proper, ...(index % 2 === 0 ? { 'transfer-encoding': 'chunked' } : {}) }, body }),
    ),
  )
  expect(sent.every(({ status, text }) => status === 413 && text.includes('at most 4194304 bytes'))).toBe(true)
  expect(await send(server.port, { headers: proper, body: rpc('ping', { padding: 'x'.repeat(4_000_000) }) })).toMatchObject({ status: 200 })
})

/** Sends the beginning of a request and stays. */
async function sendPart(port: number, bytes: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => undefined)
  socket.write(`POST /mcp HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${bytes + 10}\r\n\r\n`)
  await new Promise<void>((resolve) => socket.write('x'.repeat(bytes), () => resolve()))
  return socket
}
