import { ToolError } from '@rackwarden/core'
import { quote } from './quote.ts'

// A kernel takes no longer argument, and the login shell is given the whole line as one.
const longestLine = 120_000
// What every sleep can count to.
const longestSeconds = 2_000_000

/** How a program is started on the far side. */
export interface Start {
  /** A word nobody else knows: what it begins is ours, what comes before it is the noise of the login shell. */
  mark: string
  /** After these the far side ends it by itself, even if we are gone. */
  seconds: number
}

// Makes sure that the shell leads a process group, so that one signal reaches the program and its children. OpenSSH
// gives each command a group of its own; where a server does not, setsid does.
const lead = 'kill -0 -$$ 2>/dev/null || { command -v setsid >/dev/null 2>&1 && exec setsid sh -c "$1" "$0" "$@"; }; eval "$1"'

// Ends the group when the time is up. A signal that wakes it from its sleep takes the sleep along: by force, for a sleep
// that is about to begin still has our trap, and would lose any other signal in it.
const guard = [
  'trap "kill -KILL \\$! 2>/dev/null; exit" TERM',
  'sleep "$t" & wait "$!" || exit',
  'trap "" TERM',
  'kill -TERM "$g"; sleep 2; kill -KILL "$g"',
].join('; ')

// One line, since not every login shell takes more. The program runs in the foreground, with its own standard input, and
// by `exec`, since no shell's own command may stand in for it.
const program = [
  't=$2; shift 2',
  'g=-$$; kill -0 "$g" 2>/dev/null || g=$$',
  'f=found; command -v "$1" >/dev/null 2>&1 || f=missing',
  'printf "%s\\n" "$0"; printf "%s %s %s\\n" "$0" "$g" "$f" >&2',
  '[ "$f" = found ] || exit 127',
  `( ${guard} ) </dev/null >/dev/null 2>&1 & ( exec "$@" )`,
  'c=$?; kill "$!" 2>/dev/null; exit "$c"',
].join('; ')

/** The line that starts a program for a login shell: dash, bash, busybox or any other that knows single quotes. */
export function startLine(argv: readonly string[], { mark, seconds }: Start): string {
  const [name = ''] = argv
  if (name === '' || name.startsWith('-'))
    throw new ToolError('invalid_input', 'A program was named badly.', { hint: 'Its name may not be empty or begin with a dash.' })
  const limit = String(Math.min(Math.max(Math.ceil(seconds), 1), longestSeconds))
  const line = `exec ${quote(['sh', '-c', lead, mark, program, limit, ...argv])}`
  if (Buffer.byteLength(line) > longestLine)
    throw new ToolError('invalid_input', `The arguments for '${name}' are too long.`, {
      hint: 'Give it what is long on its standard input.',
    })
  return line
}

/** The line that ends a process group: in order, and two seconds later by force. */
export function stopLine(group: number): string {
  const gone = `kill -0 ${group} 2>/dev/null || exit 0`
  const wait = 'sleep 0.2 2>/dev/null || sleep 1'
  return `exec ${quote(['sh', '-c', `kill -TERM ${group}; for i in 1 2 3 4 5 6 7 8 9 10; do ${gone}; ${wait}; done; kill -KILL ${group}`])}`
}

/** What a started program told about itself. */
export interface Started {
  /** Negative: a process group. */
  group: number
  found: boolean
}

/** Reads the line a start leaves on standard error. */
export function readStarted(mark: string, line: string): Started | undefined {
  const [, group = '', found] = new RegExp(`^${mark} (-?\\d{1,10}) (found|missing)$`).exec(line) ?? []
  // -1 would be every process of the user.
  return Math.abs(Number(group)) > 1 ? { group: Number(group), found: found === 'found' } : undefined
}
