import { appendFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { writeAuditLines } from '@rackwarden/core/testing'
import { expect, onTestFinished, test } from 'vitest'
import {
  createAuditLog,
  cursorOf,
  positionIn,
  searchAudit,
  type AuditEntry,
  type AuditQuery,
  type FoundLine,
} from '../../src/record/audit.ts'
import { entry as entryOf } from './audit-file.ts'
import { bundle, printed, temporaryDirectory } from './disk.ts'

const from = Date.UTC(2026, 10, 1)

const entry = (kind: AuditEntry['kind'], call: string, more: Partial<AuditEntry> = {}) =>
  entryOf(kind, call, { input: { container: 'web' }, ...more })

function open(directory: string, times: readonly number[]) {
  let [look, counter] = [0, 0]
  return createAuditLog({
    directory,
    clock: { now: () => from + (times[Math.min((look += 1), times.length) - 1] ?? 0) },
    random: (bytes) => Buffer.alloc(bytes, `${(counter += 1)}${times.length}`),
    version: '1',
  })
}

async function found(directory: string, query: AuditQuery = {}, most = Number.POSITIVE_INFINITY): Promise<FoundLine[]> {
  const lines: FoundLine[] = []
  for await (const line of searchAudit(directory, query)) if (lines.push(line) >= most) break
  return lines
}

test('pages follow each other without a gap or a repetition, while lines are added and files begun', async () => {
  const directory = temporaryDirectory(onTestFinished)
  writeAuditLines({ directory, lines: 500, files: 4, from })
  const before = (await found(directory)).map(({ line }) => line.call)
  const calls: string[] = []
  let cursor: string | undefined
  for (let pages = 0; ; pages += 1) {
    const rows = await found(directory, cursor === undefined ? {} : { after: positionIn(cursor) }, 60)
    calls.push(...rows.map(({ line }) => line.call))
    if (rows.length < 60) break
    cursor = cursorOf(rows.at(-1)!.position)
    const log = open(directory, [86_400_000 + pages])
    await log.commit(entry('read', `new ${pages}`))
    await log.close()
  }
  expect(before).toHaveLength(500)
  expect(calls).toEqual(before)
})

test('a clock that was set back hides no line and repeats none', async () => {
  const directory = temporaryDirectory(onTestFinished)
  const log = open(directory, [10, 0, 5_000, 9_000, 2_000, 3_000, 8_000])
  for (const call of ['a', 'b', 'c', 'd', 'e', 'f']) await log.commit(entry('read', call))
  await log.close()
  const calls: string[] = []
  for (let after: FoundLine | undefined, done = false; !done;) {
    const [row] = await found(directory, after === undefined ? {} : { after: after.position }, 1)
    if (row === undefined) done = true
    else calls.push(row.line.call)
    after = row
  }
  expect(calls).toEqual(['f', 'e', 'd', 'c', 'b', 'a'])
})

test('lines are found by what they say, and a write of whose end nothing is known by that', async () => {
  const directory = temporaryDirectory(onTestFinished)
  const log = open(directory, [1, 2, 3, 4, 5, 6, 7, 8, 9])
  await log.commit(entry('intent', 'ended', { targets: ['docker/container/Web'] }))
  await log.commit(entry('outcome', 'ended', { result: 'done', targets: ['docker/container/Web'] }))
  await log.commit(entry('intent', 'cut off'))
  await log.commit(entry('read', 'refused', { result: 'error', error: 'denied: The tier is "observe".', principal: 'token:laptop' }))
  await log.commit(entry('approval', 'asked', { result: 'requested' }))
  await log.close()
  const calls = async (query: AuditQuery) => (await found(directory, query)).map(({ line }) => `${line.kind} ${line.call}`)
  expect(await calls({ ended: true })).toEqual(['approval asked', 'read refused', 'intent cut off', 'outcome ended'])
  expect(await calls({ result: 'unfinished' })).toEqual(['intent cut off'])
  expect(await calls({ result: 'error' })).toEqual(['read refused'])
  expect(await calls({ target: 'WEB', ended: true })).toEqual(['outcome ended'])
  expect(await calls({ text: 'tier is' })).toEqual(['read refused'])
  expect(await calls({ principal: 'token:laptop' })).toEqual(['read refused'])
  expect(await calls({ principal: 'token' })).toEqual([])
  expect(await calls({ until: new Date(from + 4).toISOString() })).toHaveLength(2)
})

test('what is no cursor is refused, and a line that is none is passed over', async () => {
  expect(() => positionIn('7')).toThrow('is not a cursor')
  const directory = temporaryDirectory(onTestFinished)
  writeAuditLines({ directory, lines: 10, files: 1, from })
  const [file = ''] = readdirSync(join(directory, 'audit'))
  appendFileSync(join(directory, 'audit', file), 'nonsense\n{"sequence":"x"}\nnot even a li')
  expect(await found(directory)).toHaveLength(10)
})

test('a hundred thousand lines are looked through in little memory', async () => {
  const directory = temporaryDirectory(onTestFinished)
  writeAuditLines({ directory, lines: 100_000, files: 10, from })
  const child = await bundle('./audit-search.child.ts', directory)
  // The files are 35 MB; the heap has room for a fraction of them.
  expect(await printed(process.execPath, ['--max-old-space-size=16', child, directory])).toEqual({
    none: 0,
    one: ['docker/container/web-51230'],
    lines: 100_010,
    problems: [],
  })
})
