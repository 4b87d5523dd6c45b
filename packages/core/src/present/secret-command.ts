import { createAnchors } from './anchors.ts'
import { isReference } from './secret-name.ts'
import type { Range } from './secret-value.ts'

/** Where a program takes a secret that no name tells of. */
interface Program {
  readonly start: string
  /** Options whose value is the secret. */
  readonly values?: readonly string[]
  /** Options whose value is a user, a sign and the secret. */
  readonly users?: readonly string[]
  /** Options with the secret behind them, without a space. */
  readonly joined?: readonly string[]
  /** Words before a secret. */
  readonly words?: readonly string[]
  /** The secret is the operand of this number, with this option only. */
  readonly operand?: readonly [number: number, option?: RegExp]
}

const named = (names: string, program: Omit<Program, 'start'>): Program[] => names.split(' ').map((start) => ({ start, ...program }))

const programs: readonly Program[] = [
  ...named('curl', { users: ['-u', '--user', '-U', '--proxy-user'] }),
  ...named('sshpass', { values: ['-p'], joined: ['-p'] }),
  ...named('mysqldump mysqladmin mysql mariadb-dump mariadb', { joined: ['-p'] }),
  ...named('redis-cli valkey-cli', { values: ['-a', '--pass'] }),
  ...named('smbclient rpcclient smbget', { users: ['-U', '--user'] }),
  ...named('mosquitto_pub mosquitto_sub ipmitool sqlcmd', { values: ['-P'] }),
  ...named('ldapsearch ldapmodify ldapadd ldappasswd ldapwhoami', { values: ['-w', '-s'] }),
  ...named('mongosh mongodump mongorestore', { values: ['-p'] }),
  ...named('snmpwalk snmpget snmpbulkwalk', { values: ['-c', '-A', '-X'] }),
  ...named('useradd usermod', { values: ['-p'] }),
  ...named('htpasswd', { operand: [-1, /^-[a-zA-Z]*b/] }),
  { start: 'mc alias set', operand: [3] },
  ...named('wpa_passphrase', { operand: [1] }),
  ...named('nmcli', { words: ['password', 'wifi-sec.psk', '802-11-wireless-security.psk', '802-1x.password'] }),
  ...named('machine', { words: ['password'] }),
  ...named('requirepass masterauth auth_pass', { operand: [0] }),
  ...named('IDENTIFIED', { words: ['BY'] }),
  ...named('openssl', { joined: ['pass:'], values: ['-k'] }),
  ...named('7za 7zz', { joined: ['-p'] }),
]

const anchors = createAnchors([...programs, { start: 'chpasswd' }, ...named('login', { values: ['-p'], joined: ['-p='] })])

const longest = 4_096

interface Word {
  readonly text: string
  readonly from: number
  /** In quotes, right behind the word before: `-p'x'`. */
  readonly attached?: boolean
}

/** Replaces the secrets that stand in a command line under no name of their own. */
export function redactCommands(text: string, by: string): string {
  let result = ''
  let kept = 0
  anchors.walk(text, (program, index) => {
    const next = index + program.start.length
    if (index < kept || /[\w.-]/.test(text[index - 1] ?? '') || /[\w.=:-]/.test(text[next] ?? '')) return next
    const end = endOfCommand(text, next)
    const ranges = program.start === 'chpasswd' ? pipedInto(text, kept, index) : secretsOf(program, wordsOf(text, next, end))
    let passed = next
    for (const [from, to] of ranges) {
      if (from < kept || from >= to || isReference(text.slice(from, to), by) || text.startsWith(by, from)) continue
      result += text.slice(kept, from) + by
      kept = to
      passed = Math.max(passed, to)
    }
    // Whatever stands in a long line is looked through once.
    return end - next > 256 ? end : passed
  })
  return kept === 0 ? text : result + text.slice(kept)
}

/** Where in a list of arguments a secret stands, and at which character. */
export function secretsInArguments(list: readonly string[]): ReadonlyMap<number, number> {
  const found = new Map<number, number>()
  const [program, at] = programIn(list)
  if (program === undefined) return found
  const words = list.slice(at + 1).map((text, index) => ({ text, from: index * longest * 16 }))
  for (const [from] of secretsOf(program, words)) found.set(at + 1 + Math.floor(from / (longest * 16)), from % (longest * 16))
  return found
}

function programIn(list: readonly string[]): [Program | undefined, number] {
  for (const [index, word] of list.slice(0, 8).entries()) {
    const name = word.slice(word.lastIndexOf('/') + 1)
    const program = programs.find(({ start }) => start === name)
    if (program !== undefined) return [program, index]
  }
  return [undefined, 0]
}

function secretsOf({ values = [], users = [], joined = [], words = [], operand }: Program, list: readonly Word[]): Range[] {
  const found: Range[] = []
  const operands: Word[] = []
  let flagged = operand?.[1] === undefined
  for (const [index, { text, from, attached = false }] of list.entries()) {
    const before = list[index - 1]?.text ?? ''
    const prefix = joined.find((option) => text.startsWith(option) && text.length > option.length)
    const user = users.find((option) => text.startsWith(option) && !option.startsWith('--') && text.length > option.length)
    if (values.includes(before) || words.includes(before) || (attached && joined.includes(before))) found.push([from, from + text.length])
    else if (prefix !== undefined && !text.startsWith('--')) found.push([from + prefix.length, from + text.length])
    else if (users.includes(before) || user !== undefined) {
      const sign = text.search(/[:%]/)
      if (sign >= 0) found.push([from + sign + 1, from + text.length])
    } else if (text.startsWith('-')) flagged ||= operand?.[1]?.test(text) === true
    else operands.push({ text, from })
  }
  const secret = operand === undefined || !flagged ? undefined : operands.at(operand[0])
  if (secret !== undefined) found.push([secret.from, secret.from + secret.text.length])
  return found
}

/** The words of a command: of a shell's line, or of the list a container was started with. */
function wordsOf(text: string, start: number, end: number): Word[] {
  const words: Word[] = []
  const isListed = /["']/.test(text[start] ?? '')
  const word = isListed ? /[\s,]*["']([^"'\n]*)["']/y : /(?:[ \t]+|(?<=-\w|[:=]))(?:"([^"\n]*)"|'([^'\n]*)'|([^\s"'`|;&<>]+))/y
  for (word.lastIndex = isListed ? start + 1 : start; word.lastIndex < end;) {
    const found = word.exec(text)
    if (found === null) break
    const attached = /^["']/.test(found[0])
    const inner = found[1] ?? found[2] ?? found[3] ?? ''
    const quoted = found[3] === undefined
    words.push({ text: inner, from: word.lastIndex - inner.length - (quoted ? 1 : 0), attached: attached && !isListed })
  }
  return words
}

function endOfCommand(text: string, start: number): number {
  const line = text.indexOf('\n', start)
  return Math.min(line < 0 ? text.length : line, start + longest)
}

/** `echo 'joe:x' | chpasswd` */
function pipedInto(text: string, floor: number, index: number): Range[] {
  const from = Math.max(floor, index - 256)
  const found = /(?:echo|printf)[ \t]+(?:-\w+[ \t]+)?["']?[\w.-]+:([^\s"'|]+)["']?[ \t]*\|[ \t]*(?:sudo[ \t]+)?$/.exec(
    text.slice(from, index),
  )
  if (found?.[1] === undefined) return []
  const at = from + found.index + found[0].lastIndexOf(`:${found[1]}`) + 1
  return [[at, at + found[1].length]]
}
