import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import type { Writable } from 'node:stream'
import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client'
import { ToolError } from '@rackwarden/core'
import type { UpstreamProgram } from '@rackwarden/core/runtime'
import { isRecord } from './definitions.ts'
import type { ProcessGuard } from './guard.ts'
import { createLineSplitter } from './line-splitter.ts'
import { environmentFor } from './minimal-environment.ts'
import { createPace } from './pace.ts'
import type { UpstreamLog } from './upstream-log.ts'

/** What a program is started with besides its configuration. */
export interface ProgramOptions {
  readonly guard: ProcessGuard
  readonly log: UpstreamLog
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Longest message taken from it. */
  readonly maxBytes: number
}

/** A program as a transport; `pid` and `stderr` are what the SDK knows such a transport by. */
export interface ProgramTransport extends Transport {
  readonly pid: number | undefined
  readonly stderr: null
  /** Why it ended; undefined while it runs. */
  readonly ending: ToolError | undefined
}

/** After its input was closed it is asked to end, and after that it is ended. */
const [askMs, killMs] = [75, 2_000]
/** So much that is no message, and it is another program than one that speaks the protocol. */
const mostGarbage = 1024 * 1024
const lastWordsMs = 50
const mostUnread = 64 * 1024 * 1024

/** Makes the transport to a program, in a process group of its own; it is started by `start`. */
export function createProgramTransport(program: UpstreamProgram, { guard, log, environment, maxBytes }: ProgramOptions): ProgramTransport {
  const mark = randomBytes(12).toString('hex')
  let child: ChildProcessWithoutNullStreams | undefined
  let ending: ToolError | undefined
  let closing: Promise<void> | undefined
  let garbage = 0

  const end = (reason: ToolError): Promise<void> => {
    ending ??= reason
    if (child === undefined || closing !== undefined) return closing ?? Promise.resolve()
    const { pid } = child
    const ended = new Promise<void>((resolve) => {
      if (child?.exitCode !== null || child.signalCode !== null) resolve()
      else child.once('exit', () => resolve())
    })
    child.stdin.end()
    const timers = [setTimeout(() => signalGroup(pid, 'SIGTERM'), askMs), setTimeout(() => signalGroup(pid, 'SIGKILL'), killMs)]
    closing = ended.finally(() => {
      for (const timer of timers) clearTimeout(timer)
    })
    return closing
  }

  /** What it wrote last may still be on its way; what it started may hold its pipes open. */
  const finish = async (ended: ChildProcessWithoutNullStreams, how: string) => {
    const unread = [ended.stdout, ended.stderr].filter(({ readableEnded }) => !readableEnded)
    const read = unread.map((stream) => new Promise((resolve) => stream.once('end', resolve)))
    await Promise.race([Promise.all(read), new Promise((resolve) => setTimeout(resolve, lastWordsMs))])
    const words = log.lastWords()
    ending ??= new ToolError('unreachable', `The server ended ${how}${words === undefined ? '.' : `; it said: ${words}`}`, {
      hint: words === undefined ? 'Start it by hand to see why.' : 'What else it said is in the log.',
    })
    for (const stream of [ended.stdin, ended.stdout, ended.stderr]) stream.destroy()
    transport.onclose?.()
  }

  const refuse = (what: string, hint: string) => void end(new ToolError('upstream', `The server ${what}; it was ended.`, { hint }))

  const notMessage = (text: string) => {
    garbage += text.length
    log.line(text)
    if (garbage > mostGarbage)
      refuse(
        'writes something else than the protocol to its stdout',
        'Is its command right? Does it need an option to speak MCP over stdio?',
      )
  }

  const transport: ProgramTransport = {
    stderr: null,
    get pid() {
      return child?.pid
    },
    get ending() {
      return ending
    },
    async start() {
      guard.arm()
      const started = startProgram(program, environmentFor(program.env, environment, mark))
      child = started
      const { pid } = started
      if (pid !== undefined) guard.watch(pid, mark)
      const pace = createPace(
        () => started.stdout.pause(),
        () => started.stdout.resume(),
      )
      const split = createLineSplitter(maxBytes, {
        line(text) {
          const message = messageIn(text)
          if (message === undefined) return notMessage(text)
          garbage = 0
          if ('method' in message) pace.count()
          transport.onmessage?.(message)
        },
        tooLong({ head, tail, bytes }) {
          const id = idIn(head) ?? idIn(tail)
          if (id === undefined) notMessage(head)
          else
            transport.onmessage?.({
              jsonrpc: '2.0',
              id,
              error: { code: tooLarge, message: `The answer has ${bytes} bytes; no more than ${maxBytes} are taken.` },
            })
        },
      })
      const splitErrors = createLineSplitter(16_384, { line: (text) => log.line(text), tooLong: ({ head }) => log.line(head) })
      started.stdout.on('data', (chunk: Buffer) => split(chunk))
      started.stderr.on('data', (chunk: Buffer) => splitErrors(chunk))
      for (const stream of [started.stdin, started.stdout, started.stderr]) stream.on('error', () => undefined)
      started.once('exit', (code, signal) => {
        pace.stop()
        if (pid !== undefined) guard.ended(pid, mark)
        void finish(started, signal === null ? `with exit code ${code ?? 0}` : `by ${signal}`)
      })
      await new Promise<void>((resolve, reject) => {
        started.once('spawn', resolve)
        started.once('error', (error) => {
          ending ??= notStarted(program, error)
          reject(ending)
        })
      })
    },
    send: (message) =>
      new Promise((resolve, reject) => {
        if (child === undefined || ending !== undefined) return reject(ending ?? new ToolError('unreachable', 'The server is not running.'))
        if (child.stdin.writableLength > mostUnread) {
          refuse('does not read what it is sent', 'It hangs; its own log may say why.')
          return reject(ending)
        }
        writeTogether(child.stdin, `${JSON.stringify(message)}\n`)
        resolve()
      }),
    close: () => end(new ToolError('unreachable', 'The connection was closed.')),
  }
  return transport
}

