import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Api } from '../src/api.ts'
import { createTasks } from '../src/tasks.ts'
import { formatUpid, parseUpid } from '../src/upid.ts'
import { carriedOut, openCluster, openLab } from './cluster.ts'

const upid = formatUpid({ node: 'pve2', startedAt: 1_780_000_000, type: 'vzdump', about: '100', user: 'root@pam!t' }, 77)

/** A task that says these things, look by look. */
function taskOf(looks: readonly { exit?: string; log: readonly string[] }[]) {
  const asked: string[] = []
  const slept: number[] = []
  let look = -1
  const api = {
    async get(path: string, schema: { parse: (value: unknown) => unknown }, _signal: AbortSignal, fields: { start?: number } = {}) {
      asked.push(path)
      if (path.endsWith('/status')) look = Math.min(look + 1, looks.length - 1)
      const now = looks[Math.max(look, 0)]
      if (path.endsWith('/log')) return schema.parse((now?.log ?? []).slice(fields.start ?? 0).map((t, n) => ({ n, t })))
      const end = now?.exit === undefined ? { status: 'running' } : { status: 'stopped', exitstatus: now.exit }
      return schema.parse({ ...end, type: 'vzdump', id: '100', user: 'root@pam', starttime: 1 })
    },
    async delete(path: string) {
      asked.push(`DELETE ${path}`)
    },
  } as unknown as Api
  const sleep = async (milliseconds: number, signal: AbortSignal) => {
    signal.throwIfAborted()
    slept.push(milliseconds)
  }
  return { tasks: createTasks(api, sleep), asked, slept }
}

const { signal } = new AbortController()

describe('a task that is waited for', () => {
  test('is looked at ever more rarely, on its own node, and tells what is new in its log', async () => {
    const { tasks, asked, slept } = taskOf([
      { log: [] },
      { log: ['one'] },
      { log: ['one', 'two'] },
      { log: ['one', 'two', 'TASK OK'], exit: 'OK' },
    ])
    const told: string[] = []
    const { warnings, tail } = await tasks.wait(upid, { signal, progress: (line) => told.push(line) })
    expect({ warnings, tail, told }).toEqual({
      warnings: [],
      tail: ['one', 'two', 'TASK OK'],
      told: ['vzdump began', 'one', 'two'].map((line) => `${line} (${upid})`),
    })
    expect(slept).toEqual(slept.toSorted((first, second) => first - second))
    expect(new Set(slept).size).toBe(3)
    expect(asked.every((path) => path.startsWith('/nodes/pve2/tasks/UPID%3Apve2'))).toBe(true)
  })

  test('never rests longer than two seconds', async () => {
    const { tasks, slept } = taskOf([...Array.from({ length: 30 }, () => ({ log: [] })), { log: ['TASK OK'], exit: 'OK' }])
    await tasks.wait(upid, { signal })
    expect(Math.max(...slept)).toBe(2_000)
  })

  test('that warns is no failure, and its warnings are told', async () => {
    const { tasks } = taskOf([{ log: ['WARN: no efidisk', 'done', 'TASK WARNINGS: 1'], exit: 'WARNINGS: 1' }])
    expect((await tasks.wait(upid, { signal })).warnings).toEqual(['WARN: no efidisk'])
  })

  test('that fails says why, with the end of its log', async () => {
    const { tasks } = taskOf([{ log: ['copying', 'ERROR: no space', 'TASK ERROR: job errors'], exit: 'job errors' }])
    await expect(tasks.wait(upid, { signal })).rejects.toMatchObject({
      code: 'upstream',
      message: 'The task vzdump failed: job errors. Its log ends: copying / ERROR: no space',
      hint: expect.stringContaining(upid),
    })
  })

  test('is stopped with the call only where that is wanted', async () => {
    for (const stopOnAbort of [true, false]) {
      const leave = new AbortController()
      const { tasks, asked } = taskOf([{ log: [] }])
      const waiting = tasks.wait(upid, { signal: leave.signal, stopOnAbort, progress: () => undefined })
      leave.abort()
      await expect(waiting).rejects.toThrow(/abort/i)
      expect(asked.some((path) => path.startsWith('DELETE'))).toBe(stopOnAbort)
    }
  })

  test('that is none is said to be none', async () => {
    await expect(taskOf([]).tasks.wait(null, { signal })).rejects.toMatchObject({ code: 'upstream' })
  })
})

test('the id of a task is read as it was written', () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/),
      fc.integer({ min: 1, max: 0xffffffff }),
      fc.integer({ min: 1, max: 400_000 }),
      fc.stringMatching(/^[a-z]{2,12}$/),
      fc.stringMatching(/^[0-9a-z@-]{0,12}$/),
      (node, startedAt, pid, type, about) => {
        const what = { node, startedAt, type, about, user: 'somebody@pve!name' }
        expect(parseUpid(formatUpid(what, pid))).toMatchObject(what)
      },
    ),
  )
})

test('what is no id of a task is refused and never followed into a path', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(() => parseUpid(`UPID:../${text}`)).toThrow(/is not the id of a task/)
    }),
  )
})

test('a task of the simulator that fails ends a write with its log, and one that warns is told', async () => {
  const lab = await openLab()
  const failed = await carriedOut(lab, 'start_guest', { guest: 'desktop' })
  expect(failed).toMatchObject({
    kind: 'error',
    error: { code: 'upstream', message: expect.stringContaining('timeout waiting on systemd') },
  })
  expect(failed.text).toContain('The state is as it was before')
  expect(await carriedOut(lab, 'start_guest', { guest: 'printer' })).toMatchObject({
    kind: 'done',
    output: { status: 'running', warnings: [expect.stringContaining('no efidisk configured')] },
  })
})

test('the end of a task’s log is what is shown of it', async () => {
  const { cluster, read } = await openCluster()
  const failed = [...cluster.tasks.values()].find(({ about }) => about === '118')
  expect(await read('get_task', { upid: failed?.upid ?? '', lines: 2 })).toMatchObject({
    state: 'failed',
    error: 'job errors',
    log: [expect.stringContaining('Backup of VM 118 failed'), 'TASK ERROR: job errors'],
  })
})
