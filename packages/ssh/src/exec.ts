import { randomBytes } from 'node:crypto'
import { constants } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { ToolError, type ExecOptions, type ExecResult } from '@rackwarden/core'
import type { ClientChannel } from 'ssh2'
import { abortable } from './abortable.ts'
import { readStarted, startLine, stopLine } from './far-side.ts'
import { channelFailure, isRefusedChannel, oneLine, type Purpose } from './failure.ts'
import { collect, type Output } from './output.ts'
import type { Session } from './session.ts'

const defaultMaxBytes = 1024 * 1024
// What the far side is given to end a program before we stop waiting for it.
const graceMs = 3_000
const mostRefusals = 5
const refusalPauseMs = 20

const purpose: Purpose = {
  wanted: 'to run a program',
  allowedBy: 'Is the account restricted to files or tunnels, or MaxSessions of its sshd_config too low?',
}

/** Runs one program on the far side. */
export async function runProgram(
  session: Session,
  argv: readonly string[],
  options: ExecOptions & { timeoutMs: number },
): Promise<ExecResult> {
  const mark = `rw-${randomBytes(12).toString('hex')}`
  const line = startLine(argv, { mark, seconds: options.timeoutMs / 1000 + 1 })
  const { opened, release } = await openChannel(session, line, options.signal)
  void opened.ended.then(release)
  session.lost.addEventListener('abort', release, { once: true })
  return follow(session, opened, { ...options, mark, program: argv[0] ?? '' })
}

/**
 * Waits for a place and opens a channel. A server that allows fewer than we thought is believed; one that has not yet
 * noticed that the last one is closed is asked again.
 */
async function openChannel(
  session: Session,
  line: string,
  signal: AbortSignal | undefined,
): Promise<{ opened: Opened; release: () => void }> {
  for (let refusals = 0; ;) {
    const release = await abortable(session.slots.take(signal), session.lost)
    try {
      return { opened: await start(session, line, signal), release }
    } catch (error) {
      release()
      if (isRefusedChannel(error) && (session.slots.narrow() || ++refusals < mostRefusals)) {
        await pause(refusalPauseMs)
        continue
      }
      if (signal?.aborted === true) throw error
      throw channelFailure(error, session.address, purpose)
    }
  }
}

interface Opened {
  channel: ClientChannel
  /** The exit code, once everything was written; that of a shell where a signal ended it. */
  ended: Promise<number | undefined>
}

async function start(session: Session, line: string, signal?: AbortSignal): Promise<Opened> {
  const opening = new Promise<Opened>((resolve, reject) => {
    // Whoever listens a moment later misses the end of a program that ended at once.
    session.client.exec(line, (error, channel) => (error === undefined ? resolve({ channel, ended: exitOf(channel) }) : reject(error)))
  })
  try {
    return await session.opened(opening, signal)
  } catch (error) {
    opening.then(({ channel }) => channel.close()).catch(() => undefined)
    throw error
  }
}

interface Run extends ExecOptions {
  timeoutMs: number
  mark: string
  program: string
}

async function follow(session: Session, { channel, ended }: Opened, run: Run): Promise<ExecResult> {
  const maxBytes = run.maxBytes ?? defaultMaxBytes
  const collecting = { mark: run.mark, maxBytes, keep: run.keep }
  const [stdout, stderr] = [collect(channel, collecting), collect(channel.stderr, collecting)]
  // A program that does not read its input closes it; its exit code says the rest.
  channel.on('error', () => undefined)
  channel.end(run.stdin ?? '')
  const limit = new AbortController()
  const timer = run.timeoutMs <= 0x7fff_ffff ? setTimeout(() => limit.abort(expired(session, run)), run.timeoutMs) : undefined
  try {
    const exitCode = await abortable(ended, limit.signal, run.signal, session.lost)
    return resultOf(session, run, { exitCode, stdout, stderr })
  } catch (error) {
    if (!session.lost.aborted) await stop(session, { channel, ended }, { begun: stderr.begun, mark: run.mark })
    throw error
  } finally {
    clearTimeout(timer)
  }
}

async function exitOf(channel: ClientChannel): Promise<number | undefined> {
  return new Promise((resolve) => {
    let exitCode: number | undefined
    channel.on('exit', (code: number | null, signal?: string) => {
      exitCode = code ?? 128 + ((constants.signals as Partial<Record<string, number>>)[signal ?? ''] ?? 0)
    })
    channel.once('close', () => resolve(exitCode))
  })
}

function resultOf(
  { address, lost }: Session,
  { mark, program }: Run,
  { exitCode, stdout, stderr }: { exitCode: number | undefined; stdout: Output; stderr: Output },
): ExecResult {
  // The channels of a lost connection are closed first.
  lost.throwIfAborted()
  const started = readStarted(mark, stderr.head() ?? '')
  if (started === undefined) {
    const said = oneLine(stderr.text()) || oneLine(stdout.text())
    throw new ToolError('forbidden', `${address.name} ran no program for '${address.user}'${said === '' ? '' : `: ${said}`}`, {
      hint: 'Does this user have a POSIX shell, and do authorized_keys and sshd_config force no other command?',
    })
  }
  if (!started.found)
    throw new ToolError('not_found', `There is no program '${program}' on ${address.name}.`, {
      hint: 'Install it there, or give its whole path.',
    })
  if (exitCode === undefined) throw new ToolError('upstream', `${address.name} ended '${program}' and did not say how.`)
  const truncated = stdout.truncated() || stderr.truncated()
  const written = truncated ? { written: { stdout: stdout.bytes(), stderr: stderr.bytes() } } : {}
  return { exitCode, stdout: stdout.text(), stderr: stderr.text(), truncated, ...written }
}

/** Ends what runs too long, over a channel of its own, and lets go of it when the far side does not. */
async function stop(
  session: Session,
  { channel, ended }: Opened,
  { begun, mark }: { begun: Promise<string>; mark: string },
): Promise<void> {
  const patience = AbortSignal.timeout(graceMs)
  try {
    // Only once it has begun does it tell what there is to end.
    const started = readStarted(mark, await abortable(Promise.race([begun, ended.then(() => '')]), patience, session.lost))
    if (started !== undefined) {
      const killer = await abortable(start(session, stopLine(started.group)), patience)
      killer.channel.resume()
      killer.channel.stderr.resume()
      await abortable(Promise.all([ended, killer.ended]), patience, session.lost)
    }
  } catch {
    // Where there is no second channel, some servers pass a signal on; if not, the guard on the far side ends it.
    channel.signal('TERM')
  }
  channel.close()
}

function expired({ address }: Session, { program, timeoutMs }: Run): ToolError {
  return new ToolError('timeout', `${program} did not end on ${address.name} within ${timeoutMs} ms and was stopped.`, {
    hint: 'Ask for less at once, or raise timeoutMs.',
  })
}
