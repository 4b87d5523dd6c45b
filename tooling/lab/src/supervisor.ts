import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { searchPath } from './component.ts'
import { kill, startOf } from './remains.ts'

/** A long-lived process of the lab, remembered in a file so that another process can take hold of it. */
export interface Supervisor {
  /** Its id, undefined when it does not run. */
  process(): number | undefined
  launch(command: readonly string[], environment?: NodeJS.ProcessEnv): void
  /** Asks `target`, by default the process itself, to end; kills the process when it has not after a while. */
  stop(options?: { target?: number; signal?: NodeJS.Signals }): Promise<void>
  /** The last lines it wrote. */
  lastLines(): string
}

/** How a supervised process ends with the one that started it: not at all when detached. */
export interface SupervisorOptions {
  detached: boolean
  leash?: 'KILL' | 'TERM'
}

const stopLimitMs = 20_000

/** Takes hold of the process called `name` in a directory, whether or not it runs. */
export function supervise(directory: string, name: string, { detached, leash = 'KILL' }: SupervisorOptions): Supervisor {
  const log = join(directory, `${name}.log`)
  const record = join(directory, `${name}.process.json`)

  function running(): number | undefined {
    if (!existsSync(record)) return undefined
    const found = JSON.parse(readFileSync(record, 'utf8')) as { id: number; start: string }
    return startOf(found.id) === found.start ? found.id : undefined
  }

  function launch(command: readonly string[], environment: NodeJS.ProcessEnv = {}): void {
    const output = openSync(log, 'a')
    // A process a test started ends with the test, however that ends.
    const [executable = '', ...rest] = detached ? command : ['setpriv', '--pdeathsig', leash, ...command]
    const env = { ...process.env, ...environment, PATH: searchPath() }
    const child = spawn(executable, rest, { detached: true, stdio: ['ignore', output, output], env })
    closeSync(output)
    child.on('error', () => undefined)
    child.unref()
    if (child.pid === undefined) throw new Error(`${executable} could not be started`)
    writeFileSync(record, JSON.stringify({ id: child.pid, start: startOf(child.pid) }))
  }

  async function stop({ target, signal = 'SIGTERM' }: { target?: number; signal?: NodeJS.Signals } = {}): Promise<void> {
    const id = running()
    if (id === undefined) return
    kill(target ?? id, signal)
    const deadline = Date.now() + stopLimitMs
    while (running() !== undefined && Date.now() < deadline) await sleep(20)
    kill(id)
    while (running() !== undefined) await sleep(20)
    rmSync(record, { force: true })
  }

  const lastLines = () => (existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n').slice(-8).join('\n') : '')
  return { process: running, launch, stop, lastLines }
}
