import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { z } from 'zod'

/** The process a record belongs to. */
export interface OwnerProcess {
  owner: number
  /** Machine or container it lives in: its number says nothing elsewhere. */
  host: string
  /** When it began, as its system counts: a container that is started again has the same numbers as before. */
  begun?: string
}

/** As it stands in a record. */
export const ownerShape = { owner: z.number(), host: z.string(), begun: z.string().optional() }

/** This process. */
export function thisProcess(): OwnerProcess {
  return { owner: process.pid, host: hostname(), begun: begunAt(process.pid) ?? ownBeginning() }
}

/** Whether it still lives; of another machine that cannot be seen, and is taken to be so. */
export function isAlive({ owner, host, begun }: OwnerProcess): boolean {
  if (host !== hostname()) return true
  try {
    process.kill(owner, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  const now = begunAt(owner) ?? (owner === process.pid ? ownBeginning() : undefined)
  return now === undefined || begun === undefined ? now !== ended : now === begun
}

/** What stands for the beginning of a process that has ended, and whose number nobody has asked back yet. */
const ended = 'ended'

/** When a process began; undefined where its system does not say. */
function begunAt(pid: number): string | undefined {
  try {
    // Its name stands in brackets and may hold any of them; what is counted stands behind the last.
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\)\s/s, '')
      .split(' ')
    return fields[0] === 'Z' || fields[0] === 'X' ? ended : fields[19]
  } catch {
    return undefined
  }
}

function ownBeginning(): string {
  return Math.round(performance.timeOrigin).toString()
}
