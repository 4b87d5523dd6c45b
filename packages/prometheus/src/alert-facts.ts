import { ToolError, type Severity } from '@rackwarden/core'
import type { ManagedAlert } from './alertmanager-schema.ts'
import type { PrometheusClient } from './client.ts'
import type { PrometheusAlert } from './prometheus-schema.ts'

/** One alert with what Alertmanager makes of it. */
export interface AlertFacts {
  name: string
  /** Silenced and inhibited alerts fire, too, but notify nobody. */
  state: 'firing' | 'silenced' | 'inhibited' | 'pending'
  /** The label, whatever words its owner uses. */
  severity: string
  labels: Readonly<Record<string, string>>
  summary: string
  since: string
  value: string
  /** First silence that covers it. */
  silence: string | undefined
}

/** All alerts, and why nothing is known of silences where that is so. */
export interface AlertsFound {
  alerts: AlertFacts[]
  note: string | undefined
}

// A tool over all services waits two seconds for everything.
const quickMs = 1_200

/** Reads the alerts of Prometheus and, where it answers, what its Alertmanager makes of them; the worst first. */
export async function alertsOf(client: PrometheusClient, signal: AbortSignal): Promise<AlertsFound> {
  const [alerts, managed] = await Promise.all([client.alerts(signal), managedAlerts(client, signal)])
  const byPlace = groupedByPlace(managed.alerts)
  return {
    alerts: alerts.map((alert) => factsOf(alert, byPlace.get(placeOf(alert)) ?? [])).toSorted(worstFirst),
    note: managed.note,
  }
}

async function managedAlerts(client: PrometheusClient, signal: AbortSignal): Promise<{ alerts: ManagedAlert[]; note: string | undefined }> {
  try {
    return { alerts: await client.alertmanager.alerts([], { signal, timeoutMs: quickMs }), note: undefined }
  } catch (error) {
    if (!ToolError.isInstance(error)) throw error
    return { alerts: [], note: `What is silenced or inhibited is not known: ${error.message}` }
  }
}

function factsOf(alert: PrometheusAlert, managed: readonly ManagedAlert[]): AlertFacts {
  const status = managed.find(({ labels }) => covers(labels, alert.labels))?.status
  const suppressed =
    status === undefined || status.state !== 'suppressed' ? undefined : status.silencedBy.length > 0 ? 'silenced' : 'inhibited'
  return {
    name: nameOf(alert),
    state: alert.state === 'firing' ? (suppressed ?? 'firing') : 'pending',
    severity: alert.labels['severity'] ?? '',
    labels: alert.labels,
    summary: summaryOf(alert.annotations),
    since: alert.activeAt,
    value: alert.value,
    silence: status?.silencedBy[0],
  }
}

/** On its way to Alertmanager an alert gains the external labels, but seldom loses one. */
function covers(whole: Readonly<Record<string, string>>, part: Readonly<Record<string, string>>): boolean {
  return Object.entries(part).every(([name, value]) => whole[name] === value)
}

/** What an alert says of itself. */
export function summaryOf(annotations: Readonly<Record<string, string>>): string {
  const { summary, description, message } = annotations
  return (summary || description || message || '').replaceAll(/\s+/g, ' ').trim().slice(0, 300)
}

/** The name of an alert. */
export function nameOf({ labels }: { labels: Readonly<Record<string, string>> }): string {
  return labels['alertname'] ?? ''
}

const words: Readonly<Record<Severity, RegExp>> = {
  critical: /^(?:critical|crit|page|error|fatal|emergency|disaster|high|p1|sev1)$/i,
  warning: /^(?:warning|warn|major|medium|average|p2|sev2)$/i,
  notice: /^(?:info|information|notice|low|minor|debug|p3|p4|p5|sev3|sev4)$/i,
}

/** How bad an alert is by its label; one that says `none`, as a watchdog does, is no trouble at all. */
export function severityOf(label: string): Severity | undefined {
  if (/^none$/i.test(label)) return undefined
  const found = Object.entries(words).find(([, pattern]) => pattern.test(label))
  return (found?.[0] as Severity | undefined) ?? 'warning'
}

const stateRank = { firing: 0, silenced: 1, inhibited: 2, pending: 3 }
const severityRank = { critical: 0, warning: 1, notice: 2 }

function worstFirst(first: AlertFacts, second: AlertFacts): number {
  const rank = ({ severity }: AlertFacts) => {
    const level = severityOf(severity)
    return level === undefined ? 3 : severityRank[level]
  }
  return (
    stateRank[first.state] - stateRank[second.state] ||
    rank(first) - rank(second) ||
    (first.name === second.name ? (first.since < second.since ? -1 : 1) : first.name < second.name ? -1 : 1)
  )
}

// Thousands of alerts of one name differ by their instance; compared each with each they would take seconds.
function groupedByPlace(alerts: readonly ManagedAlert[]): Map<string, ManagedAlert[]> {
  const groups = new Map<string, ManagedAlert[]>()
  for (const alert of alerts) {
    const group = groups.get(placeOf(alert))
    if (group === undefined) groups.set(placeOf(alert), [alert])
    else group.push(alert)
  }
  return groups
}

function placeOf(alert: { labels: Readonly<Record<string, string>> }): string {
  return `${nameOf(alert)} ${alert.labels['instance'] ?? ''}`
}
