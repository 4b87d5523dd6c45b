import { ToolError } from '@rackwarden/core'
import type { DockerClient } from './client.ts'
import type { ExecOutcome } from './exec-stream.ts'

/** A command somebody wants run. */
export interface Command {
  container: string
  argv: readonly string[]
  user: string | undefined
  workdir: string | undefined
  seconds: number
}

/** What came of it. */
export interface CommandOutcome extends ExecOutcome {
  timedOut: boolean
  /** Why it may go on in the container, where it does. */
  goesOn: string | undefined
}

const shellMs = 15_000
// How long the far side waits beyond ours, for the case that nobody is left here.
const graceSeconds = 10

/**
 * Says its process id, which is that of the group of all it starts, then becomes the command: under `timeout` where that is
 * there, so that it ends even where nobody here is left to end it. Old busybox means something else by the same words.
 */
const wrapper = `echo "$$"
limit=$1
shift
if command -v timeout >/dev/null 2>&1; then
  case $(timeout --help 2>&1) in
    *'-t SECS'*) ;;
    *) exec timeout -s KILL "$limit" "$@" ;;
  esac
fi
exec "$@"`

/** Runs a command in a container, and ends it there when its time is over or nobody waits for it any more. */
export async function runCommand(command: Command, client: DockerClient, signal: AbortSignal): Promise<CommandOutcome> {
  const hasShell = await canRunShell(command, client, signal)
  let group: string | undefined
  const argv = hasShell ? ['sh', '-c', wrapper, 'sh', String(command.seconds + graceSeconds), ...command.argv] : command.argv
  const { container, user, workdir, seconds } = command
  const timer = { expired: false, ended: Promise.resolve(true) }
  const end = () => (timer.ended = group === undefined ? Promise.resolve(false) : ended(group, command, client))
  const limit = setTimeout(() => {
    timer.expired = true
    void end()
  }, seconds * 1000)
  try {
    const outcome = await client.exec(
      container,
      {
        argv,
        user,
        workdir,
        // Without a shell there is nothing to wait for once the time is over.
        limitMs: hasShell ? (seconds + graceSeconds) * 1000 : seconds * 1000 + 500,
        ...(hasShell ? { onFirstLine: (line: string) => (group = /^\d+$/.test(line) ? line : undefined) } : {}),
      },
      signal,
    )
    const isOver = outcome.exitCode !== undefined || (await timer.ended)
    return { ...outcome, timedOut: timer.expired, goesOn: isOver ? undefined : whyItGoesOn(hasShell) }
  } catch (error) {
    // Given up here, it is not to go on there.
    if (signal.aborted) await end()
    throw error
  } finally {
    clearTimeout(limit)
  }
}

/** Ends every process of a group in the container by a second command: the engine has no call for it. */
async function ended(group: string, { container, user }: Command, client: DockerClient): Promise<boolean> {
  const argv = ['sh', '-c', 'kill -KILL -- "-$1"', 'sh', group]
  const killed = await client.exec(container, { argv, user, limitMs: shellMs }, AbortSignal.timeout(shellMs)).catch(() => undefined)
  return killed?.exitCode === 0
}

async function canRunShell({ container, user }: Command, client: DockerClient, signal: AbortSignal): Promise<boolean> {
  try {
    const { exitCode } = await client.exec(container, { argv: ['sh', '-c', ':'], user, limitMs: shellMs }, signal)
    return exitCode === 0
  } catch (error) {
    // Some engines refuse to start what is not there, others let it end with 126 or 127.
    if (ToolError.isInstance(error) && /not found|no such file/i.test(error.message)) return false
    throw error
  }
}

function whyItGoesOn(hasShell: boolean): string {
  return hasShell
    ? 'it could not be ended and may go on in the container; a restart of the container ends it'
    : 'the container has no shell to end it with, so it may go on in it; a restart of the container ends it'
}
