import { hostname } from 'node:os'
import { z } from 'zod'

/** The process a record belongs to. */
export interface OwnerProcess {
  owner: number
  /** Machine or container it lives in: its number says nothing elsewhere. */
  host: string
  /** When it began: in a container that is started again, what served before had the number of what serves now. */
  born: number
}

/** As it stands in a record. */
export const ownerShape = { owner: z.number(), host: z.string(), born: z.number() }

/** This process. */
export function thisProcess(): OwnerProcess {
  return { owner: process.pid, host: hostname(), born: performance.timeOrigin }
}

/** Whether it still lives; of another machine that cannot be seen, and is taken to be so. */
export function isAlive({ owner, host, born }: OwnerProcess): boolean {
  if (host !== hostname()) return true
  if (owner === process.pid) return born === performance.timeOrigin
  try {
    process.kill(owner, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
