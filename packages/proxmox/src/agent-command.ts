import { setTimeout as pause } from 'node:timers/promises'
import { ToolError } from '@rackwarden/core'
import type { ProxmoxClient } from './client.ts'
import type { ProgramStatus } from './guest-change-schema.ts'
import type { GuestPlace } from './guest-place.ts'

/** What came of a command in a guest. */
export interface CommandOutcome {
  exitCode: number | undefined
  /** Whether its time was over before it was. */
  isLate: boolean
  /** What should be known of how it ended. */
  note: string | undefined
  stdout: string
  stderr: string
}

const firstPauseMs = 50
const longestPauseMs = 1_000
const keptCharacters = 16_384

/** Has the agent of a guest run a command, and asks it until that is over, or its time is. */
export async function runInGuest(
  argv: readonly string[],
  {
    guest,
    client,
    seconds,
    signal,
    progress,
  }: { guest: GuestPlace; client: ProxmoxClient; seconds: number; signal: AbortSignal; progress: (message: string) => void },
): Promise<CommandOutcome> {
  const pid = await client.startProgram(guest, argv, signal)
  progress(`process ${pid} began`)
  const end = performance.now() + seconds * 1_000
  try {
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 1.6, longestPauseMs)) {
      const now = await client.programStatus(guest, pid, signal)
      if (now.exited) return outcomeOf(now)
      const left = end - performance.now()
      if (left <= 0) return late(pid)
      await pause(Math.min(pauseMs, left), undefined, { signal })
    }
  } catch (error) {
    if (ToolError.isInstance(error))
      throw new ToolError(error.code, `${error.message} The command was begun as process ${pid} of the guest, and may go on.`, {
        hint: error.hint ?? 'What came of it can only be seen in the guest.',
        cause: error,
      })
    throw error
  }
}

// An agent has no way to end what it began.
function late(pid: number): CommandOutcome {
  return {
    exitCode: undefined,
    isLate: true,
    note: `it goes on in the guest as process ${pid}: an agent cannot end it`,
    stdout: '',
    stderr: '',
  }
}

function outcomeOf(ended: ProgramStatus): CommandOutcome {
  const truncated = ended['out-truncated'] || ended['err-truncated']
  const notes = [
    ...(ended.signal === undefined ? [] : [`ended by signal ${ended.signal}`]),
    ...(truncated ? ['the agent kept only the beginning of what it printed'] : []),
  ]
  return {
    exitCode: ended.exitcode,
    isLate: false,
    note: notes.length === 0 ? undefined : notes.join('; '),
    stdout: capped(ended['out-data'] ?? ''),
    stderr: capped(ended['err-data'] ?? ''),
  }
}

/** Of a long text the beginning and the end. */
export function capped(text: string): string {
  if (text.length <= 2 * keptCharacters) return text
  return `${text.slice(0, keptCharacters)}\n[${text.length - 2 * keptCharacters} characters left out]\n${text.slice(-keptCharacters)}`
}
