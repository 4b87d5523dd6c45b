import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { bundled } from './bundle.ts'
import { clients } from './clients.ts'
import { interop } from './interop.ts'
import { initialize, rpc } from './raw.ts'

const bin = await bundled('stdio-bin')

/** A served child with its ends of the pipes, and what it said. */
interface Served {
  child: ChildProcessWithoutNullStreams
  /** Every line of stdout, parsed: nothing else may stand there. */
  answers: () => Record<string, unknown>[]
  errors: () => string
  write: (...messages: unknown[]) => void
  gone: Promise<number | null>
}

function serve(environment: Record<string, string> = {}): Served {
  const child = spawn(process.execPath, [bin], { env: { ...process.env, ...environment } })
  let [output, errors] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  child.stdin.on('error', () => undefined)
  onTestFinished(() => void child.kill('SIGKILL'))
  return {
    child,
    answers: () =>
      output
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    errors: () => errors,
    write: (...messages) =>
      child.stdin.write(messages.map((message) => `${typeof message === 'string' ? message : JSON.stringify(message)}\n`).join('')),
    gone: once(child, 'exit').then(([code]) => code as number | null),
  }
}

describe.each(Object.entries(clients))('over stdio, %s', (_, connect) => {
  interop(() => connect({ command: process.execPath, args: [bin] }))
})

describe('a server on stdio', () => {
  test('answers garbage with errors and goes on', async () => {
    const { write, answers } = serve()
    write('not json', '', '[]', { foo: 1 }, { jsonrpc: '2.0', id: 9 }, initialize, rpc('ping', {}, 2))
    await vi.waitFor(() => expect(answers().length).toBe(6), { timeout: 10_000 })
    expect(answers().map(({ id }) => id)).toEqual([null, null, null, 9, 1, 2])
    expect(answers()[5]).toMatchObject({ result: {} })
  })

  test('reads a message of 10 MB, lets go of a line of 20 MB, and goes on', async () => {
    const { write, answers } = serve()
    const [large, tooLarge] = [10, 20].map((megabytes) => 'x'.repeat(megabytes * 1024 * 1024))
    write(initialize, rpc('tools/call', { name: 'get_level', arguments: { text: large! } }, 'large'), tooLarge!, rpc('ping', {}, 'after'))
    await vi.waitFor(() => expect(answers().some(({ id }) => id === 'after')).toBe(true), { timeout: 15_000 })
    expect(answers()).toContainEqual(expect.objectContaining({ id: null, error: expect.objectContaining({ code: -32700 }) }))
    expect(answers().find(({ id }) => id === 'large')).toHaveProperty('result.isError', true)
  })

  test('answers what was asked before its input ended, the last line without a break too, and is gone', async () => {
    const { child, answers, gone } = serve()
    const asked = [initialize, rpc('tools/list', {}, 2), rpc('tools/call', { name: 'count_steps', arguments: { steps: 50 } }, 3)]
    child.stdin.end(asked.map((message) => JSON.stringify(message)).join('\n'))
    expect(await gone).toBe(0)
    expect(answers().map(({ id }) => id)).toEqual([1, 2, 3])
  })

  test('is gone at once when it is idle and its input ends', async () => {
    const { child, write, answers, gone } = serve()
    write(initialize)
    await vi.waitFor(() => expect(answers().length).toBe(1), { timeout: 10_000 })
    const began = performance.now()
    child.stdin.end()
    expect(await gone).toBe(0)
    expect(performance.now() - began).toBeLessThan(1000)
  })

  test('tells a call to stop when its input ended and the call does not', async () => {
    const { child, write, answers, errors, gone } = serve({ FIXTURE_FINISH_MS: '200' })
    write(initialize, rpc('tools/call', { name: 'wait_signal' }, 2), rpc('ping', {}, 3))
    await vi.waitFor(() => expect(answers().length).toBe(2), { timeout: 10_000 })
    child.stdin.end()
    expect(await gone).toBe(0)
    expect(errors()).toContain('"aborted":1')
  })

  test('is gone within ten seconds even when a call does not listen', { timeout: 20_000 }, async () => {
    const { child, write, answers, gone } = serve({ FIXTURE_FINISH_MS: '200' })
    write(initialize, rpc('tools/call', { name: 'wait_signal', arguments: { stubborn: true } }, 2), rpc('ping', {}, 3))
    await vi.waitFor(() => expect(answers().length).toBe(2), { timeout: 10_000 })
    child.stdin.end()
    expect(await gone).toBe(0)
  })

  test('is gone when nobody reads its output any more', async () => {
    const { child, write, answers, gone } = serve()
    write(initialize)
    await vi.waitFor(() => expect(answers().length).toBe(1), { timeout: 10_000 })
    child.stdout.destroy()
    write(rpc('tools/list', {}, 2), rpc('tools/list', {}, 3))
    expect(await gone).toBe(0)
  })

  test('ends in order when it is told to', async () => {
    const { child, write, answers, errors, gone } = serve()
    write(initialize)
    await vi.waitFor(() => expect(answers().length).toBe(1), { timeout: 10_000 })
    child.kill('SIGTERM')
    expect(await gone).toBe(0)
    expect(errors()).toContain('finished')
  })
})
