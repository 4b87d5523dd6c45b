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
