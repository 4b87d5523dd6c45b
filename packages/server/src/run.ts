import { readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Service } from '@rackwarden/core'
import { applicationOf, type Application } from './application.ts'
import type { Terminal } from './cli/terminal.ts'

/** Runs the command line of a service alone or of a whole application, and ends the process when it is done. */
export async function run(served: Service | Application): Promise<void> {
  const application = 'services' in served ? served : applicationOf(served, versionBeside(process.argv[1]))
  const terminal = processTerminal()
  const code = await commandLine(application, process.argv.slice(2), terminal)
  // What is still open by now (keep-alive sockets, timers of a library) must not keep the process.
  process.stdout.write('', () => process.exit(code))
}

/** Runs one command and says how it ended: 0 ok, 1 failed, 2 usage, 3 approval required. */
export async function commandLine(application: Application, argv: readonly string[], terminal: Terminal): Promise<number> {
  try {
    if (argv.length === 0) return await (await import('./cli/serve.ts')).serve(application, {}, terminal)
    return await (await import('./cli/program.ts')).runProgram(application, argv, terminal)
  } catch (error) {
    return (await import('./cli/failure.ts')).reportFailure(error, terminal)
  }
}

function processTerminal(): Terminal {
  // A reader that has seen enough (`| head`), or is gone, is no failure and ends no write that is under way.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  return {
    print: (text) => void process.stdout.write(`${text}\n`),
    complain: (text) => void process.stderr.write(`${text}\n`),
    environment: process.env,
    directory: process.cwd(),
    read: readInput,
    program: [process.execPath, process.argv[1] ?? ''],
    ...(process.stdin.isTTY && process.stderr.isTTY ? { ask: prompting() } : {}),
  }
}

/** What is given over stdin; what is longer than the bound is cut off, and no longer what was meant. */
async function readInput(mostBytes: number): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of process.stdin) {
    chunks.push(chunk as Buffer)
    size += (chunk as Buffer).length
    if (size > mostBytes) break
  }
  return Buffer.concat(chunks).subarray(0, mostBytes).toString('utf8')
}

/** Asks at this process's terminal, which is taken over with the first question. */
function prompting(): Required<Terminal>['ask'] {
  let prompt: Promise<Required<Terminal>['ask']> | undefined
  return async (question, options) => {
    prompt ??= import('./cli/prompt.ts').then(({ createPrompt }) => createPrompt(process.stdin, process.stderr))
    return (await prompt)(question, options)
  }
}

/** Version of the package a bin belongs to: of the nearest package.json above it. */
function versionBeside(bin: string | undefined): string {
  try {
    let directory = dirname(realpathSync(bin ?? ''))
    for (;;) {
      const version = versionIn(join(directory, 'package.json'))
      if (version !== undefined) return version
      if (dirname(directory) === directory) return '0.0.0'
      directory = dirname(directory)
    }
  } catch {
    return '0.0.0'
  }
}

function versionIn(file: string): string | undefined {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { version?: string }).version
  } catch {
    return undefined
  }
}
