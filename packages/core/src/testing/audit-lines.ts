import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { auditDirectory } from '../record/audit-file.ts'
import { chainStart, hashOf, type AuditHead } from '../record/audit-line.ts'

/** How much audit is pretended. */
export interface AuditLinesOptions {
  /** The state directory. */
  directory: string
  lines: number
  files: number
  /** Milliseconds since the epoch. */
  from: number
}

/** Writes an audit of many lines as processes one after the other would have left it, far faster than they could. */
export function writeAuditLines({ directory, lines, files, from }: AuditLinesOptions): void {
  const folder = auditDirectory(directory)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  let named: AuditHead[] = []
  let written = 0
  for (let file = 0; file < files; file += 1) {
    const share = Math.floor(((file + 1) * lines) / files) - written
    const stamp = new Date(from + written * 1_000).toISOString()
    const name = `${stamp.slice(0, 19).replaceAll(/[-:]/g, '')}Z-1-${String(file).padStart(12, '0')}.jsonl`
    const handle = openSync(join(folder, name), 'wx', 0o600)
    let [previous, bytes, sequence] = [chainStart, 0, 0]
    let batch: string[] = []
    const add = (at: string, body: object): void => {
      const text = `{"sequence":${sequence},"at":"${at}","previous":"${previous}",${JSON.stringify(body).slice(1)}`
      previous = hashOf(text)
      sequence += 1
      batch.push(text, '\n')
      if (batch.length >= 2_000) flush()
    }
    const flush = (): void => {
      bytes += writeSync(handle, batch.join(''))
      batch = []
    }
    add(stamp, { kind: 'start', version: '1', pid: 1, files: named })
    for (let index = 0; index < share; index += 1) add(new Date(from + (written + index) * 1_000).toISOString(), lineOf(written + index))
    flush()
    closeSync(handle)
    written += share
    named = [{ name, bytes, head: previous }]
  }
}

function lineOf(number: number): object {
  const isWrite = number % 10 === 0
  return {
    call: `20261120T071500-${number.toString(36).padStart(6, '0')}`,
    kind: isWrite ? 'outcome' : 'read',
    principal: number % 3 === 0 ? 'token:laptop' : 'local:owner',
    tool: isWrite ? 'docker_restart_container' : 'docker_list_containers',
    service: 'docker',
    instances: ['default'],
    access: isWrite ? 'operate' : 'observe',
    input: isWrite ? { container: `web-${number}` } : { limit: 50 },
    result: 'done',
    ...(isWrite ? { summary: `Restart web-${number}`, targets: [`docker/container/web-${number}`], approval: 'token' } : {}),
    milliseconds: number % 90,
  }
}
