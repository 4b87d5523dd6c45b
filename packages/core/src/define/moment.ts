import { ToolError } from './error.ts'

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** The time to come that a span (`30d`, `12h`, `90m`, `4w`) or an ISO 8601 time stands for, as ISO 8601. */
export function momentAfter(text: string, now: number): string {
  const at = momentOf(text, now, 1)
  if (at <= now) throw new ToolError('invalid_input', `'${text}' has passed already`, { hint: 'Give a time to come.' })
  return new Date(at).toISOString()
}

/** The time past that a span or an ISO 8601 time stands for, as ISO 8601. */
export function momentBefore(text: string, now: number): string {
  return new Date(momentOf(text, now, -1)).toISOString()
}

/** The milliseconds a span stands for; undefined where it is none. */
export function spanOf(text: string): number | undefined {
  const span = /^(\d{1,5})([mhdw])$/.exec(text)
  return span === null ? undefined : Number(span[1]) * units[span[2]!]!
}

function momentOf(text: string, now: number, direction: 1 | -1): number {
  const span = spanOf(text)
  const at = span === undefined ? Date.parse(text) : now + direction * span
  if (Number.isNaN(at))
    throw new ToolError('invalid_input', `'${text}' is not a time`, {
      hint: 'Write a span such as 30d or 12h, or a time such as 2027-01-31.',
    })
  return at
}
