import type { Refusal, SimulatedFtl } from './ftl.ts'

/** A request as an answer needs it. */
export interface Request {
  method: string
  /** Behind `/api/`, still encoded. */
  path: string
  query: URLSearchParams
  body: Record<string, unknown>
}

const took = 0.0004

export function headersOf({ now }: SimulatedFtl): Record<string, string> {
  return { date: new Date(now).toUTCString(), 'cache-control': 'no-cache' }
}

/** A JSON answer, as each of them is. */
export function json(ftl: SimulatedFtl, body: Record<string, unknown>, status = 200): Response {
  return Response.json({ ...body, took }, { status, headers: headersOf(ftl) })
}

/** A refusal. */
export function refusal(ftl: SimulatedFtl, status: number, told: { key: string; message: string; hint?: string | undefined }): Response {
  const { key, message, hint = null } = told
  return json(ftl, { error: { key, message, hint } }, status)
}

export function empty(ftl: SimulatedFtl, status: 204): Response {
  return new Response(null, { status, headers: headersOf(ftl) })
}

/** What a login that is refused hears. */
export function refusedLogin(ftl: SimulatedFtl, refused: Refusal): Response {
  const totp = ftl.world.totpSecret !== undefined
  if (refused === 'password')
    return json(ftl, { session: { valid: false, totp, sid: null, csrf: null, validity: -1, message: 'password incorrect' } }, 401)
  const [status, told] = refusals[refused]
  return refusal(ftl, status, told)
}

const refusals: Record<Exclude<Refusal, 'password'>, [status: number, told: { key: string; message: string; hint?: string }]> = {
  'rate limited': [429, { key: 'rate_limiting', message: 'Too many logins' }],
  seats: [429, { key: 'api_seats_exceeded', message: 'API seats exceeded', hint: 'increase webserver.api.max_sessions' }],
  'code missing': [400, { key: 'bad_request', message: 'No 2FA token found in JSON payload' }],
  code: [401, { key: 'unauthorized', message: 'Invalid 2FA token' }],
}
