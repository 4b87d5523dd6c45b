import type { ApprovalRequest } from '../approve/approval-request.ts'
import { cleanText } from '../present/clean.ts'
import type { SecretFilter } from '../present/redact.ts'

/** What a locked phone may show of a request for approval, and the link to the rest. */
export interface Notification {
  title: string
  /** Lines; no link can be followed out of it. */
  text: string
  link: string
  request: Pick<ApprovalRequest, 'id' | 'service' | 'instance' | 'tool' | 'principal' | 'expires_at'> & {
    summary: string
    targets: readonly string[]
  }
}

const mostTargets = 3
const longestLine = 200

/** Says what is asked for, of what, by whom and until when, and how many the person hears of later; neither input nor what changes. */
export function notificationOf(request: ApprovalRequest, link: string, secrets: SecretFilter, later = 0): Notification {
  const { id, service, instance, tool, principal, expires_at, plan, typed } = request
  const line = (text: string) =>
    shortened(
      defused(secrets.text(cleanText(text)))
        .replaceAll(/\s+/g, ' ')
        .trim(),
    )
  const summary = line(plan.summary)
  const targets = plan.targets.map(line)
  const more = targets.length - mostTargets
  const lines = [
    summary,
    ...targets.slice(0, mostTargets),
    ...(more > 0 ? [`and ${more} more`] : []),
    ...(typed === undefined ? [] : ['This cannot be taken back.']),
    `Asked by ${line(principal)}, until ${expires_at.slice(11, 16)} UTC.`,
    ...(later > 0 ? [`And ${later} more wait.`] : []),
  ]
  return {
    title: `Approval needed: ${line(`${service} ${tool}`)}`,
    text: lines.join('\n'),
    link,
    request: { id, service, instance, tool, principal, expires_at, summary, targets },
  }
}

/** A name in a plan may be an address somebody else chose: applications make links of them, and one could lead to a page that looks like ours. */
function defused(text: string): string {
  return text.replaceAll(/:(?=\/\/)/g, ': ').replaceAll(/\bwww\./gi, 'www .')
}

function shortened(text: string): string {
  return text.length > longestLine ? `${text.slice(0, longestLine - 1)}…` : text
}
