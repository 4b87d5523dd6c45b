import { randomBytes } from 'node:crypto'
import { ToolError, type Connection, type ExecResult } from '@rackwarden/core'
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
  }
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
