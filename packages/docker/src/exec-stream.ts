import { ToolError } from '@rackwarden/core'
import { z } from 'zod'
import { execDetail } from './engine-schema.ts'
import type { EngineCalls } from './engine-calls.ts'
import { frameReader } from './log-frames.ts'
import { cappedText } from './capped-text.ts'

/** One command in a container. */
export interface ExecRequest {
  argv: readonly string[]
  user?: string | undefined
  workdir?: string | undefined
  /** Told once of the first line of stdout, which is then not part of the output. */
  onFirstLine?: ((line: string) => void) | undefined
  /** Nothing is read beyond it, whatever the command does. */
  limitMs: number
}

/** What a command left behind. */
export interface ExecOutcome {
  /** Undefined where it was still running when nobody read on. */
  exitCode: number | undefined
  stdout: string
  stderr: string
}

const created = z.object({ Id: z.string() })
const mostBytes = 1024 ** 3

/** Runs commands in containers of one engine. */
export function execIn({ api, at }: EngineCalls) {
  return async (container: string, request: ExecRequest, signal: AbortSignal): Promise<ExecOutcome> => {
    const { argv, user, workdir, onFirstLine, limitMs } = request
    const { Id } = await api.post(await at(`/containers/${encodeURIComponent(container)}/exec`, signal), {
      schema: created,
      body: {
        AttachStdout: true,
        AttachStderr: true,
        Cmd: argv,
        ...(user === undefined ? {} : { User: user }),
        ...(workdir === undefined ? {} : { WorkingDir: workdir }),
      },
      signal,
    })
    const stdout = cappedText(onFirstLine)
    const stderr = cappedText()
    const response = await api.request(await at(`/exec/${Id}/start`, signal), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ Detach: false, Tty: false }),
      signal,
      timeoutMs: limitMs,
      maxBytes: mostBytes,
    })
    const read = frameReader(({ stream, bytes }) => (stream === 'stderr' ? stderr : stdout).add(bytes))
    try {
      for await (const piece of response.body ?? []) read(piece)
    } catch (error) {
      // What was read until then is worth more than that it broke off.
      if (signal.aborted || !ToolError.isInstance(error) || error.code !== 'timeout') throw error
    }
    const { Running, ExitCode } = await api.get(await at(`/exec/${Id}/json`, signal), { schema: execDetail, signal })
    return { exitCode: Running === true ? undefined : (ExitCode ?? undefined), stdout: stdout.text(), stderr: stderr.text() }
  }
}
