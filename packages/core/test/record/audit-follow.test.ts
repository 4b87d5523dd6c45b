import { appendFileSync, readdirSync, readFileSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { followAudit } from '../../src/record/audit-follow.ts'
import { createAuditLog, type AuditEntry } from '../../src/record/audit.ts'
import { temporaryDirectory } from './disk.ts'

const entry = (call: string): AuditEntry => ({
  call,
  kind: 'read',
  principal: 'local:me',
  tool: 'docker_list_containers',
  service: 'docker',
  instances: [],
  access: 'observe',
  input: {},
})

test('new lines of every process come as they are written, over rotation, new files and a file that was cut', async () => {
  const directory = temporaryDirectory(onTestFinished)
  let counter = 0
  const open = () =>
    createAuditLog({
      directory,
      clock: { now: () => Date.UTC(2026, 10, 20) + (counter += 1) },
      random: (bytes) => Buffer.alloc(bytes, `${(counter += 1)}`),
      version: '1',
      maxFileBytes: 900,
    })
  const first = open()
  await first.commit(entry('before'))
  const [file = ''] = readdirSync(join(directory, 'audit'))
  const seen: string[] = []
  const ending = new AbortController()
  const second = open()
  /** What happens between two looks; each step is seen by the next. */
  const steps = [
    async () => first.commit(entry('same file')),
    async () => second.commit(entry('another process')),
    async () => {
      for (const call of ['r1', 'r2', 'r3', 'r4']) await first.commit(entry(call))
    },
    async () => {
      const path = join(directory, 'audit', file)
      const line = readFileSync(path, 'utf8').split('\n')[1] ?? ''
      truncateSync(path, 0)
      appendFileSync(path, `${line.replace('before', 'rewritten')}\n{"half a li`)
    },
    async () => ending.abort(),
  ]
  const sleep = async () => {
    await steps.shift()?.()
  }
  for await (const line of followAudit(directory, { sleep, signal: ending.signal })) seen.push(line.call)
  expect(seen).toEqual(['same file', 'another process', 'r1', 'r2', 'r3', 'r4', 'rewritten'])
  await Promise.all([first.close(), second.close()])
  expect(readdirSync(join(directory, 'audit')).length).toBeGreaterThan(2)
})
