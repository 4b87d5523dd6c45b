import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, existsSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readAudit, verifyAudit } from '../../src/record/audit.ts'
import { entry, filesOf, linesOf, openAudit } from './audit-file.ts'
import { bundle, mountRefused, onSmallDisk, printed, temporaryDirectory } from './disk.ts'

const refused = mountRefused()
if (refused) process.stderr.write(`audit on a read-only and on a full disk: skipped, ${refused}\n`)

describe('audit', () => {
  test('nothing is written before the first entry, and a read not before the flush', async () => {
    const directory = temporaryDirectory(onTestFinished)
    const log = openAudit(directory)
    await log.flush()
    expect(existsSync(join(directory, 'audit'))).toBe(false)
    log.record(entry('read', 'a'))
    expect(existsSync(join(directory, 'audit'))).toBe(false)
    await log.flush()
    const [file = ''] = filesOf(directory)
    expect(file).toMatch(new RegExp(`^20261120T071500Z-${process.pid}-[0-9a-f]{12}\\.jsonl$`))
    expect(statSync(join(directory, 'audit', file)).mode & 0o777).toBe(0o600)
    expect(statSync(join(directory, 'audit')).mode & 0o777).toBe(0o700)
    expect(linesOf(directory, file)).toMatchObject([
      { sequence: 0, kind: 'start', version: '1.2.3', pid: process.pid, files: [] },
      { sequence: 1, kind: 'read', call: 'a', at: '2026-11-20T07:15:00.250Z' },
    ])
    await log.close()
  })

  test('a committed entry is on disk when the promise resolves, in the order of the calls', async () => {
    const directory = temporaryDirectory(onTestFinished)
    const log = openAudit(directory)
    log.record(entry('read', '0'))
    await Promise.all(Array.from({ length: 50 }, (_, index) => log.commit(entry('intent', String(index + 1)))))
    const lines = linesOf(directory, filesOf(directory)[0] ?? '')
    expect(lines.map(({ call }) => call)).toEqual([undefined, ...Array.from({ length: 51 }, (_, index) => String(index))])
    await log.close()
    await expect(log.commit(entry('intent', 'late'))).rejects.toMatchObject({ code: 'denied' })
    expect(await verifyAudit(directory)).toMatchObject({ files: 1, lines: 52, problems: [], torn: [] })
  })

  test('a buffered read reaches the disk by itself', async () => {
    const directory = temporaryDirectory(onTestFinished)
    const log = openAudit(directory)
    log.record(entry('read', 'a'))
    await expect.poll(() => existsSync(join(directory, 'audit')) && filesOf(directory).length, { timeout: 10_000 }).toBe(1)
    await log.close()
  })

  test('an entry is kept as it was when it came', async () => {
    const directory = temporaryDirectory(onTestFinished)
    const log = openAudit(directory)
    const input = { container: 'web' }
    log.record(entry('read', 'a', { input }))
    input.container = 'other'
    await log.close()
    expect(await readAudit(directory)).toMatchObject([{ input: { container: 'web' } }])
  })

  test('a full file is continued in a new one without breaking the chain', async () => {
    const directory = temporaryDirectory(onTestFinished)
    const log = openAudit(directory, { maxFileBytes: 2_000 })
    for (let index = 0; index < 60; index += 1) await log.commit(entry('read', String(index)))
    await log.close()
    const files = filesOf(directory)
    expect(files.length).toBeGreaterThan(3)
    const report = await verifyAudit(directory)
    expect(report).toMatchObject({ files: files.length, problems: [], torn: [], unfinished: [] })
    expect((await readAudit(directory, { limit: 1_000 })).map(({ call }) => call)).toEqual(
      Array.from({ length: 60 }, (_, index) => String(index)),
    )
    expect(report.heads.map(({ name }) => name)).toEqual(files)
  })

  test('a new file names every other as it is, directly or through one that named it so before', async () => {
    const directory = temporaryDirectory(onTestFinished)
    const files: unknown[] = []
    const lasting = openAudit(directory)
    await lasting.commit(entry('read', 'a'))
    for (const day of [21, 22, 23]) {
      const { heads } = await verifyAudit(directory)
      if (day === 23) await lasting.commit(entry('read', 'b'))
      const log = openAudit(directory, { start: Date.UTC(2026, 10, day) })
      await log.commit(entry('read', 'c'))
      await log.close()
      files.push([heads.map(({ name }) => name), linesOf(directory, filesOf(directory).at(-1) ?? '')[0]?.['files']])
    }
    await lasting.close()
    const [first = '', second = '', third = ''] = filesOf(directory)
    const { heads } = await verifyAudit(directory)
    expect(files).toEqual([
      [[first], [{ name: first, bytes: expect.any(Number), head: expect.stringMatching(/^[0-9a-f]{64}$/) }]],
      [[first, second], [heads[1]]],
      [
        [first, second, third],
        [heads[0], heads[2]],
      ],
    ])
  })

  test('lines of several files are read merged by time, newest last, and filtered', async () => {
    const directory = temporaryDirectory(onTestFinished)
    const one = openAudit(directory)
    const other = openAudit(directory)
    for (let index = 0; index < 20; index += 1) {
      one.record(entry('read', `a${index}`))
      other.record(entry('read', `b${index}`, index % 2 === 0 ? { tool: 'docker_list_containers' } : { principal: 'token:x' }))
    }
    await Promise.all([one.close(), other.close()])
    const all = await readAudit(directory, { limit: 100 })
    expect(all).toHaveLength(40)
    expect(all.map(({ at }) => at)).toEqual(all.map(({ at }) => at).toSorted())
    expect((await readAudit(directory, { limit: 3 })).map(({ call }) => call)).toEqual(all.slice(-3).map(({ call }) => call))
    expect(await readAudit(directory, { tool: 'docker_list_containers' })).toHaveLength(10)
    expect(await readAudit(directory, { principal: 'token:x', limit: 4 })).toHaveLength(4)
    expect(await readAudit(directory, { kind: 'intent' })).toEqual([])
    expect(await readAudit(directory, { since: all[30]?.at ?? '' })).toEqual(all.slice(30))
    expect(await readAudit(join(directory, 'nowhere'))).toEqual([])
    expect(await verifyAudit(join(directory, 'nowhere'))).toMatchObject({ files: 0, problems: [] })
  })

  test('lines longer than any block are read from both ends', async () => {
    const directory = temporaryDirectory(onTestFinished)
    const log = openAudit(directory)
    const sizes = [10, 5_000, 70_000, 3, 2_000_000, 1]
    for (const size of sizes) await log.commit(entry('read', `${size}`, { input: 'é'.repeat(size) }))
    await log.close()
    expect((await readAudit(directory)).map(({ call }) => Number(call))).toEqual(sizes)
    expect(await verifyAudit(directory)).toMatchObject({ lines: 7, problems: [], torn: [] })
  })

  test('a torn last line is reported and hides nothing before it', async () => {
    const directory = temporaryDirectory(onTestFinished)
    const log = openAudit(directory)
    await log.commit(entry('read', 'a'))
    await log.close()
    const [file = ''] = filesOf(directory)
    appendFileSync(join(directory, 'audit', file), '{"sequence":2,"at":"20')
    expect(await verifyAudit(directory)).toMatchObject({ lines: 2, problems: [], torn: [{ file, bytes: 22 }] })
    expect(await readAudit(directory)).toMatchObject([{ call: 'a' }])
    const next = openAudit(directory, { start: Date.UTC(2026, 10, 21) })
    await next.commit(entry('read', 'b'))
    await next.close()
    expect(await verifyAudit(directory)).toMatchObject({ files: 2, problems: [], torn: [{ file }] })
  })
})

