import type { AuditLine } from './audit-line.ts'

const widest = 100

/** How the call of a line ended. */
export function resultOf({ kind, result }: Pick<AuditLine, 'kind' | 'result'>): string {
  return kind === 'intent' ? 'unfinished' : (result ?? '')
}

/** What a line tells in few words: the failure, the plan, or the input. */
export function detailOf({ summary, error, input, times = 1 }: Pick<AuditLine, 'summary' | 'error' | 'input' | 'times'>): string {
  const text =
    (error === undefined || times === 1 ? error : `${times} calls: ${error}`) ??
    summary ??
    Object.entries(input ?? {})
      .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
      .join(' ')
  return text.length > widest ? `${text.slice(0, widest - 1)}…` : text
}
