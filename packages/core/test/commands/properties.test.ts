import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { judgeText, judgeVector } from '../../src/commands/judge.ts'
import { decisions } from '../../src/commands/verdict.ts'
import { corpus } from './corpus.ts'
import { quoted } from './shell.ts'

const refused = [
  ['rm', '-rf', '/'],
  ['rm', '-r', '-f', '/etc'],
  ['rm', '--recursive', '--force', '/usr/'],
  ['dd', 'if=/dev/zero', 'of=/dev/sda'],
  ['wipefs', '-a', '/dev/sda'],
  ['mkfs.ext4', '/dev/sdb1'],
  ['zpool', 'destroy', 'tank'],
  ['qm', 'destroy', '100'],
  ['pct', 'destroy', '101'],
  ['pvecm', 'delnode', 'pve2'],
  ['docker', 'volume', 'rm', 'data'],
  ['find', '/etc/pve', '-delete'],
  ['chmod', '-R', '777', '/'],
  ['rackwarden', 'approve', 'x'],
]
const guarded = [
  ...refused,
  ['reboot'],
  ['shutdown', '-h', 'now'],
  ['systemctl', 'stop', 'sshd'],
  ['iptables', '-F'],
  ['apt-get', 'remove', 'x'],
  ['rm', '-rf', 'x'],
]

const command = fc.constantFrom(...guarded)
const rank = (decision: (typeof decisions)[number]) => decisions.indexOf(decision)

type Wrap = (script: string) => string
const inQuotes: Wrap = (script) => quoted([script])
const wrap = fc.constantFrom<Wrap>(
  (script) => `sudo ${script}`,
  (script) => `sudo -u root -- ${script}`,
  (script) => `env -i A=b ${script}`,
  (script) => `nohup ${script}`,
  (script) => `timeout -k 5 10s ${script}`,
  (script) => `nice -n 5 ${script}`,
  (script) => `ionice -c 3 ${script}`,
  (script) => `setsid -w ${script}`,
  (script) => `stdbuf -oL ${script}`,
  (script) => `command ${script}`,
  (script) => `exec ${script}`,
  (script) => `busybox ${script}`,
  (script) => `time -p ${script}`,
  (script) => `xargs -n 1 ${script}`,
  (script) => `find . -exec ${script} \\;`,
  (script) => `ssh nas ${inQuotes(script)}`,
  (script) => `sh -c ${inQuotes(script)}`,
  (script) => `bash -lc ${inQuotes(script)}`,
  (script) => `su -c ${inQuotes(script)}`,
  (script) => `docker exec web ${script}`,
  (script) => `flock -n /tmp/lock ${script}`,
  (script) => `watch ${inQuotes(script)}`,
  (script) => `eval ${inQuotes(script)}`,
  (script) => `chroot /mnt ${script}`,
  (script) => `some-unknown-program ${script}`,
)

/** One word in one of the spellings a shell reads alike. */
const spelled = (word: string) =>
  fc.array(fc.nat(4), { minLength: word.length, maxLength: word.length }).map((kinds) =>
    word
      .split('')
      .map((character, index) => {
        const isPlain = /[a-zA-Z0-9/.=-]/.test(character)
        if (kinds[index] === 1) return `'${character}'`
        if (kinds[index] === 2 && isPlain) return `"${character}"`
        if (kinds[index] === 3) return `\\${character}`
        if (kinds[index] === 4 && isPlain) return `''${character}`
        return character
      })
      .join(''),
  )
const spaces = fc.constantFrom(' ', '  ', '\t', ' \\\n ')
const spelledCommand = command.chain((argv) =>
  fc
    .tuple(fc.constantFrom('', '/sbin/', '/usr/bin/', '/usr//sbin/./'), spaces, ...argv.map(spelled))
    .map(([place, space, ...words]) => place + words.join(space)),
)

