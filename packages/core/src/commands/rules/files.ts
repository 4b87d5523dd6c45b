import type { Call, Judge, Rules } from '../call.ts'
import { asks, each, strictly } from '../judges.ts'
import { judgeDelete, judgeOwn, judgeTree, judgeWrite } from '../places/judge-place.ts'
import { placesOf } from '../places/path.ts'
import { deviceKind, isVital } from '../places/places.ts'
import { isKnown, literal, type Word } from '../shell/word.ts'
import { ask, refuse, strictest, type Opinion } from '../verdict.ts'

const has = (given: { name: string }[], names: string) => given.some(({ name }) => names.split(' ').includes(name))
const valueOf = (given: { name: string; value?: Word }[], names: string) =>
  given.filter(({ name }) => names.split(' ').includes(name)).flatMap(({ value }) => (value === undefined ? [] : [value]))

const remove: Judge = strictly(
  '-r -R -f -i -I -d -v --recursive --force --interactive? --one-file-system --no-preserve-root --preserve-root? --dir --verbose',
  ({ scope, words }, { given, operands, unclear }) => {
    const recursive = has(given, '-r -R --recursive') || unclear !== undefined
    return strictest([
      has(given, '--no-preserve-root') ? refuse('is told to delete even the root of the file system') : undefined,
      ...(unclear === undefined ? operands : words).map((word) => judgeDelete(word, scope, recursive)),
    ])
  },
)

const copyOptions =
  '-a -r -R -p -f -i -n -u -v -d -L -P -H -T -x -b -D -c -t: -m: -o: -g: -Z --recursive --archive --force --interactive --no-clobber --update? --verbose --preserve? --no-preserve: --parents --no-target-directory --target-directory: --reflink? --sparse: --dereference --no-dereference --one-file-system --backup? --mode: --owner: --group: --strip-trailing-slashes --attributes-only --remove-destination --directory'

/** Where cp, install, mv and ln put what they are given. */
function destinations(operands: Word[], given: { name: string; value?: Word }[]): Word[] {
  const named = valueOf(given, '-t --target-directory')
  return named.length > 0 ? named : operands.slice(-1)
}

const copy: Judge = strictly(copyOptions, ({ scope, name }, { given, operands }) => {
  const places = name === 'install' && has(given, '-d -D --directory') ? operands : destinations(operands, given)
  const leaves = operands.filter((word) => !places.includes(word)).map(({ text }) => literal(text.slice(text.lastIndexOf('/') + 1)))
  return strictest([
    ...places.map((word) => judgeWrite(word, scope)),
    // A file keeps its name in the directory it is copied to.
    ...leaves.map((word) => (isKnown(word) ? judgeOwn(word, scope) : undefined)),
    ...valueOf(given, '-m --mode').map(modeOpinion),
  ])
})

const move: Judge = strictly(copyOptions, ({ scope }, { operands, given }) =>
  strictest([
    ...operands.map((word) => judgeWrite(word, scope)),
    ...operands.map((word) => judgeOwn(word, scope, true)),
    ...destinations(operands, given).map((word) => judgeReplace(word, scope)),
    ...operands.slice(0, -1).map((word) => judgeMany(word)),
    ...operands.slice(0, -1).map((word) => vital(word, { scope }, 'moves away a tree this host cannot do without')),
  ]),
)

/** A device that may be written to is gone once a file has taken its place. */
function judgeReplace(word: Word, scope: Call['scope']): Opinion {
  const device = placesOf(word, scope)?.some((place) => deviceKind(place) === 'harmless')
  return strictest([judgeWrite(word, scope), device ? ask('puts a file in the place of a device') : undefined])
}

function judgeMany({ text, globs }: Word): Opinion {
  return globs && /^[/~]/.test(text) && !text.startsWith('/tmp/') ? ask('moves everything from a place') : undefined
}

function vital(word: Word, { scope }: Pick<Call, 'scope'>, why: string): Opinion {
  return placesOf(word, scope)?.some(isVital) ? refuse(why) : undefined
}

const link: Judge = strictly(
  '-s -f -n -v -i -r -T -L -P -b -t: --symbolic --force --no-dereference --verbose --relative --target-directory:',
  ({ scope }, { operands, given }) =>
    strictest([
      ...destinations(operands, given).map((word) => judgeReplace(word, scope)),
      ...operands.map((word) => judgeOwn(word, scope)),
      // What is written through the link would be judged by the name of the link.
      ...operands.map((word) =>
        judgeWrite(word, scope) === undefined ? undefined : ask('makes another name for a place that is guarded'),
      ),
    ]),
)

