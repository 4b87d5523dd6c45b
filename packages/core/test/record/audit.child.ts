import { execFileSync } from 'node:child_process'
import { closeSync, openSync, readdirSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { createAuditLog, readAudit, verifyAudit, type AuditEntry } from '../../src/record/audit.ts'
import { entry as entryOf } from './audit-file.ts'

const [job, directory = '', name = ''] = process.argv.slice(-3)
const warnings: string[] = []
const log = createAuditLog({
  directory,
  clock: Date,
  random: randomBytes,
  version: '1',
  maxFileBytes: 4_000,
  warn: (message) => warnings.push(message),
})

const entry = (kind: AuditEntry['kind'], call: string) =>
  entryOf(kind, call, { input: { container: 'web' }, targets: ['docker/container/web'] })

const attempt = (action: () => Promise<unknown>): Promise<unknown> =>
  action().then(
    () => 'written',
    (error: unknown) => {
      const { code, message } = error as { code: string; message: string }
      return `${code}: ${message}`
    },
  )

if (job === 'write') {
  for (let index = 0; index < 40; index += 1) {
    log.record(entry('read', `${name}-read-${index}`))
    await log.commit(entry('intent', `${name}-${index}`))
    await log.commit(entry('outcome', `${name}-${index}`))
  }
  await log.close()
  process.stdout.write('{}')
} else if (job === 'rotate') {
  for (let index = 0; ; index += 1) {
    await log.commit(entry('outcome', `${name}-${index}`))
    process.stdout.write(`${name}-${index}\n`)
  }
} else if (job === 'hang') {
  await log.commit(entry('intent', 'finished'))
  await log.commit(entry('outcome', 'finished'))
  await log.commit(entry('intent', 'cut off'))
  process.stdout.write('between\n')
  setInterval(() => {}, 1_000)
} else {
  // A file open for writing would keep its disk from becoming read-only.
  const first = job === 'read-only' ? 'written' : await attempt(() => log.commit(entry('intent', 'first')))
  let second: unknown = 'written'
  let letGo = (): void => {}
  if (job === 'read-only') {
    execFileSync('mount', ['-o', 'remount,ro', directory])
    letGo = () => execFileSync('mount', ['-o', 'remount,rw', directory])
  } else {
    fill(join(directory, 'filler'))
    letGo = () => unlinkSync(join(directory, 'filler'))
  }
  let count = 0
  while (second === 'written' && count < 100) {
    log.record(entry('read', `read ${count}`))
    count += 1
    second = await attempt(() => log.commit(entry('intent', `second ${'x'.repeat(300)}`)))
  }
  const flushed = await attempt(() => log.flush())
  letGo()
  const third = await attempt(() => log.commit(entry('outcome', 'first')))
  await log.close()
  const { problems, files, unfinished } = await verifyAudit(directory)
  const lines = await readAudit(directory, { limit: 1_000 })
  process.stdout.write(
    JSON.stringify({
      first,
      second,
      flushed: job === 'read-only' ? flushed : undefined,
      third,
      problems,
      unfinished: unfinished.length <= count,
      warnings,
      files: files === readdirSync(join(directory, 'audit')).length,
      reads: lines.filter(({ kind }) => kind === 'read').length === count,
    }),
  )
}

function fill(path: string): void {
  const file = openSync(path, 'w')
  try {
    for (;;) writeSync(file, Buffer.alloc(4096))
  } catch {
    closeSync(file)
  }
}
