import { ToolError } from '@rackwarden/core'

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

/** Seconds of a span such as 90s, 1h30m or 2d; nothing where it is none. */
export function spanSeconds(text: string): number | undefined {
  const compact = text.replaceAll(/\s+/g, '')
  if (!/^(?:\d+[smhdw])+$/.test(compact)) return undefined
  return [...compact.matchAll(/(\d+)([smhdw])/g)].reduce((sum, [, amount, unit = '']) => sum + Number(amount) * (unitSeconds[unit] ?? 0), 0)
}

/** Seconds since the epoch of an ISO 8601 time; nothing where it is none. */
export function timeSeconds(text: string): number | undefined {
  const time = /^\d{4}-/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(time) ? undefined : time / 1000
}

/** An ISO 8601 time that is given, in seconds; throws where it is none. */
export function givenTime(field: string, text: string): number {
  const time = timeSeconds(text)
  if (time === undefined)
    throw new ToolError('invalid_input', `${field}: '${text}' is not a time.`, { hint: 'Write 2026-01-31T08:00:00Z.' })
  return time
}

/** Seconds since the epoch as ISO 8601, without fractions. */
export function isoTime(seconds: number): string {
  return new Date(Math.round(seconds) * 1000).toISOString().replace('.000Z', 'Z')
}

/** An ISO 8601 time of an upstream without its fractions; nothing where it has none, or Go's zero. */
export function shortTime(text: string): string | undefined {
  const time = Date.parse(text)
  return Number.isNaN(time) || time <= 0 ? undefined : new Date(time).toISOString().replace(/\.\d+Z$/, 'Z')
}

/** Seconds as a person says them: 45s, 20m, 2h30m, 3d. */
export function spanText(seconds: number): string {
  let left = Math.round(seconds)
  const parts: string[] = []
  for (const unit of ['d', 'h', 'm', 's']) {
    const size = unitSeconds[unit] ?? 1
    const count = Math.floor(left / size)
    left -= count * size
    if (count > 0) parts.push(`${count}${unit}`)
  }
  return parts.slice(0, 2).join('') || '0s'
}
