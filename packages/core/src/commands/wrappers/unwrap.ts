import { judgeEnvironment } from '../assignments.ts'
import type { Call, Judge } from '../call.ts'
import { optionTable, readOptions } from '../options.ts'
import { anything, isKnown, unknown, type Word } from '../shell/word.ts'
import { ask, strictest, type Opinion } from '../verdict.ts'
import { wrappers, type Wrapper } from './wrappers.ts'

/** What a wrapper's inner command is judged to be; the wrapper's own options and variables count, too. */
function judgeWrapper(wrapper: Wrapper): Judge {
  const table = optionTable(`--help --version ${wrapper.options ?? ''} ${wrapper.looks ?? ''}`)
  const looks = new Set(wrapper.looks?.split(' '))
  const directories = new Set(wrapper.directories)
  return ({ words, scope, document }) => {
    const opinions: Opinion[] = []
    if (wrapper.why !== undefined) opinions.push(ask(wrapper.why))
    const { given, operands, unclear } = readOptions(words, table, true)
    if (unclear !== undefined) opinions.push(ask('has options the policy does not know'))
    if (unclear === undefined && given.some(({ name }) => looks.has(name))) return undefined
    for (const { name, value } of given) if (directories.has(name) && value !== undefined) enter(value, scope.directories)
    let inner = operands
    if (wrapper.assignments) inner = withoutAssignments(inner, opinions)
    const before = inner.slice(0, wrapper.operands ?? 0)
    if (before.some((word) => !isKnown(word) && word.splits)) opinions.push(ask('has words that are not known before it runs'))
    inner = inner.slice(wrapper.operands ?? 0)
    if (inner.length > 0) opinions.push(scope.judgeWords(inner, document))
    else if (!wrapper.alone) opinions.push(ask('runs nothing that could be judged'))
    return strictest(opinions)
  }
}

function withoutAssignments(words: Word[], opinions: Opinion[]): Word[] {
  let count = 0
  for (const word of words) {
    const name = /^([^=\0]+)=/.exec(word.text)?.[1]
    if (name === undefined) break
    opinions.push(judgeEnvironment({ name, value: word }))
    count++
  }
  return words.slice(count)
}

const mostDirectories = 16

/** Notes that commands may run there from now on. */
export function enter(word: Word, directories: Set<string>): void {
  const isPlace = isKnown(word) && /^[/~]/.test(word.text) && !/[*?[]/.test(word.text)
  directories.add(isPlace && directories.size < mostDirectories ? word.text : unknown)
}

/** Sees through `nsenter --wd` and everything else in the table. */
export const unwrapping: ReadonlyMap<string, Judge> = new Map([...wrappers].map(([name, wrapper]) => [name, judgeWrapper(wrapper)]))

/** A command that runs inside something that is named first: `docker exec db …`, `pct exec 101 -- …`. */
export function runsInside(
  options: string,
  operands: number,
  guard: (names: readonly Word[], call: Call) => Opinion = () => undefined,
): Judge {
  const table = optionTable(options)
  return (call) => {
    const { given, operands: found, unclear } = readOptions(call.words, table, true)
    const names = found.slice(0, operands)
    const inner = found.slice(operands)
    if (inner[0]?.text === '--') inner.shift()
    for (const { name, value } of given)
      if ((name === '-w' || name === '--workdir') && value !== undefined) enter(value, call.scope.directories)
    return strictest([
      unclear === undefined ? undefined : ask('has options the policy does not know'),
      names.every(isKnown) ? guard(names, call) : ask('names what is not known before it runs'),
      ...given
        .filter(({ name }) => name === '-e' || name === '--env')
        .map(({ value }) => judgeEnvironment({ name: value?.text.split('=')[0] ?? '', value: value ?? anything })),
      inner.length === 0 ? ask('runs nothing that could be judged') : call.scope.judgeWords(inner, call.document),
    ])
  }
}
