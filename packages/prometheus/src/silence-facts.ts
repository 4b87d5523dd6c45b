import { nearestNames, ToolError } from '@rackwarden/core'
import { nameOf } from './alert-facts.ts'
import type { ManagedAlert, Matcher, Silence } from './alertmanager-schema.ts'
import type { PrometheusClient } from './client.ts'
import { isSelective, matchersKey, matcherText, parseMatchers, unreadablePattern } from './matchers.ts'
import { spanSeconds, timeSeconds } from './time.ts'

/** Longest a silence may last. */
export const longestSilence = 7 * 86_400

/** An alert as a plan names it. */
export interface NamedAlert {
  name: string
  /** What it is about: its instance, where it has one. */
  about: string
  severity: string
  silencedBy: readonly string[]
}

/** What a silence about to be made depends on, and is judged by. */
export interface Coverage {
  matchers: Matcher[]
  /** Alerts the matchers match now, silenced or not. */
  alerts: NamedAlert[]
  /** Ids of silences with the same matchers that are in force or will be. */
  silences: string[]
}

/** Reads the matchers asked for; throws where they would silence whatever there is. */
export function wantedMatchers({ alert, matchers }: { alert?: string | undefined; matchers?: readonly string[] | undefined }): Matcher[] {
  const wanted = [
    ...(alert === undefined ? [] : [{ name: 'alertname', value: alert, isRegex: false, isEqual: true }]),
    ...parseMatchers(matchers ?? []),
  ]
  const unreadable = unreadablePattern(wanted)
  if (unreadable !== undefined)
    throw new ToolError('invalid_input', `'${unreadable}' is no pattern that can be judged.`, {
      hint: 'Close every bracket, and do without what only some dialects know.',
    })
  if (!isSelective(wanted))
    throw new ToolError('invalid_input', 'This would silence whatever fires, or nearly: no condition says which alerts are meant.', {
      hint: 'Name an alert, or add a matcher that means something particular: alert=DiskFull, or matchers=["instance=\\"nas:9100\\""].',
    })
  return wanted
}

/** Reads what matchers match now. */
export async function coverageOf(matchers: Matcher[], client: PrometheusClient, signal: AbortSignal): Promise<Coverage> {
  const [alerts, silences] = await Promise.all([
    client.alertmanager.alerts(matchers.map(matcherText), { signal }),
    client.alertmanager.silences(signal),
  ])
  return { matchers, alerts: alerts.map(namedAlert), silences: sameInForce(silences, matchers).map(({ id }) => id) }
}

/** Refuses the name of an alert that neither fires nor is any rule's: a silence on a slip of the pen hides nothing. */
export async function requireAlert(name: string, client: PrometheusClient, signal: AbortSignal): Promise<void> {
  const known = (await client.rules(signal)).filter(({ type }) => type === 'alerting').map((rule) => rule.name)
  if (known.includes(name)) return
  const near = nearestNames(name, new Set(known))
  throw new ToolError('not_found', `No rule makes an alert '${name}', and none of that name fires.`, {
    hint: near.length > 0 ? `Did you mean ${near.join(' or ')}?` : 'list_rules has the names.',
  })
}

/** Seconds since the epoch when a silence ends that begins now; throws where it has no bounds or is over. */
export function endOf(duration: string, now: number): number {
  const span = spanSeconds(duration)
  const end = span === undefined ? timeSeconds(duration) : now + span
  if (end === undefined)
    throw new ToolError('invalid_input', `duration: '${duration}' is neither a span nor a time.`, { hint: 'Write 30m, 4h or 2d.' })
  if (end <= now) throw new ToolError('invalid_input', 'The silence would be over before it began.', { hint: 'Write 30m, 4h or 2d.' })
  if (end - now > longestSilence)
    throw new ToolError('invalid_input', 'A silence may last 7 days at most.', {
      hint: 'Choose a shorter one and renew it; a rule nobody needs is better taken out of the configuration.',
    })
  return end
}

/** What an end of a silence depends on, and is judged by. */
export interface SilenceFacts {
  id: string
  state: string
  matchers: Matcher[]
  endsAt: string
  author: string
  comment: string
  /** True where this one, or another with the same matchers, is in force or will be. */
  inForce: boolean
  alerts: NamedAlert[]
}

/** Reads one silence, by its id or the beginning of it. */
export async function silenceFacts(reference: string, client: PrometheusClient, signal: AbortSignal): Promise<SilenceFacts> {
  const silences = await client.alertmanager.silences(signal)
  const found = silences.filter(({ id }) => id === reference || id.startsWith(reference))
  const [one] = found
  if (one === undefined) throw new ToolError('not_found', `There is no silence '${reference}'.`, { hint: 'list_silences has the ids.' })
  if (found.length > 1)
    throw new ToolError('invalid_input', `'${reference}' begins the ids of ${found.length} silences.`, { hint: 'Give the whole id.' })
  const alerts = one.status.state === 'active' ? await client.alertmanager.alerts([], { signal }) : []
  return {
    id: one.id,
    state: one.status.state,
    matchers: one.matchers,
    endsAt: one.endsAt,
    author: one.createdBy,
    comment: one.comment,
    inForce: sameInForce(silences, one.matchers).length > 0,
    alerts: alerts.filter(({ status }) => status.silencedBy.includes(one.id)).map(namedAlert),
  }
}

function sameInForce(silences: readonly Silence[], matchers: readonly Matcher[]): Silence[] {
  const key = matchersKey(matchers)
  return silences.filter((silence) => silence.status.state !== 'expired' && matchersKey(silence.matchers) === key)
}

function namedAlert(alert: ManagedAlert): NamedAlert {
  const { instance, job, severity } = alert.labels
  return { name: nameOf(alert), about: instance ?? job ?? '', severity: severity ?? '', silencedBy: alert.status.silencedBy }
}

const mostNamed = 10

/** One line per alert, the rest counted. */
export function alertLines(alerts: readonly NamedAlert[], change: string): string[] {
  const lines = alerts.slice(0, mostNamed).map(({ name, about }) => `${about === '' ? name : `${name} ${about}`}: ${change}`)
  return alerts.length > mostNamed ? [...lines, `${alerts.length - mostNamed} more: ${change}`] : lines
}

/** Names of the kinds of alert among these, once each. */
export function alertNames(alerts: readonly NamedAlert[]): string[] {
  return [...new Set(alerts.map(({ name }) => name))].toSorted()
}
