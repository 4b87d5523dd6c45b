import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createAuditLog, verifyAudit, type AuditEntry } from '../../src/record/audit.ts'
import { temporaryDirectory } from './disk.ts'

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
