import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { setMaxListeners } from 'node:events'
import type { Readable } from 'node:stream'
import type { ExecOptions, ExecResult } from '../define/connection.ts'
import { ToolError } from '../define/error.ts'
import { codeOf } from './failure.ts'
import { keepBytes, type KeptBytes } from './kept-bytes.ts'

const defaultMaxBytes = 1024 * 1024
const graceMs = 2_000

/** Runs programs in process groups of their own, and ends those still running at the end. */
export function createExec(defaults: { timeoutMs: number }): {
  exec: (argv: readonly string[], options?: ExecOptions) => Promise<ExecResult>
  close: () => Promise<void>
} {
  const running = new Map<(reason: unknown) => void, Promise<unknown>>()
  return {
    async exec(argv, options = {}) {
      const { spawn } = await import('node:child_process')
      options.signal?.throwIfAborted()
      const [program = '', ...rest] = argv
      if (program === '' || argv.some((argument) => argument.includes('\0')))
        throw new ToolError('invalid_input', 'A program was named badly, or an argument holds a NUL character.')
      const child = start(() => spawn(program, rest, { detached: true, stdio: 'pipe', windowsHide: true }), program)
      const { result, end } = follow(child, program, { ...options, timeoutMs: options.timeoutMs ?? defaults.timeoutMs })
      running.set(end, result)
      try {
        return await result
      } finally {
        running.delete(end)
      }
    },
    async close() {
      const results = [...running.values()]
      for (const end of running.keys()) end(new ToolError('unreachable', 'The connection was closed while a program ran.'))
      await Promise.allSettled(results)
    },
  }
}

function start(spawn: () => ChildProcessWithoutNullStreams, program: string): ChildProcessWithoutNullStreams {
  try {
    return spawn()
  } catch (error) {
    throw spawnFailure(error, program)
  }
}

function follow(child: ChildProcessWithoutNullStreams, program: string, options: ExecOptions & { timeoutMs: number }) {
  const maxBytes = options.maxBytes ?? defaultMaxBytes
  const [stdout, stderr] = [collect(child.stdout, maxBytes, options.keep), collect(child.stderr, maxBytes, options.keep)]
  let end: (reason: unknown) => void = () => undefined
  const result = new Promise<ExecResult>((resolve, reject) => {
    let ended: { reason: unknown } | undefined
    const timers: NodeJS.Timeout[] = []
    const finish = (settle: () => void) => {
      for (const timer of timers) clearTimeout(timer)
      options.signal?.removeEventListener('abort', aborted)
      settle()
    }
    end = (reason) => {
      if (ended !== undefined) return
      ended = { reason }
      signalGroup(child, 'SIGTERM')
      timers.push(setTimeout(() => signalGroup(child, 'SIGKILL'), graceMs))
      // What even SIGKILL does not end (a dead network file system) must not hold the caller.
      timers.push(setTimeout(() => finish(() => reject(reason)), graceMs + 1_000))
    }
    const aborted = () => end(options.signal?.reason)
    // One call may run many programs at once; Node 20 takes more than ten listeners for a leak.
    if (options.signal !== undefined) setMaxListeners(0, options.signal)
    options.signal?.addEventListener('abort', aborted, { once: true })
    if (options.timeoutMs <= 0x7fff_ffff) timers.push(setTimeout(() => end(expired(program, options.timeoutMs)), options.timeoutMs))
    child.once('error', (error) => finish(() => reject(spawnFailure(error, program))))
    child.once('close', (code, signal) => {
      // A member of the group that let go of our pipes would outlive its leader.
      if (ended !== undefined) signalGroup(child, 'SIGKILL')
      finish(() => {
        if (ended !== undefined) return reject(ended.reason)
        const truncated = stdout.truncated() || stderr.truncated()
        resolve({
          exitCode: code ?? exitCodeOf(signal),
          stdout: stdout.text(),
          stderr: stderr.text(),
          truncated,
          ...(truncated ? { written: { stdout: stdout.bytes(), stderr: stderr.bytes() } } : {}),
        })
      })
    })
    // A program that does not read its input closes the pipe; its exit code says the rest.
    child.stdin.on('error', () => undefined)
    child.stdin.end(options.stdin ?? '')
  })
  return { result, end: (reason: unknown) => end(reason) }
}

/** Collects a stream and goes on reading where it is full, so that a full pipe never stops the program. */
function collect(stream: Readable, maxBytes: number, keep?: 'head' | 'tail'): KeptBytes {
  const kept = keepBytes(maxBytes, keep)
  stream.on('data', (chunk: Buffer) => kept.add(chunk))
  return kept
}

function signalGroup(child: ChildProcessWithoutNullStreams, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, signal)
  } catch {
    // The whole group is gone already.
  }
}

const signalNumbers: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGTERM: 15,
}

/** What a shell reports for a program that a signal ended. */
function exitCodeOf(signal: NodeJS.Signals | null): number {
  return 128 + (signalNumbers[signal ?? ''] ?? 0)
}

function expired(program: string, timeoutMs: number): ToolError {
  return new ToolError('timeout', `${program} did not end within ${timeoutMs} ms and was stopped.`, {
    hint: 'Ask for less at once, or raise timeoutMs.',
  })
}

function spawnFailure(error: unknown, program: string): ToolError {
  const code = codeOf(error)
  if (code === 'ENOENT')
    return new ToolError('not_found', `There is no program '${program}' on this machine.`, {
      hint: 'Install it, or add its directory to PATH.',
      cause: error,
    })
  if (code === 'EACCES' || code === 'EPERM')
    return new ToolError('forbidden', `This user may not run '${program}'.`, { hint: 'Check its file mode and its owner.', cause: error })
  if (code === 'E2BIG') return new ToolError('invalid_input', `The arguments for '${program}' are too long.`, { cause: error })
  return new ToolError('upstream', `'${program}' could not be started${code === '' ? '' : ` (${code})`}.`, { cause: error })
}