describe('audit of several processes', () => {
  test('they write side by side, a chain each', async () => {
    const directory = temporaryDirectory(onTestFinished)
    const child = await bundle('./audit.child.ts', directory)
    await Promise.all(['a', 'b', 'c'].map((name) => printed(process.execPath, [child, 'write', directory, name])))
    const report = await verifyAudit(directory)
    expect(report).toMatchObject({ problems: [], torn: [], unfinished: [] })
    expect(report.files).toBeGreaterThan(3)
    expect(await readAudit(directory, { limit: 1_000 })).toHaveLength(360)
    expect(await readAudit(directory, { limit: 1_000, kind: 'intent' })).toHaveLength(120)
  })

  test('a process killed between intent and outcome leaves a chain that verifies and names the write', async () => {
    const directory = temporaryDirectory(onTestFinished)
    const program = await bundle('./audit.child.ts', directory)
    const child = spawn(process.execPath, [program, 'hang', directory, ''], { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    await once(child.stdout, 'data')
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(await verifyAudit(directory)).toMatchObject({
      files: 1,
      lines: 4,
      problems: [],
      unfinished: [
        { call: 'cut off', tool: 'docker_restart_container', targets: ['docker/container/web'], at: expect.stringMatching(/Z$/) },
      ],
    })
  })

  test.skipIf(refused).each([
    ['read-only', 'denied: The audit cannot be written: read-only file system.'],
    ['full', 'denied: The audit cannot be written: no space left on the device.'],
  ])('on a %s disk a commit is refused, and afterwards the chain goes on with every read', async (job, denied) => {
    const directory = temporaryDirectory(onTestFinished)
    const child = await bundle('./audit.child.ts', directory)
    const disk = join(directory, 'disk')
    mkdirSync(disk)
    expect(await onSmallDisk(disk, child, job, disk, '')).toEqual({
      first: 'written',
      second: denied,
      ...(job === 'read-only' ? { flushed: denied } : {}),
      third: 'written',
      problems: [],
      unfinished: true,
      warnings: [expect.stringContaining('Reads go on'), 'The audit can be written again.'],
      files: true,
      reads: true,
    })
  })
})
