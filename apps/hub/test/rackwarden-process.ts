import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What one run of a bin left behind. */
export interface Finished {
  exitCode: number | null
  stdout: string
  stderr: string
}

/** The built bins, run as processes of their own on a state directory of their own. */
export interface Processes {
  /** Where they run, which is their user's home, too. */
  readonly directory: string
  readonly stateDirectory: string
  /** Runs the hub's bin to its end. */
  rackwarden(...command: string[]): Promise<Finished>
  /** Runs a service's bin to its end. */
  service(name: string, ...command: string[]): Promise<Finished>
  /** Starts the hub's bin and leaves it running. */
  start(...command: string[]): ChildProcess
  close(): Promise<void>
}

const hubBin = fileURLToPath(new URL('../dist/bin.cjs', import.meta.url))

/** Prepares to run bins: nothing of this user's environment, configuration or state reaches them. */
export async function openProcesses(environment: Record<string, string> = {}): Promise<Processes> {
  const directory = await mkdtemp(join(tmpdir(), 'rackwarden-hub-'))
  const stateDirectory = join(directory, 'state')
  const started = new Set<ChildProcess>()
  const settings = {
    cwd: directory,
    env: { PATH: process.env['PATH'], HOME: directory, RACKWARDEN_STATE_DIR: stateDirectory, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'],
  }
  const run = async (bin: string, command: readonly string[]): Promise<Finished> => {
    const child = spawn(process.execPath, [bin, ...command], settings)
    const finished: Finished = { exitCode: null, stdout: '', stderr: '' }
    child.stdout.on('data', (chunk: Buffer) => (finished.stdout += chunk.toString('utf8')))
    child.stderr.on('data', (chunk: Buffer) => (finished.stderr += chunk.toString('utf8')))
    await once(child, 'close')
    return { ...finished, exitCode: child.exitCode }
  }
  return {
    directory,
    stateDirectory,
    rackwarden: (...command) => run(hubBin, command),
    service: (name, ...command) => run(fileURLToPath(new URL(`../../../packages/${name}/dist/bin.cjs`, import.meta.url)), command),
    start: (...command) => {
      const child = spawn(process.execPath, [hubBin, ...command], settings)
      started.add(child)
      child.once('exit', () => started.delete(child))
      return child
    },
    close: async () => {
      for (const child of started) {
        child.kill('SIGKILL')
        await once(child, 'exit')
      }
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** The address a hub that was started with --http says it listens at. */
export async function addressOf(hub: ChildProcess): Promise<string> {
  let said = ''
  for await (const chunk of hub.stderr ?? []) {
    said += String(chunk)
    const url = /https?:\/\/\S+\/mcp/.exec(said)?.[0]
    if (url !== undefined) {
      hub.stderr?.resume()
      return url
    }
  }
  throw new Error(`the hub did not start: ${said}`)
}
