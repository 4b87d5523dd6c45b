import { hostname } from 'node:os'

/** The process a record belongs to. */
export interface OwnerProcess {
  owner: number
  /** Machine or container it lives in: its number says nothing elsewhere. */
  host: string
}

/** This process. */
export function thisProcess(): OwnerProcess {
  return { owner: process.pid, host: hostname() }
}

/** Whether it still lives; of another machine that cannot be seen, and is taken to be so. */
export function isAlive({ owner, host }: OwnerProcess): boolean {
  if (host !== hostname()) return true
  try {
    process.kill(owner, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
