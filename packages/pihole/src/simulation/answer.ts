import { oneTimePassword, ToolError, type FetchOptions } from '@rackwarden/core'
import { configAnswer } from './config-answers.ts'
import type { SimulatedFtl } from './ftl.ts'
import { listAnswer } from './list-answers.ts'
import { empty, json, refusal, refusedLogin, type Request } from './replies.ts'
import { statsAnswer } from './stats-answers.ts'

/** Answers one request as FTL does; async, so that what goes wrong rejects as it would on the wire. */
export async function answer(ftl: SimulatedFtl, target: string, options: FetchOptions): Promise<Response> {
  const { method = 'GET', signal, headers, body } = options
  signal?.throwIfAborted()
  if (ftl.deafTo > 0) {
    ftl.deafTo -= 1
    throw new ToolError('unreachable', `${ftl.world.hostName} refused the connection.`, { hint: 'Is it running?' })
  }
  const { pathname, searchParams } = new URL(target, 'http://pihole.simulated')
  if (!pathname.startsWith('/api/')) return new Response('<html>', { status: 404, headers: { 'content-type': 'text/html' } })
  const path = pathname.slice('/api/'.length)
  const sent = typeof body === 'string' && body !== '' ? (JSON.parse(body) as Record<string, unknown>) : {}
  const sid = new Headers(headers).get('x-ftl-sid')
  if (path === 'auth') return authAnswer(ftl, { method, sid, sent })
  const isOpen = path === 'info/login'
  if (ftl.needsLogin && !isOpen && (sid === null || !ftl.sessions.has(sid)))
    return refusal(ftl, 401, { key: 'unauthorized', message: 'Unauthorized' })
  if (method === 'GET' && path === 'auth/sessions') return json(ftl, { sessions: sessionsOf(ftl, sid) })
  const request: Request = { method, path, query: searchParams, body: sent }
  const found = configAnswer(ftl, request) ?? statsAnswer(ftl, request) ?? listAnswer(ftl, request)
  return found ?? refusal(ftl, 404, { key: 'not_found', message: 'Not found', hint: pathname })
}

interface Login {
  method: string
  sid: string | null
  sent: Record<string, unknown>
}

async function authAnswer(ftl: SimulatedFtl, { method, sid, sent }: Login): Promise<Response> {
  if (method === 'DELETE') {
    const had = sid !== null && ftl.sessions.delete(sid)
    return had ? empty(ftl, 204) : refusal(ftl, 401, { key: 'unauthorized', message: 'Unauthorized' })
  }
  const told = { valid: true, totp: ftl.world.totpSecret !== undefined, csrf: null, validity: 1_800 }
  if (!ftl.needsLogin) return json(ftl, { session: { ...told, sid: null, csrf: null, message: 'no password set' } })
  const password = typeof sent['password'] === 'string' ? sent['password'] : ''
  const outcome = await ftl.logIn(password, async () => {
    const { totp } = sent
    if (totp === undefined) return 'missing'
    // Clocks differ, and time passes on the way: the codes beside the one of now are taken, too.
    const codes = await Promise.all([0, -1, 1].map((step) => oneTimePassword(ftl.world.totpSecret ?? '', Date.now(), step)))
    return codes.some((code) => Number(code) === totp)
  })
  if ('refused' in outcome) return refusedLogin(ftl, outcome.refused)
  return json(ftl, { session: { ...told, sid: outcome.sid, csrf: 'pretend-csrf', message: 'correct password' } })
}

function sessionsOf(ftl: SimulatedFtl, own: string | null) {
  return [...ftl.sessions].map((sid, index) => ({
    id: index,
    current_session: sid === own,
    valid: true,
    app: ftl.world.isAppPassword ?? false,
    cli: false,
    remote_addr: '10.20.0.20',
    user_agent: null,
  }))
}
