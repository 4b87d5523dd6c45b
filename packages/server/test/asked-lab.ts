import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { onTestFinished, vi } from 'vitest'
import { temporaryDirectory } from './lab.ts'

/** A bin that runs, and what it printed so far. */
export interface Running {
  child: ChildProcessWithoutNullStreams
  output: () => string
  errors: () => string
  gone: Promise<number | null>
}

/** A home in which a person must agree to what the lamp of the pretend lab does. */
export interface AskedLab {
  environment: Record<string, string>
  directory: string
  stateDirectory: string
  start(...argv: string[]): Running
  /** Serves over HTTP and gives the address. */
  serve(...argv: string[]): Promise<{ running: Running; url: string; port: number }>
  /** Ends what serves, and gives everything that was called and decided. */
  audit(): Promise<Record<string, unknown>[]>
}

/** What such a lab is configured with, unless a test wants it otherwise. */
export const humanLab = 'tier: operate\napproval: { tiers: { operate: human } }\n'

/** Words that open the pretend lab with its configuration. */
export const labWords = ['--demo', '--config', 'lab.yaml'] as const

/** Makes a home for a bin; everything that was started in it is gone when the test ends. */
export async function askedLab(bin: string, { configuration = humanLab, ...more }: Record<string, string> = {}): Promise<AskedLab> {
  const directory = await temporaryDirectory()
  const stateDirectory = join(directory, 'state')
  await mkdir(stateDirectory)
  await writeFile(join(directory, 'lab.yaml'), configuration)
  const environment = { PATH: process.env['PATH']!, HOME: directory, RACKWARDEN_STATE_DIR: stateDirectory, ...more }

  const serving: Running[] = []

  function start(...argv: string[]): Running {
    const child = spawn(process.execPath, [bin, ...argv], { env: environment, cwd: directory })
    let [output, errors] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
    onTestFinished(() => void child.kill('SIGKILL'))
    const gone = once(child, 'exit').then(([code]) => code as number | null)
    return { child, output: () => output, errors: () => errors, gone }
  }

  return {
    environment,
    directory,
    stateDirectory,
    start,
    async serve(...argv) {
      const running = start('serve', ...labWords, '--http', '127.0.0.1:0', ...argv)
      serving.push(running)
      const found = () => /http:\S+\/mcp/.exec(running.errors())?.[0] ?? Promise.reject(new Error(running.errors()))
      const url = await vi.waitFor(found, { timeout: 20_000 })
      return { running, url, port: Number(new URL(url).port) }
    },
    async audit() {
      for (const { child, gone } of serving.splice(0)) {
        child.kill('SIGTERM')
        await gone
      }
      const reading = start('audit', '--json', '--limit', '500')
      await reading.gone
      return JSON.parse(reading.output()) as Record<string, unknown>[]
    },
  }
}
