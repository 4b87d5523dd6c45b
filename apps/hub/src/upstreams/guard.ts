import { spawn, type ChildProcess } from 'node:child_process'
import type { Log } from '@rackwarden/core/runtime'
import { guard } from './guard-program.ts'
import { markVariable } from './minimal-environment.ts'

/** Sees to it that no program outlives the process that started it, however that ends. */
export interface ProcessGuard {
  /** To be called before a program is started, so that there is no moment without it. */
  arm(): void
  /** Told of a program, the leader of a group of its own, as soon as it was started. */
  watch(pid: number, mark: string): void
  /** Told when a program has ended: what it left behind goes, too. */
  ended(pid: number, mark: string): void
  /** Lets go of everything there still is; resolves when nothing is left, or after a moment. */
  close(): Promise<void>
}

/** What has not ended by then is ended by the guard alone, whose input ends with this process at the latest. */
const closeMs = 100
const mostRestarts = 5

/** Prepares the guard of this process; it runs from the first program on. */
export function createGuard(log: Log): ProcessGuard {
  const programs = new Map<number, string>()
  let running: ChildProcess | undefined
  let [restarts, closed] = [0, false]

  const start = (): ChildProcess => {
    // A session of its own: what ends the hub's group must not end what cleans up after it.
    const child = spawn(process.execPath, ['-e', `(${guard.toString()})(${JSON.stringify(markVariable)})`], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
      env: {},
      cwd: '/',
      windowsHide: true,
    })
    child.on('error', (error) => log('error', `The guard of upstream programs could not be started: ${error.message}`))
    child.stdin?.on('error', () => undefined)
    child.once('exit', () => {
      if (running === child) running = undefined
      if (closed || programs.size === 0) return
      restarts += 1
      if (restarts > mostRestarts)
        return log('error', 'The guard of upstream programs ends again and again; if this process is killed, they stay.')
      log('warn', 'The guard of upstream programs ended and is started again.')
      running = start()
    })
    child.unref()
    for (const [pid, mark] of programs) child.stdin?.write(`+${pid} ${mark}\n`)
    return child
  }

  return {
    arm() {
      running ??= start()
    },
    watch(pid, mark) {
      programs.set(pid, mark)
      running?.stdin?.write(`+${pid} ${mark}\n`)
    },
    ended(pid, mark) {
      programs.delete(pid)
      running?.stdin?.write(`-${pid} ${mark}\n`)
    },
    async close() {
      closed = true
      const child = running
      if (child === undefined) return
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, closeMs)
        child.once('exit', () => {
          clearTimeout(timer)
          resolve()
        })
        child.stdin?.end()
      })
    },
  }
}