function modeOpinion(mode: Word): Opinion {
  if (!isKnown(mode)) return ask('gives rights that are not known before it runs')
  return /s|t|^[0-7]?[1-7][0-7]{3}$/.test(mode.text) && !/^0[0-7]{3}$/.test(mode.text)
    ? ask('gives a program the rights of its owner')
    : undefined
}

const mode: Judge = ({ words, scope, name }) => {
  const operands = words.filter(
    ({ text }) => !/^(?:-[Rvfch]+|--(?:recursive|verbose|silent|quiet|changes|no-dereference|preserve-root|no-preserve-root))$/.test(text),
  )
  const given = words.filter((word) => !operands.includes(word)).map(({ text }) => text)
  const recursive = given.some((text) => text === '--recursive' || /^-[^-]*R/.test(text))
  const places = operands.slice(1)
  const opinions = places.map((word) =>
    recursive ? judgeTree(word, scope, name === 'chmod' ? 'changes the modes' : 'changes the owners') : judgeWrite(word, scope),
  )
  const unclear = operands.find(
    ({ text, splits }, index) =>
      splits || text.startsWith('--') || (index === 0 && text.startsWith('\0')) || (name !== 'chmod' && text.startsWith('-')),
  )
  return strictest([
    ...opinions,
    ...(unclear === undefined
      ? []
      : [
          ask('has options the policy does not know'),
          ...operands.map((word) => vital(word, { scope }, 'changes a tree this host cannot do without')),
        ]),
    name === 'chmod' && operands[0] !== undefined ? modeOpinion(operands[0]) : undefined,
  ])
}

const writesOperands = (options: string): Judge =>
  strictly(options, ({ scope }, { operands }) => strictest(operands.map((word) => judgeWrite(word, scope))))

const diskDump: Judge = ({ words, scope }) =>
  strictest(
    words.map((word) => {
      const [, key, value] = /^(\w+)=(.*)$/s.exec(word.text) ?? []
      if (key === undefined || word.splits)
        return /^--(?:help|version)$/.test(word.text) ? undefined : ask('has operands that are not known before it runs')
      return key === 'of' ? judgeWrite({ ...word, text: value! }, scope) : undefined
    }),
  )

const overwrite: Judge = strictly(
  '-u -z -v -f -x -n: -s: --remove? --iterations: --zero --force --verbose --size: --exact',
  ({ scope }, { operands }) =>
    strictest([...operands.map((word) => judgeDelete(word, scope, false)), ask('overwrites files so that nothing is left of them')]),
)

const cut: Judge = strictly('-c -o -s: -r: --size: --no-create --reference: --io-blocks', ({ scope }, { operands }) =>
  strictest([...operands.map((word) => judgeWrite(word, scope)), ...operands.map((word) => judgeDelete(word, scope, false))]),
)

/** Files: deleting, overwriting, moving, rights. */
export const files: Rules = {
  rm: remove,
  unlink: remove,
  rmdir: strictly('-p -v --parents --verbose --ignore-fail-on-non-empty', ({ scope }, { operands }) =>
    strictest(operands.map((word) => judgeDelete(word, scope, false))),
  ),
  ...each('cp install', copy),
  mv: move,
  rename: asks('renames many files at once'),
  ln: link,
  ...each('chmod chown chgrp', mode),
  ...each('setfacl chattr setfattr setcap restorecon chcon', asks('changes rights of files')),
  mkdir: writesOperands('-p -v -m: --parents --verbose --mode:'),
  touch: writesOperands('-a -c -m -h -d: -r: -t: --no-create --date: --reference:'),
  tee: writesOperands('-a -i -p --append --ignore-interrupts'),
  mktemp: strictly('-d -u -q -t -p: --directory --tmpdir? --suffix:', ({ scope }, { operands, given }) =>
    strictest([...operands, ...valueOf(given, '-p --tmpdir')].map((word) => judgeWrite(word, scope))),
  ),
  dd: diskDump,
  dcfldd: diskDump,
  shred: overwrite,
  srm: overwrite,
  truncate: cut,
  fallocate: cut,
  ...each('split csplit', asks('writes many files')),
  ...each('mkfifo mknod', asks('makes devices or pipes')),
  sync: () => undefined,
}
