import { ToolError, type ErrorCode } from '@rackwarden/core'
import {
  requestEntry,
  createApprovalLinks,
  createApprovalRequests,
  createRateLimit,
  localPrincipal,
  openOwner,
  type ApprovalRequest,
  type ApprovalState,
  type NotifyConfiguration,
  type Runtime,
} from '@rackwarden/core/runtime'
import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { approvalStyle } from './approval-style.ts'
import { approvalPage, plainPage, shownOf } from './approval-view.ts'
import { readBody } from './body.ts'
import { createGate } from './gate.ts'
import type { Html } from './html.ts'
import type { Sender } from './sender.ts'

/** The pages on which a person approves or rejects, each behind the key of its link. */
export interface ApprovalPages {
  /** Whether an address is one of theirs. */
  isAt(pathname: string): boolean
  serve(pathname: string, request: IncomingMessage, response: ServerResponse, sender: Sender): Promise<void>
}

/** What the pages are served from. */
export interface ApprovalPagesOptions {
  runtime: Runtime
  notify: NotifyConfiguration
  /** The host listened on. */
  host: string
  allowHosts?: readonly string[]
  allowOrigins?: readonly string[]
}

interface Answer {
  status: number
  page: Html
  headers?: Readonly<Record<string, string>>
}

const maxFormBytes = 16 * 1024
const [viewsAMinute, decisionsAMinute, strangersAMinute] = [60, 10, 300]
const statusOf: Partial<Record<ErrorCode, number>> = { denied: 403, conflict: 409, rate_limited: 429 }

const headers = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(approvalStyle).digest('base64')}'`,
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; '),
  'cache-control': 'no-store',
  // With no-referrer a browser would name the origin of the form `null`, and nothing could be told from it.
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

