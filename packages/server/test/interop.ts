import { expect, onTestFinished, test, vi } from 'vitest'
import type { TestClient } from './clients.ts'

/** What every client finds, whatever it is made of and however it is connected. */
export function interop(connect: () => Promise<TestClient>): void {
  async function connected(): Promise<TestClient> {
    const client = await connect()
    onTestFinished(() => client.close())
    return client
  }

  test('is told how to behave, and lists the tools sorted by name', async () => {
    const client = await connected()
    expect(client.instructions()).toBe('Read first.')
    const tools = await client.tools()
    expect(tools.map(({ name }) => name)).toEqual([
      'break_door',
      'count_steps',
      'end_waiting',
      'get_counts',
      'get_door',
      'get_level',
      'get_whoami',
      'set_level',
      'wait_signal',
    ])
    expect(tools.every(({ outputSchema }) => outputSchema === undefined)).toBe(true)
  })

  test('calls a tool and reads its text, and nothing twice', async () => {
    const client = await connected()
    expect(await client.call('get_level')).toEqual({ text: 'level 1', isError: false })
  })

  test('is given a plan, confirms it, and the change is made', async () => {
    const client = await connected()
    const plan = await client.call('set_level', { level: 7 })
    expect(plan).toEqual({ text: 'Set the level to 7. confirm: TOKEN0', isError: false })
    expect(await client.call('get_level')).toMatchObject({ text: 'level 1' })
    expect(await client.call('set_level', { level: 7, confirm: 'TOKEN0' })).toEqual({ text: 'level 7', isError: false })
    expect(await client.call('get_level')).toMatchObject({ text: 'level 7' })
  })

  test('is told of a failure, of an unknown tool and of a wrong input as results', async () => {
    const client = await connected()
    expect(await client.call('get_door', { name: 'red' })).toEqual({ text: 'not_found: There is no such door', isError: true })
    expect(await client.call('get_moon')).toMatchObject({ isError: true })
    expect(await client.call('get_level', { depth: 3 })).toMatchObject({ isError: true })
  })

  test('learns nothing from a bug in a tool but that there is one', async () => {
    const client = await connected()
    await expect(client.call('break_door')).rejects.toThrow(/failed inside the server/)
    await expect(client.call('break_door')).rejects.not.toThrow(/hunter2/)
    expect(await client.call('get_level')).toMatchObject({ text: 'level 1' })
  })

  test('hears of progress while it waits', async () => {
    const client = await connected()
    const seen: unknown[] = []
    const ended: Promise<unknown>[] = []
    // The call ends only once its progress was heard: a client that finds both in one read drops the progress.
    const onprogress = (progress: unknown) => {
      seen.push(progress)
      ended.push(client.call('end_waiting'))
    }
    expect(await client.call('wait_signal', {}, { onprogress })).toEqual({ text: 'released', isError: false })
    await Promise.all(ended)
    expect(seen).toEqual([expect.objectContaining({ progress: 1, total: 2, message: 'waiting' })])
    // Answered, too, before the client is closed.
    await Promise.all(ended)
  })

  test('cancels a call, and the tool is told to stop', async () => {
    const client = await connected()
    const counts = async () => (await client.call('get_counts')).text
    const cancel = new AbortController()
    const failure = client.call('wait_signal', {}, { signal: cancel.signal }).catch((error: unknown) => error)
    await vi.waitFor(async () => expect(await counts()).toBe('waiting 1 aborted 0'), { timeout: 5000 })
    cancel.abort('changed my mind')
    expect(await failure).toBeInstanceOf(Error)
    await vi.waitFor(async () => expect(await counts()).toBe('waiting 1 aborted 1'), { timeout: 5000 })
  })
}
