import type { Judge, Rules } from '../call.ts'
import { asks, each, strictly } from '../judges.ts'
import { judgeWrite } from '../places/judge-place.ts'
import { optionTable, readOptions } from '../options.ts'
import { isKnown, literal, mayBeOption, type Word } from '../shell/word.ts'
import { ask, strictest } from '../verdict.ts'

const tarOptions = optionTable(
  '-c -x -t -r -u -A -d -v -z -j -J -a -k -p -h -S -O -w -m -o -l -f: -C: -X: -b: --create --extract --get --list --append --update --diff --compare --verbose --gzip --bzip2 --xz --zstd --lzma --auto-compress --keep-old-files --preserve-permissions --same-permissions --same-owner --no-same-owner --no-same-permissions --dereference --sparse --to-stdout --touch --file: --directory: --exclude: --exclude-from: --exclude-vcs --exclude-caches --strip-components: --transform: --xform: --wildcards --no-recursion --numeric-owner --one-file-system --totals --warning: --format: --owner: --group: --mode: --mtime: --sort: --acls --xattrs --selinux --force-local --newer: --after-date: --ignore-failed-read --skip-old-files --show-transformed-names --checkpoint',
)

/** `tar xzf a.tgz` is `tar -x -z -f a.tgz`, the values in the order of their letters. */
function withDash(words: readonly Word[]): Word[] {
  const first = words[0]
  if (first === undefined || mayBeOption(first) || !/^[A-Za-z]+$/.test(first.text)) return [...words]
  const rest = words.slice(1)
  const given: Word[] = []
  for (const letter of first.text) {
    given.push(literal(`-${letter}`))
    if ('fCXbTIFgKNVL'.includes(letter)) given.push(rest.shift() ?? literal(''))
  }
  return [...given, ...rest]
}

const tar: Judge = ({ words, scope }) => {
  const { given, operands, unclear } = readOptions(withDash(words), tarOptions)
  const names = new Set(given.map(({ name }) => name))
  const values = (wanted: string[]) => given.flatMap(({ name, value }) => (wanted.includes(name) && value !== undefined ? [value] : []))
  const archives = values(['-f', '--file'])
  const writesArchive = ['-c', '-r', '-u', '-A', '--create', '--append', '--update'].some((name) => names.has(name))
  const extracts = ['-x', '--extract', '--get'].some((name) => names.has(name)) && !names.has('-O') && !names.has('--to-stdout')
  const directories = values(['-C', '--directory'])
  return strictest([
    unclear === undefined ? undefined : ask('has options that can run a program or delete files'),
    values(['--transform', '--xform']).length > 0 ? ask('renames what it extracts') : undefined,
    operands.some((word) => mayBeOption(word)) ? ask('may be given options by the names of files') : undefined,
    archives.some(({ text }) => /^[^/]*:/.test(text)) && !names.has('--force-local') ? ask('reads or writes on another host') : undefined,
    ...(writesArchive ? archives.filter(({ text }) => text !== '-').map((word) => judgeWrite(word, scope)) : []),
    ...(extracts ? (directories.length > 0 ? directories : [literal('.')]).map((word) => judgeWrite(word, scope)) : []),
  ])
}

const compress: Judge = strictly(
  '-# -d -k -f -c -l -t -v -q -r -n -N -z -T: -o: --decompress --keep --force --stdout --to-stdout --list --test --verbose --quiet --recursive --best --fast --threads: --rm --uncompress',
  ({ scope, name }, { given, operands }) => {
    const names = new Set(given.map(({ name: option }) => option))
    const outputs = given.flatMap(({ name: option, value }) => (option === '-o' && value !== undefined ? [value] : []))
    const isStream =
      ['-c', '--stdout', '--to-stdout', '-l', '--list', '-t', '--test'].some((option) => names.has(option)) || name.endsWith('cat')
    return strictest((isStream ? outputs : [...operands, ...outputs]).map((word) => judgeWrite(word, scope)))
  },
)

const zip: Judge = strictly('-r -q -v -j -y -9 -1 -0 -u -x: -i: -@', ({ scope }, { operands }) =>
  strictest([
    ...operands.slice(0, 1).map((word) => judgeWrite(word, scope)),
    operands.every(isKnown) ? undefined : ask('may be given options that are not known'),
  ]),
)

const unzip: Judge = strictly('-l -t -p -v -Z -o -n -q -j -d: -x', ({ scope }, { given, operands }) => {
  const lists = given.some(({ name }) => ['-l', '-t', '-p', '-v', '-Z'].includes(name))
  const directories = given.flatMap(({ name, value }) => (name === '-d' && value !== undefined ? [value] : []))
  return lists && operands.every(isKnown)
    ? undefined
    : strictest([...directories, literal('.')].map((directory) => judgeWrite(directory, scope)))
})

/** Archives: what can run a program, delete, or write elsewhere than it seems. */
export const archives: Rules = {
  ...each('tar gtar bsdtar', tar),
  ...each('gzip gunzip bzip2 bunzip2 xz unxz lzma zstd unzstd lz4 pigz', compress),
  zip,
  unzip,
  ...each('cpio 7z 7za 7zr rar unrar ar pax', asks('unpacks or packs in a way the policy does not read')),
}