/** Makes the pages of the requests in a state directory. */
export function createApprovalPages({ runtime, notify, host, allowHosts = [], allowOrigins = [] }: ApprovalPagesOptions): ApprovalPages {
  const { clock, audit } = runtime
  const owner = openOwner(runtime)
  const requests = createApprovalRequests(runtime, owner)
  const links = createApprovalLinks(runtime)
  const by = localPrincipal().replace(/^local:/, 'notify:')
  const home = new URL(notify.url)
  const gate = createGate({
    host,
    allowHosts: [...allowHosts, home.hostname.replace(/^\[|\]$/g, '')],
    allowOrigins: [...allowOrigins, home.origin],
  })
  const [views, decisions, strangers] = [viewsAMinute, decisionsAMinute, strangersAMinute].map((most) =>
    createRateLimit(most, () => clock.now()),
  )

  /** The request a link leads to; without its key nothing is said, not even whether there is one. */
  const opened = async (id: string, key: string): Promise<ApprovalState | Answer> => {
    const verdict = await links.judge(id, key)
    if (verdict === 'wrong') {
      const wait = strangers?.('everybody')
      return wait === undefined ? nothingHere : tooMany(wait)
    }
    return (await requests.get(id)) ?? nothingHere
  }

  const shown = async (state: ApprovalState, key: string, wrong?: string): Promise<Html> =>
    approvalPage({ state, key, now: clock.now(), wrong, hasOwner: await owner.isSet() })

  const view = async (id: string, key: string): Promise<Answer> => {
    const state = await opened(id, key)
    if ('page' in state) return state
    const wait = views?.(id)
    return wait === undefined ? { status: isOver(state) ? 410 : 200, page: await shown(state, key) } : tooMany(wait)
  }

  const decide = async (id: string, form: URLSearchParams): Promise<Answer> => {
    const key = form.get('key') ?? ''
    const state = await opened(id, key)
    if ('page' in state) return state
    const decision = form.get('decision')
    if (decision !== 'approved' && decision !== 'rejected')
      return { status: 400, page: plainPage('Nothing was decided', 'The form was not sent as it was made.') }
    const wait = decisions?.(id)
    if (wait !== undefined) return tooMany(wait)
    if (isOver(state)) return { status: 410, page: await shown(state, key) }
    const { request } = state
    try {
      if (form.get('shown') !== shownOf(request))
        throw new ToolError('conflict', 'The request was rewritten while it was being read.', {
          hint: 'Nothing was decided. Read it again.',
        })
      // A no takes no passphrase: nothing happens by it.
      if (decision === 'rejected') await requests.withdraw(id, by)
      else
        await requests.decide(id, {
          decision,
          by,
          passphrase: form.get('passphrase') ?? '',
          shown: request,
          typed: form.get('typed') ?? '',
        })
      await record(request, decision)
    } catch (error) {
      if (!ToolError.isInstance(error)) throw error
      // Whoever tried is told why it failed, also where that cannot be written down.
      await record(request, 'error', `${error.code}: ${error.message}`).catch(() => undefined)
      const now = (await requests.get(id)) ?? state
      const told = [error.message, error.hint].filter((text) => text !== undefined).join(' ')
      return { status: statusOf[error.code] ?? 500, page: await shown(now, key, told) }
    }
    const [title, text] =
      decision === 'approved'
        ? ['Approved', 'It runs when the assistant sends its token again: tell it that you agreed.']
        : ['Rejected', 'Nothing was done, and the plan is void.']
    return { status: 200, page: plainPage(title, text) }
  }

  const record = (request: ApprovalRequest, result: string, error?: string): Promise<void> =>
    audit.commit({
      ...requestEntry(request),
      principal: by,
      input: request.input,
      targets: request.plan.targets,
      result,
      approval: by,
      ...(error === undefined ? {} : { error }),
    })

  const answer = async (id: string, request: IncomingMessage, sender: Sender): Promise<Answer> => {
    const refusal = gate(request, sender)
    if (refusal !== undefined) return { status: 403, page: plainPage('Not from here', refusal) }
    if (request.method === 'GET' || request.method === 'HEAD') return view(id, keyIn(request))
    if (request.method !== 'POST')
      return { status: 405, page: plainPage('Not like this', 'Open the link, and use its form.'), headers: { allow: 'GET, HEAD, POST' } }
    if (!isOwnForm(request, home, sender))
      return { status: 403, page: plainPage('Nothing was decided', 'The form was sent by another page.') }
    if (request.headers['content-type']?.split(';')[0]?.trim() !== 'application/x-www-form-urlencoded')
      return { status: 415, page: plainPage('Nothing was decided', 'The form was not sent as it was made.') }
    const body = await readBody(request, { mostBytes: maxFormBytes })
    if ('refused' in body)
      return { status: 413, page: plainPage('Nothing was decided', 'The form is too large.'), headers: { connection: 'close' } }
    return decide(id, new URLSearchParams(body.text))
  }

  return {
    isAt: (pathname) => pathname.startsWith('/approvals/'),
    async serve(pathname, request, response, sender) {
      const { status, page, headers: own = {} } = await answer(pathname.slice('/approvals/'.length), request, sender)
      if (response.destroyed) return
      response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(page.markup), ...own }).end(page.markup)
    },
  }
}

const nothingHere: Answer = { status: 404, page: plainPage('Nothing here', 'This link leads nowhere, or its request is long past.') }

function tooMany(seconds: number): Answer {
  const page = plainPage('Too many attempts', `Try again in ${seconds} s.`)
  return { status: 429, page, headers: { 'retry-after': String(seconds) } }
}

function isOver(state: ApprovalState): boolean {
  return state.expired || state.decision !== undefined
}

function keyIn({ url = '' }: IncomingMessage): string {
  return new URLSearchParams(/\?([^#]*)/.exec(url)?.[1] ?? '').get('key') ?? ''
}

/** A browser says where a form comes from; whoever says nothing is none, and has a key and a passphrase to show. */
function isOwnForm({ headers: sent }: IncomingMessage, home: URL, { hosts, protocol }: Sender): boolean {
  const site = sent['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false
  const { origin, host = '' } = sent
  if (origin === undefined || origin === home.origin) return true
  const protocols = protocol === undefined ? ['http', 'https'] : [protocol]
  return protocols.some((scheme) => [host, ...hosts].some((name) => origin === `${scheme}://${name}`))
}
