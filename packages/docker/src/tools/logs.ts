import { ToolError } from '@rackwarden/core'
import { z } from 'zod'
import type { DockerClient } from '../client.ts'
import { findContainer } from '../find-container.ts'
import { inOrderOfTime, type LogLine } from '../log-frames.ts'
import { containerInput, defineTool } from './define-tool.ts'

// How far back a text is looked for; more would be a search engine's work.
const searchedLines = 5000
const longestLine = 1000

/** Reads the end of a container's log. */
export const getLogs = defineTool({
  name: 'get_logs',
  title: 'Read the log of a container',
  description: 'Logs of a container: what it printed last, or the last lines with a text, like an error.',
  access: 'observe',
  toolset: 'containers',
  input: z.object({
    container: containerInput,
    tail: z.number().int().min(1).max(1000).default(100).describe('Tail.'),
    grep: z.string().min(1).optional().describe('Text, any case; `|` means or.'),
    since: z.string().optional().describe('15m, 2h, 3d ago, or ISO 8601.'),
    stream: z.enum(['both', 'stdout', 'stderr']).default('both').describe('Stream.'),
    timestamps: z.boolean().default(false).describe('Timestamps.'),
  }),
  output: z.object({
    container: z.string().describe('Name.'),
    lines: z
      .array(
        z.object({
          at: z.string().optional().describe('When it was written, where asked for.'),
          stream: z.string().describe('Which output it went to.'),
          text: z.string().describe('What it says.'),
        }),
      )
      .describe('Lines, oldest first.'),
    note: z.string().optional().describe('What was left out.'),
  }),
  untrusted: true,
  keep: 'tail',
  text: (output) => textOf(output),
  async run({ container, tail, grep, since, stream, timestamps }, { client, signal }) {
    const { Id } = findContainer(await client.containers(signal), container)
    const detail = await client.inspect(Id, signal)
    const all = await client.logs(
      detail,
      {
        tail: grep === undefined ? tail : searchedLines,
        since: since === undefined ? undefined : await secondsSince(since, client, signal),
        ...(stream === 'both' ? {} : { streams: [stream] }),
      },
      signal,
    )
    const wanted = grep === undefined ? all : all.filter(contains(grep))
    const ordered = timestamps ? inOrderOfTime(wanted) : wanted
    const shown = ordered.slice(-tail)
    return {
      container: detail.Name.replace(/^\//, ''),
      lines: shown.map((line) => show(line, timestamps)),
      note: noteOf({ shown: shown.length, matching: ordered.length, read: all.length, isSearch: grep !== undefined }),
    }
  },
})

/** Of several engines the lines come with the name of theirs. */
function textOf({
  lines,
  note,
}: {
  lines: { at?: string | undefined; stream: string; text: string; instance?: string }[]
  note?: string | undefined
}): string {
  return [
    ...lines.map(({ instance, at, stream, text }) =>
      [instance === undefined ? '' : `[${instance}] `, stream === 'stderr' ? '! ' : '', at === undefined ? '' : `${at} `, text].join(''),
    ),
    ...(lines.length === 0 ? ['no lines'] : []),
    ...(note === undefined ? [] : [`(${note})`]),
  ].join('\n')
}

function contains(grep: string): (line: LogLine) => boolean {
  const alternatives = grep
    .toLowerCase()
    .split('|')
    .filter((text) => text !== '')
  return ({ text }) => {
    const line = text.toLowerCase()
    return alternatives.some((alternative) => line.includes(alternative))
  }
}

function show({ stream, at, text }: LogLine, timestamps: boolean) {
  return {
    at: timestamps && at !== '' ? at.replace(/(\.\d{3})\d+/, '$1') : undefined,
    stream,
    text: text.length > longestLine ? `${text.slice(0, longestLine)}… (${text.length - longestLine} more characters)` : text,
  }
}

function noteOf({
  shown,
  matching,
  read,
  isSearch,
}: {
  shown: number
  matching: number
  read: number
  isSearch: boolean
}): string | undefined {
  if (!isSearch) return undefined
  const searched = read >= searchedLines ? `the last ${read} lines` : `${read} lines`
  return shown < matching ? `the last ${shown} of ${matching} matches in ${searched}` : `${matching} matches in ${searched}`
}

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }

async function secondsSince(since: string, client: DockerClient, signal: AbortSignal): Promise<number> {
  const [, amount, unit] = /^(\d+)\s*([smhd])$/.exec(since.trim()) ?? []
  if (amount !== undefined && unit !== undefined) {
    // The lines carry the engine's time, so its clock counts, not ours.
    const now = await client.now(signal)
    if (now === undefined)
      throw new ToolError('upstream', 'The engine does not tell its time.', { hint: 'Give `since` as an ISO 8601 time.' })
    return Math.floor(now / 1000) - Number(amount) * (unitSeconds[unit] ?? 1)
  }
  const time = /^\d{4}-/.test(since) ? Date.parse(since) : Number.NaN
  if (Number.isNaN(time))
    throw new ToolError('invalid_input', `'${since}' is neither a span nor a time.`, {
      hint: 'Write 15m, 2h or 3d, or 2026-01-31T08:00:00Z.',
    })
  return Math.floor(time / 1000)
}
