/** What is thought of a command before anybody is asked. */
export interface Judgement {
  decision: 'allow' | 'ask' | 'refuse'
  reason: string
}

/** Judges a command by its argument vector. */
export function judged(_argv: readonly string[]): Judgement {
  return { decision: 'ask', reason: 'no policy judges it: read it before agreeing' }
}
