import { randomBytes } from 'node:crypto'
import { ToolError, type Connection, type ExecResult } from '@rackwarden/core'
import { endOfCommand, launcher, starter, type Command, type CommandOutcome } from './command.ts'
import { scriptOf, type Part } from './script.ts'
import { parseSections, type Sections } from './sections.ts'

/** How root's rights are come by. */
export interface Elevation {
  sudo: 'none' | 'passwordless' | 'password'
  sudoPassword?: string | undefined
}

/** What may be said about one script besides its parts. */
export interface AskOptions {
  signal: AbortSignal
  /** Positional parameters of the parts. */
  parameters?: readonly string[]
  /** True where only root sees or may do it all; without sudo it runs all the same. */
  asRoot?: boolean
  timeoutMs?: number
  maxBytes?: number
}

/** What a script answered, and how long it took as seen from here. */
export interface Answer {
  sections: Sections
  seconds: number
}

const defaultTimeoutMs = 20_000
const defaultMaxBytes = 4 * 1024 * 1024
/** How much of each stream of a command is kept. */
const keptBytes = 32 * 1024
// The far side ends a command by itself; only where that fails is it given up from here.
const graceMs = 10_000

// Whether sudo asked for the password or not, the script begins after the mark.
const afterMark = 'while IFS= read -r line && [ "$line" != "$1" ]; do :; done; exec sh -s -- "$@"'

/** Makes the one way scripts are run on a host: a shell there, the script over stdin, its sections back. */
export function createShell(connection: Connection, { sudo, sudoPassword }: Elevation) {
  if (sudo === 'password' && (sudoPassword === undefined || /[\r\n]/.test(sudoPassword)))
    throw new ToolError('invalid_config', "With sudo: password, 'sudoPassword' must be given, in one line.", {
      hint: 'Set sudoPassword, or LINUX_SUDO_PASSWORD_FILE to the path of a file that holds it.',
    })

  function invocation(script: string, { mark, parameters, asRoot }: { mark: string; parameters: readonly string[]; asRoot: boolean }) {
    const now = String(Math.floor(Date.now() / 1000))
    const shell = ['sh', '-s', '--', mark, now, ...parameters]
    if (!asRoot || sudo === 'none') return { argv: shell, stdin: script }
    if (sudo === 'passwordless') return { argv: ['env', 'LC_ALL=C', 'sudo', '-n', '--', ...shell], stdin: script }
    return {
      argv: ['env', 'LC_ALL=C', 'sudo', '-k', '-S', '-p', '', '--', 'sh', '-c', afterMark, 'sh', mark, now, ...parameters],
      stdin: `${sudoPassword}\n${mark}\n${script}`,
    }
  }

  return {
    /** Runs parts in one round trip. */
    async ask(parts: readonly Part[], options: AskOptions): Promise<Answer> {
      const { signal, parameters = [], asRoot = false, timeoutMs = defaultTimeoutMs, maxBytes = defaultMaxBytes } = options
      const mark = `::${randomBytes(9).toString('hex')}`
      const { argv, stdin } = invocation(scriptOf(parts), { mark, parameters, asRoot })
      const started = performance.now()
      const result = await connection.exec(argv, { stdin, timeoutMs, maxBytes, signal })
      const sections = parseSections(result.stdout, mark)
      if (sections === undefined) throw failureOf(result, asRoot && sudo !== 'none')
      return { sections, seconds: (performance.now() - started) / 1000 }
    },

    /** Runs a command as it is; however it ends, that is an answer. */
    async run(command: Command, { signal, asRoot = false }: Pick<AskOptions, 'signal' | 'asRoot'>): Promise<CommandOutcome> {
      const { argv = [], script, directory = '', seconds } = command
      const mark = `::${randomBytes(9).toString('hex')}`
      const elevation = asRoot ? sudo : 'none'
      const kind = script === undefined ? 'command' : 'script'
      const result = await connection.exec(
        ['sh', '-c', launcher, 'sh', elevation, starter, mark, String(seconds), directory, kind, ...argv],
        {
          stdin: `${elevation === 'password' ? `${sudoPassword}\n` : ''}${mark}\n${script ?? ''}`,
          timeoutMs: seconds * 1000 + graceMs,
          maxBytes: keptBytes,
          keep: 'tail',
          signal,
        },
      )
      const end = endOfCommand(result.stdout, mark)
      if (end === undefined) throw failureOf({ ...result, truncated: false }, elevation !== 'none')
      if (end.how === 'directory')
        throw new ToolError('not_found', `There is no directory '${directory}' this user may enter.`, { hint: 'Name another, or none.' })
      const { written } = result
      const trailer = result.stdout.length - end.rest.length
      return {
        exitCode: end.exitCode,
        timedOut: end.how === 'yes',
        stdout: fromWholeLine(end.rest, (written?.stdout ?? 0) > keptBytes),
        stderr: fromWholeLine(result.stderr, (written?.stderr ?? 0) > keptBytes),
        written: written && { stdout: written.stdout - trailer, stderr: written.stderr },
      }
    },
  }
}

/** What was cut at the beginning begins with the next line: half a secret is not known as one. */
function fromWholeLine(text: string, isCut: boolean): string {
  return isCut ? text.slice(text.indexOf('\n') + 1) : text
}

function failureOf(result: ExecResult, elevated: boolean): ToolError {
  const said = result.stderr.trim().split('\n').at(-1)?.slice(0, 200) ?? ''
  if (result.truncated)
    return new ToolError('upstream', 'The host said more than fits into one answer.', { hint: 'Ask for less: fewer lines, one name.' })
  if (elevated) {
    const refused = sudoFailure(result)
    if (refused !== undefined) return refused
  }
  return new ToolError(
    'upstream',
    `The shell on the host ended early with exit code ${result.exitCode}${said === '' ? '.' : `: ${said}`}`,
    {
      hint: 'The host must have a POSIX shell as sh, and let this user run it.',
    },
  )
}

function sudoFailure({ exitCode, stderr }: ExecResult): ToolError | undefined {
  if (/sudo['’‘:]?.{0,3}(?:not found|No such file)/i.test(stderr) || exitCode === 127)
    return new ToolError('invalid_config', 'There is no sudo on this host.', { hint: "Log in as root, or set sudo to 'none'." })
  if (/not in the sudoers|not allowed to (?:execute|run)|may not run sudo/i.test(stderr))
    return new ToolError('forbidden', 'This user may not run a shell with sudo.', { hint: 'Allow it in sudoers, or use another user.' })
  if (/password is required|a terminal is required/i.test(stderr))
    return new ToolError('unauthorized', 'sudo on this host asks for a password.', { hint: "Set sudo to 'password' and sudoPassword." })
  if (/incorrect password|no password was provided|try again|authentication fail/i.test(stderr))
    return new ToolError('unauthorized', 'sudo on this host does not accept the password.', { hint: 'Check sudoPassword.' })
  return undefined
}
