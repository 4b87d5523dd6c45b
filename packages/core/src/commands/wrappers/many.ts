import type { Judge, Rules } from '../call.ts'
import { optionTable, readOptions } from '../options.ts'
import { judgeDelete, judgeWrite } from '../places/judge-place.ts'
import { anything, isKnown, literal, mayBeOption, something, unknown, type Word } from '../shell/word.ts'
import { ask, strictest, type Opinion } from '../verdict.ts'

const words = (text: string) => new Set(text.split(' '))

const withValue = words(
  '-name -iname -path -ipath -wholename -iwholename -regex -iregex -regextype -type -xtype -size -mtime -atime -ctime -mmin -amin -cmin -newer -anewer -cnewer -newermt -newerct -newerat -user -group -uid -gid -perm -maxdepth -mindepth -fstype -inum -links -samefile -lname -ilname -printf -used -context',
)
const alone = words(
  '-print -print0 -ls -prune -quit -depth -d -xdev -mount -empty -readable -writable -executable -follow -true -false -nouser -nogroup -o -or -a -and -not ! ( ) , -daystart -noleaf -warn -nowarn -H -L -P -ignore_readdir_race',
)
const narrowing = words(
  '-name -iname -path -ipath -wholename -iwholename -regex -iregex -mtime -ctime -atime -mmin -cmin -amin -size -newer -newermt -user -group -empty -samefile -inum -lname -nouser -nogroup',
)
const executing = words('-exec -execdir -ok -okdir')

/** `find`: its tests are harmless, its actions are what they run, delete or write. */
const find: Judge = ({ words: given, scope }) => {
  const start = given.findIndex(({ text }) => !['-H', '-L', '-P'].includes(text))
  const rest = start < 0 ? [] : given.slice(start)
  const tests = rest.findIndex((word) => mayBeOption(word) || ['(', '!', ','].includes(word.text))
  const paths = tests < 0 ? rest : rest.slice(0, tests)
  const expression = tests < 0 ? [] : rest.slice(tests)
  if (paths.length === 0) paths.push(literal('.'))
  const filters = expression.filter(({ text }, index) => narrowing.has(text) && !/^\*+$/.test(expression[index + 1]?.text ?? ''))
  const isNarrowed = filters.length > 0 && !expression.some(({ text }) => ['-o', '-or', ',', '!', '-not'].includes(text))
  const opinions: Opinion[] = []
  for (let index = 0; index < expression.length; index++) {
    const word = expression[index]!
    if (!isKnown(word)) opinions.push(ask('has tests that are not known before it runs'))
    else if (word.text === '-delete')
      opinions.push(...paths.map((path) => judgeDelete(isNarrowed ? { ...path, text: `${path.text}/*` } : path, scope, !isNarrowed)))
    else if (executing.has(word.text)) {
      const end = expression.findIndex(
        ({ text }, at) => at > index && (text === ';' || (text === '+' && expression[at - 1]?.text === '{}')),
      )
      const inner = expression.slice(index + 1, end < 0 ? undefined : end)
      if (word.text.endsWith('dir')) scope.directories.add(unknown)
      opinions.push(scope.judgeWords(filled(inner, something)))
      // Without a test that narrows it, the place itself is found first.
      if (!isNarrowed)
        opinions.push(...paths.map((path) => scope.judgeWords(filled(inner, path))).filter((found) => found?.decision === 'refuse'))
      index = end < 0 ? expression.length : end
    } else if (/^-f(?:print0?|ls|printf)$/.test(word.text)) {
      opinions.push(judgeWrite(expression[++index] ?? anything, scope))
      if (word.text === '-fprintf') index++
    } else if (withValue.has(word.text)) {
      if (expression[++index]?.splits) opinions.push(ask('has tests that are not known before it runs'))
    } else if (!alone.has(word.text)) opinions.push(ask('has tests the policy does not know'))
  }
  return strictest(opinions)
}

function filled(inner: readonly Word[], found: Word): Word[] {
  return inner.map((word) => (word.text.includes('{}') ? { ...word, text: word.text.replaceAll('{}', found.text) } : word))
}

const each = optionTable(
  '-0 -r -t -p -x -o --null --no-run-if-empty --verbose --interactive --exit --open-tty -n: -P: -L: -I: -d: -s: -E: -a: -i? -l? -e? --max-args: --max-procs: --replace? --delimiter: --max-lines? --max-chars: --arg-file: --eof?',
)

/** `xargs`: the inner command gets words nobody knows yet, at its end or in the place of a mark. */
const xargs: Judge = ({ words: given, scope }) => {
  const { given: options, operands, unclear } = readOptions(given, each, true)
  const replacing = options.filter(({ name }) => ['-I', '-i', '--replace'].includes(name)).at(-1)
  const inner = operands.length === 0 ? [literal('echo')] : operands
  const mark = replacing?.value?.text ?? '{}'
  const filledIn =
    replacing === undefined
      ? [...inner, anything]
      : inner.map((word) => ({ ...word, text: mark === '' ? unknown : word.text.replaceAll(mark, unknown) }))
  return strictest([unclear === undefined ? undefined : ask('has options the policy does not know'), scope.judgeWords(filledIn)])
}

/** Programs that run a command once for each of many things. */
export const many: Rules = { find, xargs }