describe('whatever is guarded', () => {
  test('is not allowed in any composition of wrappers, quotes, spaces and paths', () => {
    fc.assert(
      fc.property(spelledCommand, fc.array(wrap, { maxLength: 4 }), (script, wraps) => {
        const wrapped = wraps.reduce((inner, one) => one(inner), script)
        expect({ wrapped, ...judgeText(wrapped) }).not.toMatchObject({ decision: 'allow' })
      }),
      { numRuns: 3000 },
    )
  })

  test('is refused still, where it was, behind one wrapper that is seen through', () => {
    fc.assert(
      fc.property(fc.constantFrom(...refused), wrap, (argv, one) => {
        const wrapped = one(quoted(argv))
        if (wrapped.startsWith('some-unknown')) return
        expect({ wrapped, ...judgeText(wrapped) }).toMatchObject({ decision: 'refuse' })
      }),
      { numRuns: 1000 },
    )
  })

  const place = fc.constantFrom<(script: string, other: string) => string>(
    (script, other) => `${other}; ${script}`,
    (script, other) => `${other}\n${script}\n${other}`,
    (script, other) => `${script} && ${other}`,
    (script, other) => `${other} || ${script}`,
    (script, other) => `${other} | ${script} | ${other}`,
    (script, other) => `${script} & ${other}`,
    (script, other) => `if ${other}; then ${script}; fi`,
    (script, other) => `if ${script}; then ${other}; else ${other}; fi`,
    (script, other) => `for i in 1 2; do ${other}; ${script}; done`,
    (script, other) => `while ${other}\ndo ${script}\ndone`,
    (script, other) => `case x in a) ${other} ;; *) ${script} ;; esac`,
    (script, other) => `f() { ${other}; ${script}; }\nf`,
    (script) => `echo "$(${script})"`,
    (script) => `echo $(echo $(${script}))`,
    (script) => `cat <(${script})`,
    (script) => `echo \${X:-$(${script})}`,
    (script) => `X=$(${script})`,
    (script, other) => `(${other}; ${script})`,
    (script, other) => `{ ${script}; ${other}; } > /dev/null`,
    (script) => `! ${script}`,
    (script) => `sh <<EOF\n${script}\nEOF`,
    (script, other) => `bash -s <<'EOF'\n${other}\n${script}\nEOF`,
    (script) => `cat <<EOF\n$(${script})\nEOF`,
    (script, other) => `${other} # comment\n${script}`,
    (script, other) => `${other} 'quoted # text' "and ; more"\n${script} 2>&1`,
  )
  const harmless = fc.constantFrom(...corpus('allow').filter((script) => !/[\n#&<]/.test(script)))

  test('is not allowed anywhere in a script', () => {
    fc.assert(
      fc.property(command, fc.array(fc.tuple(place, harmless), { minLength: 1, maxLength: 4 }), (argv, places) => {
        const script = places.reduce((inner, [one, other]) => one(inner, other), quoted(argv))
        expect({ script, ...judgeText(script) }).not.toMatchObject({ decision: 'allow' })
      }),
      { numRuns: 3000 },
    )
  })

  test('is not allowed with its flags in another order, combined or shortened', () => {
    const flags = fc.shuffledSubarray(['-r', '-f', '-v', '--force', '--verbose', '--one-file-system'])
    const recursive = fc.constantFrom('-r', '-R', '--recursive', '--recurs', '--r', '-rf', '-fR', '-vrf')
    const target = fc.constantFrom('/', '//', '/.', '/*', '/etc', '/etc/', '/tmp/../etc', '/./etc/.', '/usr/*', '~', '/e?c')
    fc.assert(
      fc.property(flags, recursive, target, fc.nat(), (before, option, place_, seed) => {
        const words = [...before, option]
        const at = seed % (words.length + 1)
        const line = ['rm', ...words.slice(0, at), place_, ...words.slice(at)].join(' ')
        expect({ line, ...judgeText(line) }).toMatchObject({ decision: 'refuse' })
      }),
    )
  })
})

describe('judging', () => {
  test('never throws, and is to ask at least where the text is no script', () => {
    const pieces = fc.constantFrom(
      '"',
      "'",
      '`',
      '$(',
      '$((',
      '${',
      '}',
      ')',
      '(',
      '<<E\n',
      'E\n',
      '\\',
      '\n',
      ';',
      '&',
      '|',
      '<',
      '>',
      '#',
      ' ',
      'if ',
      'then ',
      'fi',
      'for x in ',
      'do ',
      'done',
      'case ',
      'esac',
      'rm -rf /',
      'ls',
      '$x',
      '{',
      'a',
      '\0',
      '\u202E',
      "$'",
      '*',
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
        expect(decisions).toContain(judgeText(parts.join('')).decision)
      }),
      { numRuns: 5000 },
    )
    fc.assert(fc.property(fc.array(fc.string({ unit: 'binary' })), (argv) => void judgeVector(argv)))
  })

  test.for<[name: string, script: string]>([
    ['ten megabytes of words', 'ls '.repeat(3_500_000)],
    ['ten megabytes of one quoted word', `echo '${'x'.repeat(10_000_000)}'`],
    ['many substitutions', 'echo $('.repeat(10_000)],
    ['many backticks', '`'.repeat(60_000)],
    ['many parentheses', '('.repeat(60_000)],
    ['many braces', 'rm ' + '{a,b}'.repeat(10_000)],
    ['open braces', `rm ${'{a'.repeat(30_000)}`],
    ['nested braces', 'rm ' + '{a,'.repeat(10_000) + '}'.repeat(10_000)],
    ['many wrappers', 'sudo '.repeat(10_000) + 'ls'],
    ['many shells', Array.from({ length: 14 }).reduce<string>((script) => quoted(['sh', '-c', script]).slice(0, 60_000), 'reboot')],
    ['many here-documents', 'reboot '.concat('<<E '.repeat(10_000))],
    ['many stars', `rm -rf /${'*a'.repeat(20_000)}`],
    ['many conditions', 'if '.repeat(10_000)],
    ['many directories', Array.from({ length: 1000 }, (_, index) => `cd /a${index}; touch b`).join('; ')],
    ['many expansions', 'echo "${x:-"'.repeat(5000)],
    ['many unknown commands', '$x '.repeat(20_000)],
    ['many numbers', `echo $((${'1+'.repeat(20_000)}1))`],
  ])('is bounded, and asks: %s', ([, script], { expect: expected }) => {
    expected(judgeText(script).decision).not.toBe('allow')
  })

  test('of a quoted vector is never milder than of the vector', () => {
    const word = fc.oneof(
      fc.string({ unit: 'grapheme-ascii', maxLength: 12 }),
      fc.constantFrom(...guarded.flat(), 'ls', 'sudo', '-c', 'sh', '--', '>', '$(reboot)', '{a,b}', '/tmp/x', '*', '~'),
    )
    const vectors = fc.oneof(fc.array(word, { minLength: 1, maxLength: 6 }), command)
    fc.assert(
      fc.property(vectors, (argv) => {
        const vector = judgeVector(argv).decision
        const script = judgeText(quoted(argv)).decision
        expect({ argv, isMilder: rank(script) < rank(vector) }).toEqual({ argv, isMilder: false })
      }),
      { numRuns: 3000 },
    )
  })
})
