import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createAuditLog, readAudit, verifyAudit, type AuditEntry } from '../../src/record/audit.ts'
import { bundle, temporaryDirectory } from './disk.ts'

const entry = { call: 'a', principal: 'local:me', tool: 'x', service: 'x', instances: [], access: 'operate', input: {} }

test.each([
  ['taken away', (directory: string) => rmSync(directory, { recursive: true })],
  ['moved', (directory: string) => renameSync(directory, `${directory}.old`)],
])('a directory that was %s while the log was open is made anew, and the gap shows', async (_, lose) => {
  const directory = temporaryDirectory(onTestFinished)
  const folder = join(directory, 'audit')
  const log = createAuditLog({ directory, clock: Date, random: randomBytes, version: '1.2.3' })
  await log.commit({ ...entry, kind: 'intent' } satisfies AuditEntry)
  const [lost = ''] = readdirSync(folder)
  lose(folder)
  await log.commit({ ...entry, kind: 'outcome' } satisfies AuditEntry)
  await log.close()
  const [file = ''] = readdirSync(folder)
  const lines = readFileSync(join(folder, file), 'utf8').trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { kind: 'start', continues: lost },
    { kind: 'outcome', call: 'a' },
  ])
  expect((await verifyAudit(directory)).problems).toEqual([{ file, line: 1, problem: `goes on from ${lost}, which is missing` }])
})

test('processes killed while they go on in new files leave chains that verify and lose no line that was answered for', async () => {
  const directory = temporaryDirectory(onTestFinished)
  const program = await bundle('./audit.child.ts', directory)
  const answered: string[] = []
  for (let round = 0; round < 4; round += 1) {
    const child = spawn(process.execPath, [program, 'rotate', directory, `${round}`], { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    let text = ''
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
    while (text.split('\n').length < 20 + round * 7) await once(child.stdout, 'data')
    child.kill('SIGKILL')
    await once(child, 'close')
    answered.push(...text.split('\n').slice(0, -1))
  }
  const { problems, files } = await verifyAudit(directory)
  expect(problems).toEqual([])
  expect(files).toBeGreaterThan(8)
  const calls = new Set((await readAudit(directory, { limit: 10_000 })).map(({ call }) => call))
  expect(answered.filter((call) => !calls.has(call))).toEqual([])
})
