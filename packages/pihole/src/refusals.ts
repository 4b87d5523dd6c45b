import { ToolError, type ErrorCode } from '@rackwarden/core'
import { z } from 'zod'

const refusal = z.object({
  error: z.object({ key: z.string(), message: z.string(), hint: z.unknown().optional() }),
})

/** What an answer says, left to be read again; undefined where it is no JSON. */
export async function jsonIn(response: Response): Promise<unknown> {
  const text = await response.clone().text()
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What a refusal of Pi-hole means, where its status alone does not tell; undefined where it does. */
export async function refusalOf(response: Response): Promise<ToolError | undefined> {
  // A body that breaks off must not hide the status.
  const parsed = refusal.safeParse(await jsonIn(response).catch(() => undefined))
  if (!parsed.success) return undefined
  const { key, message } = parsed.data.error
  const hint = typeof parsed.data.error.hint === 'string' ? parsed.data.error.hint : ''
  const known = meaningOf(response.status, key, `${message} ${hint}`)
  if (known !== undefined) return new ToolError(known.code, `Pi-hole answered ${response.status}: ${message}.`, { hint: known.hint })
  if (response.status !== 400) return undefined
  return new ToolError('invalid_input', `Pi-hole did not take it: ${message}${hint === '' ? '' : ` (${hint})`}.`, {
    hint: 'Correct what it names and try again.',
  })
}

function meaningOf(status: number, key: string, text: string): { code: ErrorCode; hint: string } | undefined {
  if (key === 'api_seats_exceeded')
    return {
      code: 'rate_limited',
      hint: 'Every session of its API is taken: wait for one to expire (half an hour), end some in its web interface, or raise webserver.api.max_sessions.',
    }
  if (key === 'rate_limiting') return { code: 'rate_limited', hint: 'It counts failed logins: wait a minute, and check password first.' }
  if (text.includes('Reused 2FA token'))
    return { code: 'rate_limited', hint: 'A code is good once: try again in half a minute, or use an app password as password.' }
  if (text.includes('No 2FA token'))
    return { code: 'unauthorized', hint: 'It asks for a second factor: use an app password as password, or set totpSecret.' }
  if (text.includes('Invalid 2FA token'))
    return { code: 'unauthorized', hint: 'totpSecret, or a clock, is wrong; an app password needs neither.' }
  if (text.includes('app_sudo'))
    return {
      code: 'forbidden',
      hint: 'An app password may not change its configuration: set webserver.api.app_sudo to true there, or use the web password.',
    }
  if (text.includes('allow_destructive')) return { code: 'forbidden', hint: 'Set webserver.api.allow_destructive to true on the Pi-hole.' }
  if (text.includes('environment variable'))
    return { code: 'forbidden', hint: 'Its container sets this by a FTLCONF_ variable: change it there, or take the variable out.' }
  if (text.includes('already present')) return { code: 'conflict', hint: 'Somebody else just added it: plan again.' }
  return status === 403 && key === 'forbidden' ? { code: 'forbidden', hint: 'Give this password the right to do it.' } : undefined
}