/** The code of an answer that was not taken, in the range the protocol leaves to implementations. */
export const tooLarge = -32_050

function startProgram(program: UpstreamProgram, env: Record<string, string>): ChildProcessWithoutNullStreams {
  try {
    return spawn(program.command, program.args, {
      env,
      stdio: 'pipe',
      detached: true,
      windowsHide: true,
      ...(program.cwd === undefined ? {} : { cwd: program.cwd }),
    })
  } catch (error) {
    throw notStarted(program, error)
  }
}

function notStarted({ command, cwd }: UpstreamProgram, error: unknown): ToolError {
  const { code = '' } = error as NodeJS.ErrnoException
  if (code === 'ENOENT')
    return new ToolError('unreachable', `There is no program '${command}'${cwd === undefined ? '' : `, or no directory '${cwd}'`}.`, {
      hint: 'Install it, write its whole path, or add its directory to PATH.',
      cause: error,
    })
  if (code === 'EACCES' || code === 'EPERM')
    return new ToolError('unreachable', `This user may not run '${command}'.`, { hint: 'Check its file mode and its owner.', cause: error })
  return new ToolError('unreachable', `'${command}' could not be started${code === '' ? '' : ` (${code})`}.`, { cause: error })
}

/** What is sent in one turn of the loop is written at one go: each write wakes the program, and costs more than all before it. */
function writeTogether(stream: Writable, text: string): void {
  if (stream.writableCorked === 0) {
    stream.cork()
    setImmediate(() => stream.uncork())
  }
  stream.write(text)
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch {
    // The whole group is gone already.
  }
}

function messageIn(line: string): JSONRPCMessage | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    const message = JSON.parse(line) as { jsonrpc?: unknown; id?: unknown; result?: unknown }
    if (message.jsonrpc !== '2.0') return undefined
    // What answers a request with anything else than a result would leave it waiting.
    if (typeof message.id === 'number' && 'result' in message && !isRecord(message.result))
      return { jsonrpc: '2.0', id: message.id, error: { code: -32_603, message: 'It answered with what is no result.' } }
    return message as JSONRPCMessage
  } catch {
    return undefined
  }
}

/** The id of an answer that is too long to be read, where one of its ends shows it. */
function idIn(end: string): number | undefined {
  const [, id] = /"id"\s*:\s*(\d{1,15})\s*[,}]/.exec(end) ?? []
  return id === undefined ? undefined : Number(id)
}
