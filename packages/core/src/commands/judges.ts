import type { Call, Judge, Rules } from './call.ts'
import { optionTable, readOptions } from './options.ts'
import { isKnown, mayBeOption, type Word } from './shell/word.ts'
import { ask, refuse, strictest, type Opinion } from './verdict.ts'

/** Programs that only read or compute, whatever they are given. */
export const reads: Judge = () => undefined

export const asks =
  (why: string): Judge =>
  () =>
    ask(why)
export const refuses =
  (why: string): Judge =>
  () =>
    refuse(why)

/** The same rule for several programs. */
export function each(names: string, judge: Judge): Rules {
  return Object.fromEntries(names.split(' ').map((name) => [name, judge]))
}

interface VerbRule {
  /** Options that may stand before the verb. */
  options?: string
  /** Verbs that may run; `volume ls` where the second word counts, too. */
  allow: string
  ask?: Record<string, string>
  refuse?: Record<string, string>
  /** Verbs whose further words decide. */
  judge?: Record<string, Judge>
  /** Without a verb it shows something, and reads no commands. */
  alone?: boolean
  /** Options that are asked wherever they stand. */
  risky?: Judge
}

/** Programs whose first operands say what is done. A verb that is not in the rule is asked. */
export function verbs(rule: VerbRule): Judge {
  const table = optionTable(`--help --version ${rule.options ?? ''}`)
  const allowed = new Set(rule.allow.split(' ').map((verb) => verb.replaceAll('.', ' ')))
  const asked = byNames(rule.ask)
  const refused = byNames(rule.refuse)
  const judged = byNames(rule.judge)
  const decide = (call: Call): Opinion => {
    const { given, operands, unclear } = readOptions(call.words, table, true)
    if (unclear !== undefined && unclear !== operands[0]) {
      const late = laterVerb(call.words, refused)
      return late === undefined ? ask('has options the policy does not know') : refuse(late)
    }
    if (operands.length === 0) {
      const tells = rule.alone === true || given.some(({ name }) => name === '--help' || name === '--version')
      return tells && call.document === undefined ? undefined : ask('may read commands from its input')
    }
    for (const length of [3, 2, 1]) {
      const verb = verbOf(operands.slice(0, length), length)
      if (verb === undefined) continue
      const why = refused.get(verb)
      if (why !== undefined) return refuse(why)
      const question = asked.get(verb)
      if (question !== undefined) return ask(question)
      const judge = judged.get(verb)
      if (judge !== undefined) return judge({ ...call, words: operands.slice(length) })
      if (allowed.has(verb)) return undefined
    }
    const late = laterVerb(operands, refused)
    return late === undefined ? ask('is used in a way the policy does not know') : refuse(late)
  }
  return (call) => strictest([decide(call), rule.risky?.(call)])
}

function byNames<T>(rules: Record<string, T> = {}): Map<string, T> {
  return new Map(Object.entries(rules).flatMap(([names, value]) => names.split(' ').map((name) => [name.replaceAll('.', ' '), value])))
}

function verbOf(words: readonly Word[], length: number): string | undefined {
  if (words.length < length || words.some((word) => !isKnown(word) || word.globs)) return undefined
  return words.map(({ text }) => text).join(' ')
}

/** A refused verb behind options nobody knows is still what it is. */
function laterVerb(words: readonly Word[], refused: Map<string, string>): string | undefined {
  for (let index = 0; index < words.length; index++)
    for (const length of [2, 1]) {
      const verb = verbOf(words.slice(index, index + length), length)
      const why = verb === undefined ? undefined : refused.get(verb)
      if (why !== undefined) return why
    }
  return undefined
}

interface RiskyRule {
  /** Short options that take a value, whose letters are no options. */
  values?: string
  ask: Record<string, string>
}

/** Programs that are harmless but for some options; what may turn out to be an option is asked. */
export function risky(rule: RiskyRule): Judge {
  const values = new Set(rule.values)
  const entries = Object.entries(rule.ask).flatMap(([names, why]) => names.split(' ').map((name) => ({ name, why })))
  return ({ words }) => strictest(words.map((word) => riskOf(word, values, entries)))
}

function riskOf(word: Word, values: ReadonlySet<string>, entries: readonly { name: string; why: string }[]): Opinion {
  if (!mayBeOption(word)) return undefined
  const { text } = word
  if (!text.startsWith('-') || word.splits || word.globs) return ask('may be given options that are not known before it runs')
  if (text.startsWith('--')) {
    const written = text.split('=')[0]!
    const found = written.length > 2 && entries.find(({ name }) => name.startsWith(written))
    return found ? ask(found.why) : undefined
  }
  const whole = entries.find(({ name }) => name === text)
  if (whole !== undefined) return ask(whole.why)
  for (const letter of text.slice(1)) {
    const found = entries.find(({ name }) => name === `-${letter}`)
    if (found !== undefined) return ask(found.why)
    if (values.has(letter)) return undefined
  }
  return undefined
}

/** Programs with a known set of options; others are asked, and operands are judged. */
export function strictly(
  options: string,
  judge: (call: Call, options: ReturnType<typeof readOptions>) => Opinion = () => undefined,
): Judge {
  const table = optionTable(`--help --version ${options}`)
  return (call) => {
    const found = readOptions(call.words, table)
    const unclear = found.unclear === undefined ? undefined : ask('has options the policy does not know')
    return strictest([unclear, judge(call, found)])
  }
}
