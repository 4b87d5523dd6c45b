import { judgeEnvironment, judgeVariable } from '../assignments.ts'
import type { Call, Judge, Rules } from '../call.ts'
import { asks, each, reads } from '../judges.ts'
import { anything, isKnown, literal, type Word } from '../shell/word.ts'
import { ask, strictest, type Opinion } from '../verdict.ts'
import { enter } from '../wrappers/unwrap.ts'

const runsSubscripts = 'may run code in the subscript of a name'

const change: Judge = ({ words, scope, name }) => {
  if (words.length === 0) enter(name === 'popd' ? anything : literal('~'), scope.directories)
  for (const word of words) if (!/^-[LPe@]+$/.test(word.text)) enter(word, scope.directories)
  return undefined
}

const names: Judge = ({ words, name }) => {
  const exports = name === 'export' || words.some(({ text }) => /^-\w*x/.test(text))
  return strictest(
    words.map((word) => {
      if (!word.splits && /^[-+][a-zA-Z]+$/.test(word.text))
        return word.text.includes('n') ? ask('gives a name a second meaning') : undefined
      const match = /^([A-Za-z_]\w*)(?:=(.*))?$/s.exec(word.text)
      if (match === null || word.splits) return ask(runsSubscripts)
      const assignment = { name: match[1]!, value: { ...word, text: match[2] ?? '' } }
      return strictest([exports ? judgeEnvironment(assignment) : undefined, judgeVariable(assignment)])
    }),
  )
}

const read: Judge = ({ words }) => {
  const plain = words.every(
    (word, index) =>
      isKnown(word) && (/^-[rsetpdnNu]*$/.test(word.text) || isValueOf(words[index - 1]) || /^[A-Za-z_]\w*$/.test(word.text)),
  )
  return strictest([
    plain ? undefined : ask(runsSubscripts),
    ...words.filter(({ text }) => /^\w+$/.test(text)).map((word) => judgeVariable({ name: word.text, value: word })),
  ])
}

function isValueOf(option: Word | undefined): boolean {
  return option !== undefined && /^-[rse]*[tpdnNu]$/.test(option.text)
}

const test: Judge = ({ words, name }): Opinion => {
  if (words.some(({ text }) => text === '-v' || text === '-R')) return ask(runsSubscripts)
  const calculates = name === '[[' && words.some(({ text }) => /^-(?:eq|ne|lt|le|gt|ge)$/.test(text))
  return calculates && words.some((word) => !isKnown(word) || /[a-zA-Z]/.test(word.text.replace(/^-\w\w$/, '')))
    ? ask('calculates with variables, which can run code in bash')
    : undefined
}

const settings: Judge = ({ words }) => {
  let isName = false
  for (const word of words) {
    if (!isKnown(word)) return ask('changes how the shell reads what follows')
    if (
      isName
        ? !/^(?:pipefail|errexit|nounset|xtrace|noglob|noclobber)$/.test(word.text)
        : !/^(?:[-+][euxCfo]+|--)$/.test(word.text) && /^[-+]/.test(word.text)
    )
      return ask('changes how the shell reads what follows')
    if (word.text === '--') return undefined
    isName = !isName && /^[-+].*o$/.test(word.text)
  }
  return undefined
}

const lookUp = (call: Call): Opinion => (call.words.every(isKnown) ? undefined : ask('has words that are not known before it runs'))

/** What the shell itself does, and the two programs that only speak. */
export const shellWords: Rules = {
  ...each('echo : true false pwd exit return break continue shift wait umask times dirs logout', reads),
  printf: ({ words }) =>
    words.length > 0 && (!isKnown(words[0]!) || words[0]!.text.startsWith('-')) && words[0]!.text !== '--'
      ? ask(runsSubscripts)
      : undefined,
  ...each('cd pushd popd chdir', change),
  jobs: ({ words }) => (words.length === 0 ? undefined : ask('may run a command')),
  ...each('export local declare typeset readonly', names),
  ...each('test [ [[', test),
  ...each('type which whereis', lookUp),
  read,
  set: settings,
  unset: ({ words }) =>
    words.every((word) => isKnown(word) && /^(?:-[fv]|[A-Za-z_]\w*)$/.test(word.text)) ? undefined : ask(runsSubscripts),
  ...each('. source', asks('runs a file whose commands are not known')),
  ...each(
    'alias trap shopt enable bind complete let mapfile readarray getopts hash ulimit coproc select function',
    asks('changes what the shell does with what follows'),
  ),
  kill: ({ words }) =>
    words.length > 0 && ['-l', '-L', '-0'].includes(words[0]!.text) ? undefined : ask('ends processes, or tells them to do something'),
  ...each('pkill killall killall5 skill fuser', asks('ends processes by their names')),
}
