import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { removeOldFiles } from '../../src/record/audit-retention.ts'
import { createAuditLog, searchAudit, verifyAudit } from '../../src/record/audit.ts'
import { createId, createJournal } from '../../src/record/journal.ts'
import { createSealer } from '../../src/record/seal.ts'
import { createFileStore } from '../../src/record/state-store.ts'

const [job, directory = ''] = process.argv.slice(-2)
const codeOf = (action: Promise<unknown>): Promise<unknown> =>
  action.then(
    () => 'done',
    (error: unknown) => (error as { code?: string }).code,
  )

if (job === 'journal') {
  const store = createFileStore(directory)
  const journal = createJournal(store, createSealer(store, randomBytes), { random: randomBytes })
  let failed: unknown = 'done'
  for (let count = 0; failed === 'done' && count < 100; count += 1)
    failed = await codeOf(
      journal.record({
        id: createId(Date, randomBytes),
        at: new Date().toISOString(),
        principal: 'local:me',
        service: 'linux',
        instance: 'nas',
        tool: 'write_file',
        targets: ['linux/file/etc/exports'],
        summary: 'Write /etc/exports',
        input: {},
        given: {},
        before: randomBytes(2_000).toString('hex'),
        after: randomBytes(2_000).toString('hex'),
        left: 'f00d',
        undo: { tool: 'write_file', input: {} },
        approval: 'token',
        version: '1',
      }),
    )
  let [listed, whole] = [0, 0]
  for await (const { id } of journal.list()) {
    listed += 1
    const change = await journal.get(id)
    if (change?.undo !== 'evicted' && typeof change?.before === 'string') whole += 1
  }
  process.stdout.write(JSON.stringify({ failed, kept: listed > 0, allWhole: listed === whole }))
} else {
  const time = { now: Date.UTC(2026, 0, 1) }
  const clock = { now: () => time.now }
  const old = createAuditLog({ directory, clock, random: randomBytes, version: '1' })
  const line = { principal: 'local:me', tool: 'x', service: 'x', instances: [], access: 'observe', input: {}, kind: 'read' } as const
  await old.commit({ ...line, call: 'a' })
  await old.close()
  execFileSync('mount', ['-o', 'remount,ro', directory])
  time.now = Date.UTC(2026, 6, 1)
  const audit = createAuditLog({ directory, clock, random: randomBytes, version: '1' })
  const removed = await codeOf(removeOldFiles({ directory, audit, clock, retention: { days: 30 }, call: 'retention' }))
  const found: string[] = []
  for await (const { line: read } of searchAudit(directory)) found.push(read.call)
  const { problems } = await verifyAudit(directory)
  process.stdout.write(JSON.stringify({ removed, found, problems, files: readdirSync(join(directory, 'audit')).length }))
}
