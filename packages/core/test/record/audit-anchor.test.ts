import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRuntime, tendAudit, type Clock } from '@rackwarden/core/runtime'
import { expect, onTestFinished, test } from 'vitest'
import { headLines, headsIn } from '../../src/record/audit-anchor.ts'
import { holdingHeads } from '../../src/record/audit-file.ts'
import { readAudit, verifyAudit, type AuditEntry } from '../../src/record/audit.ts'
import { temporaryDirectory } from './disk.ts'

const read: AuditEntry = {
  call: 'a',
  kind: 'read',
  principal: 'local:me',
  tool: 'docker_list_containers',
  service: 'docker',
  instances: [],
  access: 'observe',
  input: {},
}

/** A server's audit whose timers fire when the test says so. */
function tended(command: readonly string[]) {
  const directory = temporaryDirectory(onTestFinished)
  const timers = new Map<number, () => void>()
  const clock: Clock = {
    now: () => Date.UTC(2026, 10, 20),
    sleep: () => Promise.resolve(),
    after: (milliseconds, then) => {
      timers.set(milliseconds, then)
      return () => timers.delete(milliseconds)
    },
  }
  const log: string[] = []
  const runtime = createRuntime({ version: '1', environment: {}, stateDirectory: directory, clock, log: (_, message) => log.push(message) })
  const requests = { pending: () => Promise.resolve([]) }
  const stop = tendAudit({ runtime, policy: { anchor: { everyMs: 900_000, command } }, requests })
  onTestFinished(() => runtime.close())
  return { directory, runtime, stop, timers, log }
}

test('heads that moved are handed over as lines of JSON, also at the end, and what was kept is compared later', async () => {
  const kept = join(temporaryDirectory(onTestFinished), 'heads.jsonl')
  const { directory, runtime, stop, timers } = tended(['tee', '-a', kept])
  runtime.audit.record(read)
  await runtime.audit.flush()
  expect([...timers.keys()]).toContain(0)
  await stop()
  const heads = headsIn(readFileSync(kept, 'utf8'))
  expect(heads).toEqual(await holdingHeads(directory))
  expect((await verifyAudit(directory, { anchors: heads })).problems).toEqual([])
  const path = join(directory, 'audit', heads[0]?.name ?? '')
  writeFileSync(path, readFileSync(path, 'utf8').split('\n').slice(0, 1).join('\n') + '\n')
  expect((await verifyAudit(directory)).problems).toEqual([])
  expect((await verifyAudit(directory, { anchors: heads })).problems).toHaveLength(1)
})

test('a program that fails is logged and audited, and nothing else happens', async () => {
  const { directory, runtime, stop, log } = tended(['sh', '-c', 'echo no room >&2; exit 3'])
  runtime.audit.record(read)
  await runtime.audit.flush()
  await stop()
  await runtime.audit.flush()
  const told = 'The heads of the audit could not be kept elsewhere: upstream: It ended with 3: no room.'
  expect(log).toEqual([told])
  expect(await readAudit(directory, { kind: 'anchor' })).toMatchObject([{ result: 'error', error: told, principal: 'rackwarden' }])
})

test('heads are read from lines a log put something before, and from a whole report', () => {
  const heads = [
    { name: 'a.jsonl', bytes: 12, head: 'ab' },
    { name: 'b.jsonl', bytes: 13, head: 'cd' },
  ]
  const lines = headLines(heads)
  expect(headsIn(lines)).toEqual(heads)
  expect(headsIn(lines.replaceAll(/^/gm, 'Nov 20 07:15:00 nas rackwarden-audit: '))).toEqual(heads)
  expect(headsIn(JSON.stringify({ files: 2, heads }))).toEqual(heads)
  expect(headsIn(JSON.stringify(heads, null, 2))).toEqual(heads)
  expect(headsIn('nothing\n{"name":1}\n{')).toEqual([])
})
