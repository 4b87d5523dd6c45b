import { randomBytes } from 'node:crypto'
import { createId, createJournal } from '../../src/record/journal.ts'
import { createSealer } from '../../src/record/seal.ts'
import { createFileStore } from '../../src/record/state-store.ts'

const store = createFileStore(process.argv.at(-1) ?? '')
const journal = createJournal(store, createSealer(store, randomBytes), { random: randomBytes })
for (let version = 0; ; version += 1) {
  const text = (number: number): string => `version ${number} `.repeat(300)
  const at = new Date()
  await journal.record({
    id: createId(Date, randomBytes),
    at: at.toISOString(),
    principal: 'local:me',
    service: 'linux',
    instance: 'nas',
    tool: 'write_file',
    targets: ['linux/file/etc/exports'],
    summary: 'Write /etc/exports',
    input: {},
    given: {},
    before: text(version),
    after: text(version + 1),
    left: 'f00d',
    undo: { tool: 'write_file', input: { content: text(version) } },
    approval: 'token',
    version: '1',
  })
  process.stdout.write('recorded\n')
  if (version % 7 === 0) await journal.tidy()
}
