import { isOneTimeSecret, oneTimePassword, statusError, ToolError, type Connection, type FetchOptions } from '@rackwarden/core'
import { login } from './pihole-schema.ts'
import { jsonIn, refusalOf } from './refusals.ts'

const logoutMs = 1_500

/** What a session is opened with. */
export interface Credentials {
  password?: string | undefined
  totpSecret?: string | undefined
}

/** One seat at the API; without `sid` none is needed. */
interface Seat {
  sid?: string
}

/** A connection whose requests carry the one session of this client, and whose refusals are told in our words. */
export interface Session {
  connection: Connection
  /** Gives the seat back. */
  end: () => Promise<void>
}

/** Logs in at the first request, once for all that come meanwhile, and again once where the session is gone. */
export function openSession(connection: Connection, { password, totpSecret }: Credentials): Session {
  let seat: Promise<Seat> | undefined
  const over = new AbortController()
  let isOver = false

  async function logIn(): Promise<Seat> {
    if (password === undefined) return {}
    // Whoever comes late must not take a seat nobody gives back.
    if (isOver) throw new ToolError('unreachable', 'The session with Pi-hole was closed.', { hint: 'Try again.' })
    const totp = totpSecret === undefined ? {} : { totp: Number(await oneTimePassword(checked(totpSecret), Date.now())) }
    // Nobody's signal: whoever asked first may leave, the others still wait for it.
    const response = await connection.fetch('/api/auth', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ password, ...totp }),
      signal: over.signal,
    })
    const told = login.safeParse(await jsonIn(response))
    if (told.success && told.data.session.valid) {
      const { sid } = told.data.session
      return sid === null || sid === undefined ? {} : { sid }
    }
    if (told.success)
      throw new ToolError('unauthorized', 'Pi-hole refuses the password.', {
        hint: 'Set password to its web password, or to an app password made in its settings under Web interface / API.',
      })
    if (response.status === 404)
      throw new ToolError('not_found', 'There is no API of a Pi-hole 6 at this address.', {
        hint: 'Is url the address of the Pi-hole itself, without a path? Version 5 has another API and is not spoken to.',
      })
    const refused = response.ok
      ? new ToolError('upstream', 'What answers the login is not the API of a Pi-hole 6.', {
          hint: 'Is url the address of the Pi-hole itself, without a path, and is it version 6 or newer?',
        })
      : await refusalOf(response)
    throw refused ?? (await statusError(response, { name: 'Pi-hole' }))
  }

  /** Forgets a seat, unless somebody else has already taken another one. */
  function forget(mine: Promise<Seat>): void {
    if (seat === mine) seat = undefined
  }

  async function send(target: string, options: FetchOptions): Promise<{ response: Response; mine: Promise<Seat> }> {
    const mine = (seat ??= logIn())
    mine.catch(() => forget(mine))
    const { sid } = await mine
    options.signal?.throwIfAborted()
    const headers = new Headers(options.headers)
    if (sid !== undefined) headers.set('x-ftl-sid', sid)
    return { response: await connection.fetch(target, { ...options, headers: Object.fromEntries(headers) }), mine }
  }

  async function fetch(target: string, options: FetchOptions = {}): Promise<Response> {
    const first = await send(target, options)
    let { response } = first
    if (response.status === 401 && password !== undefined) {
      // A restart of FTL forgets its sessions; whoever notices first logs in for all.
      forget(first.mine)
      await response.body?.cancel()
      response = (await send(target, options)).response
    }
    if (response.status === 401 && password === undefined)
      throw new ToolError('unauthorized', 'Pi-hole asks for a password.', { hint: 'Set password to its web password or an app password.' })
    const refused = response.ok ? undefined : await refusalOf(response)
    if (refused !== undefined) throw refused
    return response
  }

  return {
    connection: { ...connection, fetch },
    async end() {
      isOver = true
      const ending = seat
      seat = undefined
      // A login that is under way may take a seat yet; one that hangs is not waited for longer than a logout.
      const limit = setTimeout(() => over.abort(), logoutMs)
      const { sid } = (await ending?.catch(() => undefined)) ?? {}
      clearTimeout(limit)
      if (sid === undefined) return
      const response = await connection.fetch('/api/auth', { method: 'DELETE', headers: { 'x-ftl-sid': sid }, timeoutMs: logoutMs })
      await response.body?.cancel()
    },
  }
}

function checked(totpSecret: string): string {
  if (isOneTimeSecret(totpSecret)) return totpSecret
  throw new ToolError('unauthorized', 'totpSecret is not the secret of an authenticator.', {
    hint: 'Give the base 32 text Pi-hole shows beside the QR code, or use an app password as password, which needs no code.',
  })
}
