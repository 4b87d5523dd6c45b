import { execFile } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createRuntime, verifyAudit, type Clock } from '@rackwarden/core/runtime'
import { onTestFinished } from 'vitest'
import { openKept, type KeptLab, type OpenKept } from './kept-lab.ts'
import type { Errand } from './killed-writes.child.ts'

const run = promisify(execFile)
// Nobody waits for what does not come back.
const clock: Clock = { now: Date.now, sleep: () => Promise.resolve(), after: () => () => undefined }

/** Runs an errand in a process of its own; undefined where that was killed. */
export async function runErrand(program: string, errand: Errand): Promise<{ kind: string; points: number } | undefined> {
  const ended = await run(process.execPath, [program, JSON.stringify(errand)]).catch((error: unknown) => {
    if ((error as { signal?: string }).signal === 'SIGKILL') return undefined
    throw error
  })
  return ended === undefined ? undefined : (JSON.parse(ended.stdout) as { kind: string; points: number })
}

/** Opens a kept lab as a process that starts now. */
export function openProcess(lab: KeptLab): OpenKept & { log: string[]; close: () => Promise<void> } {
  const log: string[] = []
  const runtime = createRuntime({
    version: '1.2.3',
    environment: {},
    stateDirectory: lab.stateDirectory,
    log: (level, message) => log.push(`${level}: ${message}`),
    clock,
  })
  const opened = openKept(lab, runtime)
  const close = async () => {
    await opened.catalogue.close(0)
    await runtime.close()
  }
  onTestFinished(close)
  return { ...opened, log, close }
}

/** The records in a directory of the state. */
export async function recordsIn({ stateDirectory }: KeptLab, directory: string): Promise<string[]> {
  return readdir(join(stateDirectory, directory)).catch(() => [])
}

/** What is wrong with the audit, and the targets of what began and did not end. */
export async function auditOf({ stateDirectory }: KeptLab): Promise<{ problems: readonly unknown[]; unfinished: string[] }> {
  const { problems, unfinished } = await verifyAudit(stateDirectory)
  return { problems, unfinished: unfinished.flatMap(({ targets = [] }) => targets) }
}
