import { cleanText, type ApprovalRequest, type ApprovalState } from '@rackwarden/core/runtime'
import { spanText } from '../moment.ts'
import { table } from './terminal.ts'

/** A text somebody else may have written, as one line. */
export function lineOf(text: string): string {
  return cleanText(text).replaceAll(/\s+/g, ' ').trim()
}

/** The tool of a request, with its service and, where it says anything, its instance. */
export function toolOf({ service, tool, instance }: Pick<ApprovalRequest, 'service' | 'tool' | 'instance'>): string {
  return `${service} ${tool}${instance === 'default' ? '' : ` on ${instance}`}`
}

/** Everything a person should know before they agree: the whole plan, and who asks for it. */
export function requestText({ request, decision, expired }: ApprovalState, now: number): string {
  const { plan, principal, input, at, expires_at: until } = request
  const remains = Date.parse(until) - now
  const state =
    decision === undefined
      ? expired
        ? `past since ${until}`
        : `${spanText(remains)} left, until ${until}`
      : `${decision.decision} by ${decision.by} at ${decision.at}`
  const rows = [
    ['tool', toolOf(request)],
    ['input', inputText(input)],
    ['asked by', `${principal}, ${spanText(now - Date.parse(at))} ago`],
    ['touches', plan.targets.join(', ')],
    ...listed('changes', plan.diff),
    ...listed('beware', plan.warnings),
    [decision === undefined ? 'good for' : 'decided', state],
  ]
  return [lineOf(plan.summary), table(rows.map(([name = '', text = '']) => [`  ${name}`, lineOf(text)]))].join('\n')
}

function listed(name: string, lines: readonly string[] = []): string[][] {
  return lines.map((line, index) => [index === 0 ? name : '', line])
}

function inputText(input: unknown): string {
  const pairs = Object.entries((input ?? {}) as Record<string, unknown>)
  return pairs.length === 0
    ? 'none'
    : pairs.map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`).join(' ')
}
