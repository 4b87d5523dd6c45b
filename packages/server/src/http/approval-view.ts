import { cleanText, hashOf, type ApprovalRequest, type ApprovalState } from '@rackwarden/core/runtime'
import { approvalStyle } from './approval-style.ts'
import { Html, html } from './html.ts'

/** What the page of a request is made from. */
export interface ApprovalView {
  state: ApprovalState
  /** The key of the link, which the form sends along. */
  key: string
  now: number
  /** What was wrong with the last attempt. */
  wrong?: string | undefined
  /** False where there is no passphrase to approve with. */
  hasOwner: boolean
}

/** A page that says one thing. */
export function plainPage(title: string, text: string): Html {
  return page(
    title,
    html`<h1>Rackwarden</h1>
      <p class="summary">${title}</p>
      <p>${text}</p>`,
  )
}

/** The page of a request: the whole plan, and what a person can do about it. */
export function approvalPage({ state, key, now, wrong, hasOwner }: ApprovalView): Html {
  const { request, decision, expired } = state
  const { plan } = request
  return page(
    'May this be done?',
    html`<h1>May this be done?</h1>
      <p class="summary">${said(plan.summary)}</p>
      <dl>
        ${row('Tool', `${request.service} ${request.tool}${request.instance === 'default' ? '' : ` on ${request.instance}`}`)}
        ${row('Asked by', `${request.principal}, ${minutes(now - Date.parse(request.at))} ago`)}
        ${row('Until', `${request.expires_at.slice(0, 16).replace('T', ' ')} UTC${expired ? '' : `, ${minutes(Date.parse(request.expires_at) - now)} left`}`)}
      </dl>
      ${(plan.warnings ?? []).map((warning) => html`<p class="beware">${said(warning)}</p>`)}
      <h2>It touches</h2>
      <ul>
        ${plan.targets.map((target) => html`<li>${said(target)}</li>`)}
      </ul>
      ${block('What changes', plan.diff ?? [])} ${block('Input', [JSON.stringify(request.input ?? {}, null, 2)])}
      ${decision === undefined && !expired ? form(request, { key, wrong, hasOwner }) : html`<p class="wrong">${said(endOf(state))}</p>`}`,
  )
}

/** What came of a request nobody can decide any more. */
function endOf({ decision }: ApprovalState): string {
  return decision === undefined
    ? 'This request is past. Nothing was done.'
    : `It was ${decision.decision} by ${decision.by} at ${decision.at}.`
}

/** What a person was shown, so that they agree to nothing else. */
export function shownOf(request: ApprovalRequest): string {
  return hashOf(request)
}

function form(request: ApprovalRequest, { key, wrong, hasOwner }: Pick<ApprovalView, 'key' | 'wrong' | 'hasOwner'>): Html {
  return html`<form method="post" action="${request.id}" autocomplete="off">
    <input type="hidden" name="key" value="${key}" />
    <input type="hidden" name="shown" value="${shownOf(request)}" />
    ${wrong === undefined ? '' : html`<p class="wrong" role="alert">${said(wrong)}</p>`}
    ${hasOwner ? approval(request) : html`<p class="beware">The owner has no passphrase yet, so nothing can be approved here.</p>`}
    <button class="no" name="decision" value="rejected" formnovalidate>Reject</button>
    <small>Type the passphrase only where the address above is that of your own Rackwarden.</small>
  </form>`
}

function approval({ typed }: ApprovalRequest): Html {
  const name =
    typed === undefined
      ? ''
      : html`<p class="beware">This cannot be taken back.</p>
          <label for="typed">To approve, type <strong>${said(typed)}</strong></label>
          <input id="typed" name="typed" required autocapitalize="none" autocomplete="off" spellcheck="false" />`
  return html`${name}
    <label for="passphrase">Passphrase, to approve exactly this</label>
    <input id="passphrase" name="passphrase" type="password" required autocapitalize="none" autocomplete="current-password" />
    <button class="yes" name="decision" value="approved">Approve</button>`
}

function row(name: string, text: string): Html {
  return html`<dt>${name}</dt>
    <dd>${said(text)}</dd>`
}

function block(title: string, lines: readonly string[]): Html | string {
  return lines.length === 0
    ? ''
    : html`<h2>${title}</h2>
        <pre>${cleanText(lines.join('\n'))}</pre>`
}

/** Text an upstream or a caller chose: it can neither be markup nor turn round what stands beside it. */
function said(text: string): Html {
  return html`<bdi>${cleanText(text)}</bdi>`
}

function minutes(milliseconds: number): string {
  const count = Math.max(0, Math.floor(milliseconds / 60_000))
  return count === 0 ? 'less than a minute' : `${count} min`
}

const style = new Html(`<style>${approvalStyle}</style>`)

function page(title: string, body: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        ${style}
      </head>
      <body>
        <main>${body}</main>
      </body>
    </html>`
}
