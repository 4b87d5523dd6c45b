import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createAuditLog, type AuditEntry, type AuditLog } from '../../src/record/audit.ts'

/** A line of a call. */
export const entry = (kind: AuditEntry['kind'], call: string, more: Partial<AuditEntry> = {}): AuditEntry => ({
  call,
  kind,
  principal: 'local:me',
  tool: 'docker_restart_container',
  service: 'docker',
  instances: ['default'],
  access: 'operate',
  input: { container: 'wéb' },
  ...more,
})

/** A clock that moves with every look, and random bytes that never repeat. */
export function openAudit(directory: string, more: { maxFileBytes?: number; start?: number } = {}): AuditLog {
  let now = more.start ?? Date.UTC(2026, 10, 20, 7, 15)
  let counter = 0
  return createAuditLog({
    directory,
    clock: { now: () => (now += 250) },
    random: (bytes) => Buffer.alloc(bytes, `${(counter += 1)}`),
    version: '1.2.3',
    ...(more.maxFileBytes === undefined ? {} : { maxFileBytes: more.maxFileBytes }),
  })
}

/** The files of it, the oldest first. */
export function filesOf(directory: string): string[] {
  return readdirSync(join(directory, 'audit')).toSorted()
}

/** The lines of one of them. */
export function linesOf(directory: string, file: string): Record<string, unknown>[] {
  return readFileSync(join(directory, 'audit', file), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}
