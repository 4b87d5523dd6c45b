import { isOneTimeSecret, oneTimePassword, ToolError } from '@rackwarden/core'
import { z } from 'zod'
import type { Pushed, Session } from './session.ts'

/** What an instance is logged in with: a token, or a name and a password, or nothing where it asks for nothing. */
export interface Credentials {
  username?: string | undefined
  password?: string | undefined
  token?: string | undefined
  totpSecret?: string | undefined
}

/** What Uptime Kuma says at the door. */
export interface Door {
  pushed: Pushed
  /** True where nobody made an account yet. */
  needsSetup: () => boolean
  /** True once it let us in by itself, false once it said that it will not. */
  opened: Promise<boolean>
}

/** Listens at the door, from before the connection is made. */
export function createDoor(): Door {
  let isNew = false
  let answer = (_open: boolean) => {}
  const opened = new Promise<boolean>((resolve) => (answer = resolve))
  return {
    pushed: {
      setup: () => {
        isNew = true
        answer(false)
      },
      autoLogin: () => answer(true),
      loginRequired: () => answer(false),
    },
    needsSetup: () => isNew,
    opened,
  }
}

const login = z.union([z.looseObject({ ok: z.literal(true) }), z.looseObject({ tokenRequired: z.literal(true) })])
const nothing = z.unknown()
// A code is good for the half minute before and after its own, and once: who connects anew at once needs another.
const steps = [0, 1, -1]

/** Logs in, in the one way the configuration and the instance leave. */
export async function logIn(session: Session, door: Door, { username, password, token, totpSecret }: Credentials): Promise<void> {
  if (totpSecret !== undefined && !isOneTimeSecret(totpSecret))
    throw new ToolError('unauthorized', 'totpSecret is not the secret of an authenticator.', {
      hint: 'It is the base32 text Uptime Kuma shows beside the picture when two-factor login is set up, not a code of six digits.',
    })
  if (door.needsSetup()) throw notSetUp()
  if (token !== undefined) return void (await session.ask('loginByToken', [token], nothing))
  if (username === undefined || password === undefined) return letIn(session, door)
  const answer = await session.ask('login', [{ username, password, token: '' }], login).catch((error: unknown) => {
    throw door.needsSetup() ? notSetUp() : error
  })
  if (!('tokenRequired' in answer)) return
  if (totpSecret === undefined)
    throw new ToolError('unauthorized', `The account '${username}' logs in with two factors.`, {
      hint: 'Configure totpSecret, the secret of its authenticator, or token, a JWT of a login; or make an account without.',
    })
  const refusals: unknown[] = []
  for (const step of steps) {
    const code = await oneTimePassword(totpSecret, Date.now(), step)
    const refused = await session.ask('login', [{ username, password, token: code }], login).then(
      () => undefined,
      (error: unknown) => ({ error }),
    )
    if (refused === undefined) return
    if (!ToolError.isInstance(refused.error) || refused.error.code !== 'unauthorized') throw refused.error
    refusals.push(refused.error)
  }
  throw new ToolError('unauthorized', 'Uptime Kuma refused every code of the authenticator that is good now.', {
    hint: 'Check totpSecret, and the clocks of both machines; a code that was used is refused for a minute.',
    cause: refusals[0],
  })
}

/** Without credentials nothing is sent: either it lets everybody in, or it says that it does not. */
async function letIn(session: Session, door: Door): Promise<void> {
  // 1.23 says nothing where it wants a login, so that silence is a no as well.
  const isOpen = await session.until(door.opened, 'to say whether it wants a login').catch((error: unknown) => {
    if (ToolError.isInstance(error) && error.code === 'timeout') return false
    throw error
  })
  if (door.needsSetup()) throw notSetUp()
  if (isOpen) return
  throw new ToolError('unauthorized', 'Uptime Kuma asks for a login.', {
    hint: 'Configure username and password, or token, a JWT of a login. API keys (uk1_…) are for its metrics only.',
  })
}

function notSetUp(): ToolError {
  return new ToolError('invalid_config', 'This Uptime Kuma has no account yet.', {
    hint: 'Open its address in a browser and make one, then configure username and password.',
  })
}
