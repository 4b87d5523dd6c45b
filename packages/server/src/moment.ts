import { ToolError } from '@rackwarden/core'

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

/** A span of time in its largest unit: `40 s`, `12 min`, `3 h`, `2 d`. */
export function spanText(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1_000))
  if (seconds < 90) return `${seconds} s`
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`
  return seconds < 36 * 3_600 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} d`
}

function momentOf(text: string, now: number, direction: 1 | -1): number {
  const span = /^(\d{1,5})([mhdw])$/.exec(text)
  const at = span === null ? Date.parse(text) : now + direction * Number(span[1]) * units[span[2]!]!
  if (Number.isNaN(at))
    throw new ToolError('invalid_input', `'${text}' is not a time`, {
      hint: 'Write a span such as 30d or 12h, or a time such as 2027-01-31.',
    })
  return at
}
