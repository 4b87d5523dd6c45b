import { ToolError } from '@rackwarden/core'
import { z } from 'zod'
import { journalOf, journalPart, priorities, type JournalLine } from '../journal.ts'
import { noSuchUnit, requireSystemd } from '../units.ts'
import { defineTool, unitInput } from './define-tool.ts'

// How far back a text is looked for; more would be a search engine's work.
const searchedEntries = 5000
const longestLine = 1000

/** Reads the end of a unit's journal. */
export const getUnitLogs = defineTool({
  name: 'get_unit_logs',
  title: 'Read the log of a unit',
  description: 'Logs (journalctl) of a systemd service: what it printed last, or the last lines with a text, like an error.',
  access: 'observe',
  toolset: 'units',
  input: z.object({
    unit: unitInput,
    tail: z.number().int().min(1).max(1000).default(100).describe('Tail.'),
    grep: z.string().min(1).optional().describe('Text, any case; `|` means or.'),
    since: z.string().optional().describe('15m, 2h, 3d ago, or ISO 8601.'),
    priority: z.enum(priorities).optional().describe('At least this bad.'),
  }),
  output: z.object({
    unit: z.string().describe('Name.'),
    lines: z
      .array(
        z.object({
          at: z.string().describe('When it was written.'),
          priority: z.string().describe('How bad.'),
          text: z.string().describe('What it says.'),
        }),
      )
      .describe('Lines, oldest first.'),
    note: z.string().optional().describe('What was left out.'),
  }),
  untrusted: true,
  keep: 'tail',
  text: (output) => textOf(output),
  async run({ unit, tail, grep, since, priority }, { client, signal }) {
    const most = grep === undefined ? tail : searchedEntries
    const { sections } = await client.ask([journalPart], {
      parameters: [unit, String(most), since === undefined ? '' : momentOf(since), priority ?? ''],
      signal,
      asRoot: true,
      maxBytes: 16 * 1024 * 1024,
      timeoutMs: 25_000,
    })
    requireSystemd(sections)
    const entries = journalOf(sections.lines('journal:entries'))
    if (entries.length === 0 && /not-found/.test(sections.text('journal:load'))) throw noSuchUnit(unit, sections.lines('unit:names'))
    const wanted = grep === undefined ? entries : entries.filter(contains(grep))
    const shown = wanted.slice(-tail)
    const isBlind = /not seeing messages|No journal files were opened due to insufficient permissions/i.test(sections.text('journal:hint'))
    const notes = [
      ...(grep === undefined
        ? []
        : [`${shown.length < wanted.length ? `the last ${shown.length} of ` : ''}${wanted.length} matches in ${entries.length} lines`]),
      ...(isBlind ? ['this user sees only part of the journal; set sudo, or add it to the group systemd-journal'] : []),
    ]
    return {
      unit: sections.text('journal:id').trim() || unit,
      lines: shown.map(({ at, priority: level, text }) => ({ at: at.slice(0, 19), priority: level, text: shortened(text) })),
      note: notes.join('; ') || undefined,
    }
  },
})

interface Shown {
  lines: { at: string; priority: string; text: string; instance?: string }[]
  note?: string | undefined
}

/** Of several hosts the lines come with the name of theirs. */
function textOf({ lines, note }: Shown): string {
  const isBad = (priority: string) => priorities.findIndex((name) => name === priority) <= priorities.indexOf('warning')
  return [
    ...lines.map(
      ({ instance, at, priority, text }) =>
        `${instance === undefined ? '' : `[${instance}] `}${at} ${isBad(priority) ? `${priority}: ` : ''}${text}`,
    ),
    ...(lines.length === 0 ? ['no lines'] : []),
    ...(note === undefined ? [] : [`(${note})`]),
  ].join('\n')
}

function contains(grep: string): (line: JournalLine) => boolean {
  const alternatives = grep
    .toLowerCase()
    .split('|')
    .filter((text) => text !== '')
  return ({ text }) => alternatives.some((alternative) => text.toLowerCase().includes(alternative))
}

function shortened(text: string): string {
  return text.length > longestLine ? `${text.slice(0, longestLine)}… (${text.length - longestLine} more characters)` : text
}

const units: Readonly<Record<string, string>> = { s: 's', m: 'min', h: 'h', d: 'd' }

// A span is left to the host, whose clock the entries carry.
function momentOf(since: string): string {
  const [, amount, unit] = /^(\d{1,6})\s*([smhd])$/.exec(since.trim()) ?? []
  if (amount !== undefined && unit !== undefined) return `-${amount}${units[unit] ?? unit}`
  const time = /^\d{4}-/.test(since) ? Date.parse(since) : Number.NaN
  if (Number.isNaN(time))
    throw new ToolError('invalid_input', `'${since}' is neither a span nor a time.`, {
      hint: 'Write 15m, 2h or 3d, or 2026-01-31T08:00:00Z.',
    })
  return `@${Math.floor(time / 1000)}`
}
