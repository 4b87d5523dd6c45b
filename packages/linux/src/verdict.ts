/** A verdict on anything. */
export type Verdict = 'ok' | 'warn' | 'crit' | 'unknown'

const order: readonly Verdict[] = ['crit', 'warn', 'unknown', 'ok']

/** The verdict on a number that is better the smaller it is. */
export function judged(value: number, { warn, crit }: { warn: number; crit: number }): Verdict {
  return value >= crit ? 'crit' : value >= warn ? 'warn' : 'ok'
}

/** The worst of several verdicts. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  return order.find((verdict) => verdicts.includes(verdict) && verdict !== 'unknown') ?? 'unknown'
}

/** Puts what is worst first. */
export function worstFirst<Judged extends { verdict: Verdict }>(rows: readonly Judged[]): Judged[] {
  return rows.toSorted((first, second) => order.indexOf(first.verdict) - order.indexOf(second.verdict))
}
