import type { Judge, Rules } from '../call.ts'
import { each } from '../judges.ts'
import { optionTable, readOptions } from '../options.ts'
import { isKnown, mayBeOption, type Word } from '../shell/word.ts'
import { ask, strictest, type Opinion } from '../verdict.ts'

// Without those that keep a history, export everything, take assignments anywhere, or read what a user's start files say.
const harmlessFlags = /^[-+][bcefhlnruvxBCEPTos]+$/
const settings = /^(?:errexit|nounset|pipefail|xtrace|noglob|noclobber|posix|verbose)$/

/** `sh -c 'script'`, and a script given as a here-document; a file or a pipe is asked. */
const shell: Judge = ({ words, scope, document }) => {
  const input = () => (document === undefined ? ask('runs commands from its input, which are not known') : scope.judgeText(document.text))
  let isText = false
  let isInput = false
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!
    const { text } = word
    if (!isKnown(word) && mayBeOption(word)) return ask('has options that are not known before it runs')
    if (text === '--' || text === '-') return operand(words[index + 1])
    if (!/^[-+]./.test(text)) return operand(word)
    if (/^--(?:login|norc|noprofile|posix)$/.test(text)) continue
    if (!harmlessFlags.test(text)) return ask('has options the policy does not know')
    if (text.includes('s')) isInput = true
    if (text.includes('c') && text.startsWith('-')) isText = true
    if (text.includes('o') && !settings.test(words[++index]?.text ?? '')) return ask('has options the policy does not know')
  }
  return operand(undefined)

  function operand(word: Word | undefined): Opinion {
    if (isText) return strictest([word === undefined ? undefined : scope.judgeText(word.text), isInput ? input() : undefined])
    return word === undefined || isInput ? input() : ask('runs a file whose commands are not known')
  }
}

const substitute = optionTable('- -l -p -m --login --preserve-environment -c: --command: --session-command: -g: -G: -u: --user:')

const su: Judge = ({ words, scope, document }) => {
  const { given, operands, unclear } = readOptions(words, substitute)
  const scripts = given.filter(({ name }) => ['-c', '--command', '--session-command'].includes(name))
  const program = given.some(({ name }) => name === '-u' || name === '--user') ? operands : []
  return strictest([
    unclear === undefined ? undefined : ask('has options the policy does not know'),
    ...scripts.map(({ value }) => (value === undefined ? ask('opens a shell as somebody else') : scope.judgeText(value.text))),
    scope.judgeWords(program, document),
    scripts.length === 0 && program.length === 0 ? ask('opens a shell as somebody else') : undefined,
  ])
}

const lock = optionTable(
  '-n -x -s -e -u -F -o --nonblock --exclusive --shared --unlock --close --verbose -w: --timeout: --wait: -E: --conflict-exit-code:',
)

const flock: Judge = ({ words, scope, document }) => {
  const { operands, unclear } = readOptions(words, lock, true)
  const inner = operands.slice(1)
  const isText = inner[0]?.text === '-c' || inner[0]?.text === '--command'
  return strictest([
    unclear === undefined ? undefined : ask('has options the policy does not know'),
    isText ? scope.judgeText(inner[1]?.text ?? '') : scope.judgeWords(inner, document),
  ])
}

const watched = optionTable(
  '-b -c -C -d? -e -g -p -t -x -w -q: -n: --beep --color --differences? --errexit --chgexit --precise --no-title --exec --interval: --no-wrap',
)

/** `watch` makes one line of its words and gives it to a shell, unless told otherwise. */
const watch: Judge = ({ words, scope }) => {
  const { operands, unclear } = readOptions(words, watched, true)
  return strictest([
    unclear === undefined ? undefined : ask('has options the policy does not know'),
    scope.judgeText(operands.map(({ text }) => text).join(' ')),
    scope.judgeWords(operands),
  ])
}

const recorded = optionTable('-q -e -f -a -c: --command: --quiet --return --flush --append')

const script: Judge = ({ words, scope }) => {
  const { given } = readOptions(words, recorded)
  const text = given.find(({ name }) => name === '-c' || name === '--command')?.value
  return strictest([text === undefined ? undefined : scope.judgeText(text.text), ask('runs a shell and records it')])
}

/** Words that become code once more. */
const evaluate: Judge = ({ words, scope }) =>
  strictest([scope.judgeText(words.map(({ text }) => text).join(' ')), ask('makes commands of text, which may mean anything by then')])

/** Shells, and what gives text to one. */
export const shells: Rules = {
  ...each('sh bash dash ash rbash', shell),
  ...each('zsh ksh mksh', (call) => strictest([shell(call), ask('runs a shell whose language the policy does not read')])),
  ...each('su runuser', su),
  flock,
  watch,
  script,
  eval: evaluate,
}
