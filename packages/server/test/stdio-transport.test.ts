import { PassThrough, Writable } from 'node:stream'
import { expect, test, vi } from 'vitest'
import { createStdioTransport } from '../src/stdio/transport.ts'
import { rpc } from './raw.ts'

test('takes no more from a client that does not read, until it does', async () => {
  const input = new PassThrough()
  let read = () => {}
  const output = new Writable({ write: (_chunk, _encoding, done) => (read = () => (output.cork(), done(), output.uncork())) })
  const transport = createStdioTransport(input, output, JSON.stringify)
  const taken = vi.fn<() => void>()
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- a transport has no events
  transport.onmessage = taken
  await transport.start()
  for (let index = 0; index < 5; index += 1) await transport.send({ jsonrpc: '2.0', id: index, result: { text: 'x'.repeat(1_000_000) } })
  input.write(`${JSON.stringify(rpc('ping'))}\n`)
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(taken).not.toHaveBeenCalled()
  await vi.waitFor(() => {
    read()
    expect(taken).toHaveBeenCalledTimes(1)
  })
  await transport.close()
})

test('refuses more requests at once than any client sends, and takes on others once some are answered or cancelled', async () => {
  const [input, output] = [new PassThrough(), new PassThrough()]
  let said = ''
  output.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const transport = createStdioTransport(input, output, JSON.stringify)
  const taken: unknown[] = []
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- a transport has no events
  transport.onmessage = (message) => void taken.push(message)
  await transport.start()
  const ask = (id: number) => input.write(`${JSON.stringify(rpc('tools/call', {}, id))}\n`)
  for (let id = 0; id < 300; id += 1) ask(id)
  await vi.waitFor(() => expect(said.match(/Too many requests are under way/g)).toHaveLength(44))
  expect(taken).toHaveLength(256)
  input.write(`${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 0 } })}\n`)
  await transport.send({ jsonrpc: '2.0', id: 1, result: {} })
  for (const id of [1_000, 1_001, 1_002]) ask(id)
  await vi.waitFor(() => expect(said).toContain('"id":1002'))
  expect(taken).toHaveLength(256 + 1 + 2)
  await transport.close()
})
