import { highestTier, ToolError, type Service, type Setup, type Tier } from '@rackwarden/core'
import { tierOf } from '@rackwarden/core/runtime'
import { holdsPassword } from '../init/answers.ts'
import { askTier, isAsking } from '../init/questions.ts'
import type { Terminal } from '../terminal.ts'
import type { SetupOptions } from './setup-options.ts'

/** Where a target is, over its API and over SSH. */
export interface TargetAddress {
  url: string
  /** `ssh://root@pve1:22`. */
  ssh: string
}

/** The tier that is wanted; `admin` only where the owner said that they know what it means. */
export async function tierFor(service: Service, { tier }: SetupOptions, terminal: Terminal): Promise<Tier> {
  const { environment, complain } = terminal
  const told = tierOf(tier, '--tier', environment, 'invalid_input')
  const wanted = told ?? (isAsking(terminal) ? await askTier(service, terminal, highestTier(environment)) : 'observe')
  if (wanted === 'admin')
    complain('THE TIER IS ADMIN: with this token an assistant can delete what is there, for good. RACKWARDEN_ADMIN says that you know.')
  return wanted
}

/** The way in that is wanted. */
export async function bootstrapFor({ bootstrap }: SetupOptions, terminal: Terminal): Promise<'auto' | 'paste'> {
  if (bootstrap !== undefined) return bootstrap
  if (!isAsking(terminal)) return 'auto'
  for (;;) {
    const answer = (
      await terminal.ask('The way in: auto, over SSH with the password of root; or paste, a script for the shell there [auto]: ')
    ).trim()
    if (answer === '' || answer === 'auto') return 'auto'
    if (answer === 'paste') return 'paste'
    terminal.complain('Write auto or paste.')
  }
}

/** The address of the target: what is told, asked, or configured already. */
export async function addressFor(
  setup: Setup,
  options: SetupOptions,
  known: readonly string[],
  terminal: Terminal,
): Promise<TargetAddress> {
  const [only] = known.length === 1 ? known : []
  if (options.host !== undefined) return addressOf(options.host, options, setup)
  if (!isAsking(terminal)) {
    if (only !== undefined) return addressOf(only, options, setup)
    throw new ToolError('invalid_input', 'It is not said where the target is.', { hint: 'Add --host <name or address>.' })
  }
  for (;;) {
    const answer =
      (
        await terminal.ask(`Address of ${setup.target}, as a host or https://host:port${only === undefined ? '' : ` [${only}]`}: `)
      ).trim() || only
    try {
      if (answer !== undefined) return addressOf(answer, options, setup)
    } catch (error) {
      if (!ToolError.isInstance(error)) throw error
      terminal.complain(`${error.message} ${error.hint ?? ''}`)
    }
  }
}

/** Reads a host or an address, and where to log in. */
function addressOf(text: string, { ssh }: SetupOptions, { port }: Setup): TargetAddress {
  const isAddress = /^https?:\/\//i.test(text)
  const bare = /:.*:/.test(text) && !text.startsWith('[') && !isAddress ? `[${text}]` : text
  const whole = isAddress ? text : `https://${/\]$|^[^:]*$/.test(bare) ? `${bare}:${port}` : bare}`
  const url = URL.canParse(whole) ? new URL(whole) : undefined
  if (
    url === undefined ||
    url.hostname === '' ||
    holdsPassword(whole) ||
    url.username !== '' ||
    !['', '/'].includes(url.pathname) ||
    url.search !== '' ||
    url.hash !== ''
  )
    throw new ToolError('invalid_input', `'${holdsPassword(whole) ? 'The address' : text}' is no address of a target.`, {
      hint: `Write a host, or https://host:${port}.`,
    })
  const login = ssh === undefined ? `root@${url.hostname}` : ssh.replace(/^ssh:\/\//, '')
  return { url: whole.replace(/\/+$/, ''), ssh: `ssh://${login.includes('@') ? login : `root@${login}`}` }
}

/** The user the token is to belong to. */
export function userFor({ user }: SetupOptions, setup: Setup): string {
  if (user === undefined) return setup.user
  if (setup.userForm.test(user)) return user
  throw new ToolError('invalid_input', `'${user}' cannot be the user of a token here.`, {
    hint: `It looks like ${setup.user}; root is never one.`,
  })
}
