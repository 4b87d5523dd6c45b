import { readFileSync } from 'node:fs'
import type { Decision } from '../../src/commands/verdict.ts'

const parts = readFileSync(new URL('corpus.txt', import.meta.url), 'utf8').split(/^# (refuse|ask|allow)$/m)

/** The scripts of the corpus with this decision; `⏎` stands for a line break in them. */
export function corpus(decision: Decision): string[] {
  const text = parts[parts.indexOf(decision) + 1] ?? ''
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replaceAll('⏎', '\n'))
}
