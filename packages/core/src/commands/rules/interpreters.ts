import type { Call, Judge, Rules } from '../call.ts'
import { asks, each, strictly } from '../judges.ts'
import { judgeWrite } from '../places/judge-place.ts'
import { isKnown, type Word } from '../shell/word.ts'
import { ask, strictest, type Opinion } from '../verdict.ts'
import { isPlainSed } from './sed.ts'

const code: Judge = ({ words }) =>
  words.length === 1 && /^(?:-V|-v|--version)$/.test(words[0]!.text) ? undefined : ask('runs code of a language the policy does not read')

const awkOptions = '-F: -v: --field-separator: --assign: --posix --re-interval'

/** awk reads as long as its program neither runs, reads from, nor writes to anything else. */
const awk = strictly(awkOptions, ({ words }: Call, { operands }) => {
  const program = operands[0]
  if (program === undefined || !isKnown(program)) return ask('runs a program that is not known before it runs')
  if (words.some((word) => word.splits)) return ask('may be given options that are not known before it runs')
  const { text } = program
  const runs = /system|getline|@|\\\n/.test(text) || text.replaceAll('||', '').includes('|')
  // A `>` behind a print writes a file; before one it compares.
  const writes = /print[\s\S]*>/.test(text)
  if (runs) return ask('runs a program, or code from elsewhere, out of awk')
  return writes ? ask('may write files out of awk') : undefined
})

const sedOptions =
  '-n -E -r -s -u -z -e: -i? -l: --quiet --silent --regexp-extended --separate --unbuffered --null-data --expression: --in-place? --posix --sandbox --debug'

const sed = strictly(sedOptions, ({ scope }: Call, { given, operands }): Opinion => {
  const scripts = given.filter(({ name }) => name === '-e' || name === '--expression').map(({ value }) => value)
  const files = [...operands]
  if (scripts.length === 0) scripts.push(files.shift())
  const isPlain = scripts.every((script: Word | undefined) => script !== undefined && isKnown(script) && isPlainSed(script.text))
  const inPlace = given.filter(({ name }) => name === '-i' || name === '--in-place')
  return strictest([
    isPlain ? undefined : ask('runs or writes something out of sed, or holds a script that cannot be judged'),
    ...(inPlace.length > 0 ? files.map((file) => judgeWrite(file, scope)) : []),
    inPlace.some(({ value }) => value !== undefined && !/^\.?[\w.~-]*$/.test(value.text))
      ? ask('keeps copies in a place that is not surely known')
      : undefined,
  ])
})

const interpreters =
  'python python2 python3 pypy pypy3 ipython perl perl5 ruby irb node nodejs deno bun tsx ts-node php lua luajit tclsh wish expect guile Rscript julia java groovy scala kotlin ghci erl elixir swift osascript pwsh powershell gdb lldb m4 bc dc make cmake ninja gcc cc g++ clang go cargo rustc sqlite3 psql mysql mariadb mongosh redis-cli ed ex vi vim nvim view vimdiff nano emacs emacsclient pico joe micro less more most man info pg screen tmux ansible ansible-playbook terraform tofu pulumi packer vagrant nix-shell nix npm npx pnpm pnpx yarn pip pip3 pipx uv uvx gem bundle poetry conda mamba'

/** Languages, editors, pagers and builders: whatever they are given may run anything. */
export const languages: Rules = {
  ...each(interpreters, code),
  ...each('awk gawk mawk nawk original-awk', awk),
  sed,
  ...each('at anacron', asks('runs commands later')),
  crontab: ({ words }) => (words.length === 1 && words[0]!.text === '-l' ? undefined : ask('changes what runs later')),
}

/** `python3.12`, `perl5.36`, `lua5.4`, `php8.2`, `ruby3.1`. */
export const versioned = /^(?:python|pypy|perl|ruby|lua|php|node|tclsh|pip|gcc|clang|vim|guile)[\d.-]+$/
export const judgeVersioned = code
