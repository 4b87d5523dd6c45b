import { copyFileSync, existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { removeOldFiles } from '../../src/record/audit-retention.ts'
import { createAuditLog, readAudit, verifyAudit, type AuditEntry, type AuditLog } from '../../src/record/audit.ts'
import { entry as entryOf } from './audit-file.ts'
import { temporaryDirectory } from './disk.ts'

const day = 86_400_000
const start = Date.UTC(2026, 0, 1)

const entry = (kind: AuditEntry['kind'], call: string) => entryOf(kind, call, { input: { text: 'x'.repeat(200) } })

/** An audit whose time is told by hand. */
function opened() {
  const directory = temporaryDirectory(onTestFinished)
  const time = { now: start }
  const clock = { now: () => time.now }
  let counter = 0
  const process = (maxFileBytes?: number): AuditLog =>
    createAuditLog({
      directory,
      clock,
      random: (bytes) => Buffer.alloc(bytes, `${(counter += 1)}`.padStart(4, '0')),
      version: '1',
      ...(maxFileBytes === undefined ? {} : { maxFileBytes }),
    })
  /** A process that lives for one day. */
  const live = async (calls: readonly [AuditEntry['kind'], string][]): Promise<string> => {
    const log = process()
    for (const [kind, call] of calls) await log.commit(entry(kind, call))
    await log.close()
    time.now += day
    return files().at(-1) ?? ''
  }
  const files = () => readdirSync(join(directory, 'audit')).toSorted()
  const remove = (audit: AuditLog, retention: { days?: number; megabytes?: number }) =>
    removeOldFiles({ directory, audit, clock, retention, call: 'retention' })
  return { directory, time, process, live, files, remove }
}

test('files past their days are removed, a line says so, and the audit verifies and tells what was removed', async () => {
  const { directory, time, process, live, files, remove } = opened()
  const old = [await live([['read', 'a']]), await live([['read', 'b']])]
  const kept = await live([['read', 'c']])
  const { heads } = await verifyAudit(directory)
  const log = process()
  time.now = start + 31.5 * day
  expect(await remove(log, { days: 30 })).toEqual(old)
  await log.close()
  expect(files()).toEqual([kept, expect.any(String)])
  const report = await verifyAudit(directory, { anchors: heads })
  expect(report).toMatchObject({ problems: [], removed: heads.slice(0, 2) })
  expect(await readAudit(directory, { kind: 'retention' })).toMatchObject([
    { principal: 'rackwarden', result: 'removed', summary: 'Remove 2 audit files past 30 days' },
  ])
})

test('a file that goes without a line saying so is missing, also after others were removed', async () => {
  const { directory, time, process, live, remove } = opened()
  await live([['read', 'a']])
  const taken = await live([['read', 'b']])
  await live([['read', 'c']])
  const log = process()
  time.now = start + 30.5 * day
  expect(await remove(log, { days: 30 })).toHaveLength(1)
  await log.close()
  rmSync(join(directory, 'audit', taken))
  expect((await verifyAudit(directory)).problems).toMatchObject([{ file: taken, problem: expect.stringContaining('is missing') }])
})

test('what was removed stays known when the file that says so is removed itself', async () => {
  const { directory, time, process, live, files, remove } = opened()
  const lasting = process()
  const first = await live([['read', 'a']])
  await lasting.commit(entry('read', 'names the first'))
  const names = files().at(-1)
  time.now = start + 35 * day
  await lasting.commit(entry('read', 'still here'))
  time.now = start + 40 * day
  const second = process()
  expect(await remove(second, { days: 30 })).toEqual([first])
  await second.close()
  time.now = start + 80 * day
  await lasting.commit(entry('read', 'still here'))
  time.now = start + 80.5 * day
  const third = process()
  const gone = await remove(third, { days: 30 })
  expect(gone).toHaveLength(1)
  expect(files()).toContain(names)
  expect(await verifyAudit(directory)).toMatchObject({ problems: [], removed: [{ name: gone[0] }, { name: first }] })
  await Promise.all([lasting.close(), third.close()])
})

test('past its megabytes the oldest goes first, but no file of today, none of a living process, and none with a write that did not end', async () => {
  const { directory, time, process, live, files, remove } = opened()
  const cut = await live([['intent', 'cut off']])
  const oldest = await live([
    ['intent', 'ended'],
    ['outcome', 'ended'],
  ])
  const today = process()
  await today.commit(entry('read', 'now'))
  expect(await remove(today, { megabytes: 1 })).toEqual([])
  for (let index = 0; index < 4_000; index += 1) today.record(entry('read', `filling ${index}`))
  await today.flush()
  expect(await remove(today, { megabytes: 1 })).toEqual([oldest])
  expect(files()).toContain(cut)
  expect(files()).toHaveLength(2)
  // A year later nobody will look for the end of that write any more.
  time.now += 365 * day
  await today.commit(entry('read', 'later'))
  expect(await remove(today, { days: 300, megabytes: 1 })).toEqual([cut])
  await today.close()
  expect(await verifyAudit(directory)).toMatchObject({ problems: [], unfinished: [] })
})

test('a write that began in one file and ended in the next holds neither back', async () => {
  const { directory, process, files, time, remove } = opened()
  const log = process(400)
  await log.commit(entry('intent', 'long'))
  await log.commit(entry('outcome', 'long'))
  for (let index = 0; index < 4_000; index += 1) log.record(entry('read', `filling ${index}`))
  await log.flush()
  const before = files()
  expect(before.length).toBeGreaterThan(2)
  time.now += 1_000
  expect(await remove(log, { megabytes: 1 })).toEqual(before.slice(0, 2))
  await log.commit(entry('read', 'after'))
  await log.close()
  expect((await verifyAudit(directory)).problems).toEqual([])
})

test('a process that dies between the line and the removal leaves an audit that verifies, and the next removes the file', async () => {
  const { directory, time, process, live, files, remove } = opened()
  const old = await live([['read', 'a']])
  const copy = join(directory, 'copy')
  copyFileSync(join(directory, 'audit', old), copy)
  const log = process()
  time.now = start + 40 * day
  expect(await remove(log, { days: 30 })).toEqual([old])
  copyFileSync(copy, join(directory, 'audit', old))
  expect(await verifyAudit(directory)).toMatchObject({ problems: [], removed: [] })
  expect(await remove(log, { days: 30 })).toEqual([old])
  await log.close()
  expect(existsSync(join(directory, 'audit', old))).toBe(false)
  expect(files()).toHaveLength(1)
  expect(await verifyAudit(directory)).toMatchObject({ problems: [], removed: [{ name: old }] })
})

test('nothing is removed where it cannot be written down', async () => {
  const { time, process, live, files, remove } = opened()
  const old = await live([['read', 'a']])
  const log = process()
  await log.close()
  time.now = start + 40 * day
  await expect(remove(log, { days: 30 })).rejects.toMatchObject({ code: 'denied' })
  expect(files()).toEqual([old])
})

test('a process that was idle for long does not remove the file it writes to', async () => {
  const { directory, time, process, files, remove } = opened()
  const log = process()
  await log.commit(entry('read', 'a'))
  const before = files()
  time.now = start + 40 * day
  expect(await remove(log, { days: 30 })).toEqual([])
  await log.commit(entry('read', 'b'))
  await log.close()
  expect(files()).toEqual(before)
  expect(await verifyAudit(directory)).toMatchObject({ lines: 3, problems: [], removed: [] })
})

test('a living process whose file was removed goes on in a new one, and nothing is missing', async () => {
  const { directory, time, process, files, remove } = opened()
  const idle = process()
  await idle.commit(entry('read', 'a'))
  const [file = ''] = files()
  time.now = start + 40 * day
  const other = process()
  expect(await remove(other, { days: 30 })).toEqual([file])
  await idle.commit(entry('read', 'b'))
  await Promise.all([idle.close(), other.close()])
  expect(await verifyAudit(directory)).toMatchObject({ problems: [], removed: [{ name: file }] })
  expect((await readAudit(directory)).map(({ call }) => call)).toEqual(['retention', 'b'])
})
