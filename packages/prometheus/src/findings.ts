import { severities, stakes, type FacetContext, type Finding, type Severity, type Stake } from '@rackwarden/core'
import { alertsOf, severityOf, type AlertFacts } from './alert-facts.ts'
import type { PrometheusClient } from './client.ts'
import { alertmanagerHealth } from './facets.ts'
import type { Rule, ScrapeTarget } from './prometheus-schema.ts'
import { instanceOf, jobOf, lastErrorOf } from './scrape-facts.ts'
import { labelsText, valueOf } from './series.ts'
import { targetName } from './target-name.ts'
import { shortTime } from './time.ts'

// More of the same are one finding with a count.
const mostAlike = 3

/** Finds alerts that fire and notify, targets that cannot be scraped, rules that cannot be evaluated, and a silent Alertmanager. */
export async function findings(client: PrometheusClient, { instance, signal }: FacetContext): Promise<Finding[]> {
  const [{ alerts }, targets, rules, alertmanager] = await Promise.all([
    alertsOf(client, signal),
    client.targets(signal),
    client.rules(signal),
    client.alertmanager.isConfigured ? alertmanagerHealth(client, signal) : undefined,
  ])
  const firing = alerts.filter(({ state, severity }) => state === 'firing' && severityOf(severity) !== undefined)
  const down = deadTargets(
    targets.filter(({ health }) => health === 'down'),
    firing,
    instance,
  )
  return [
    ...(alertmanager?.error === undefined ? [] : [silentAlertmanager(alertmanager.told, instance)]),
    ...down.findings,
    ...groupsOf(firing, ({ name }) => name).flatMap(([name, group]) => alertFindings(name, group, down.causeOf, instance)),
    ...rules.filter(({ health }) => health === 'err').map((rule) => failingRule(rule, instance)),
  ]
}

function silentAlertmanager(told: string, instance: string): Finding {
  const target = targetName(instance, 'alertmanager', 'alertmanager')
  return {
    id: `${target}#silent`,
    severity: 'critical',
    target,
    title: 'The Alertmanager does not answer, so alerts may notify nobody',
    evidence: told,
    next: { tool: 'list_alerts', input: {} },
  }
}

type CauseOf = (alert: AlertFacts) => string | undefined

function deadTargets(
  down: readonly ScrapeTarget[],
  firing: readonly AlertFacts[],
  instance: string,
): { findings: Finding[]; causeOf: CauseOf } {
  const causes = new Map<string, string>()
  const found = groupsOf(down, jobOf).flatMap(([job, group]) => {
    const whole = targetName(instance, 'job', job)
    for (const target of group) {
      const name = instanceOf(target)
      const own = group.length > mostAlike ? whole : targetName(instance, 'target', `${job}/${name}`)
      causes.set(`${job} ${name}`, own)
    }
    const next = { tool: 'list_targets', input: { job, state: 'down' } }
    // Whoever wrote a rule for this said how bad it is.
    const severity = worst(['warning', ...firing.filter((alert) => group.some((target) => isAbout(alert, target))).map(levelOf)])
    const errorOf = (target: ScrapeTarget | undefined) => (target && lastErrorOf(target)) || 'no reason given'
    if (group.length > mostAlike) {
      const names = group.slice(0, mostAlike).map(instanceOf).join(', ')
      const title = `${group.length} targets of job ${job} are down`
      const evidence = `${names} and ${group.length - mostAlike} more; first error: ${errorOf(group[0])}`
      return [{ id: `${whole}#down`, severity, target: whole, title, evidence, next }]
    }
    return group.map((target) => {
      const name = instanceOf(target)
      const address = targetName(instance, 'target', `${job}/${name}`)
      const title = `${name} (job ${job}) cannot be scraped`
      return { id: `${address}#down`, severity, target: address, title, evidence: errorOf(target), ...aboutOf(target.labels), next }
    })
  })
  return { findings: found, causeOf: ({ labels }) => causes.get(`${labels['job']} ${labels['instance']}`) }
}

function isAbout({ labels }: AlertFacts, target: ScrapeTarget): boolean {
  return labels['instance'] === instanceOf(target) && labels['job'] === jobOf(target)
}

function alertFindings(name: string, group: readonly AlertFacts[], causeOf: CauseOf, instance: string): Finding[] {
  const target = targetName(instance, 'alert', name)
  const next = { tool: 'list_alerts', input: { name, state: 'firing' } }
  if (group.length > mostAlike) {
    const [first] = group
    const since = group.map((alert) => alert.since).toSorted()[0]
    return [
      {
        id: `${target}#firing`,
        severity: worst(group.map(levelOf)),
        target,
        title: `${name} fires ${group.length} times`,
        evidence: `first: ${first === undefined ? '' : evidenceOf(first)}`,
        ...stakeOf(group),
        ...sinceOf(since),
        ...commonCause(group.map(causeOf)),
        next,
      },
    ]
  }
  return group.map((alert) => ({
    id: `${target}#${distinguishing(alert)}`,
    severity: levelOf(alert),
    target: alert.labels['instance'] === undefined ? target : `${target}/${alert.labels['instance']}`,
    title: alert.summary === '' ? `${name} fires` : `${name}: ${alert.summary}`,
    evidence: evidenceOf(alert),
    ...stakeOf([alert]),
    ...sinceOf(alert.since),
    ...commonCause([causeOf(alert)]),
    ...aboutOf(alert.labels),
    next,
  }))
}

/** The container and the host that labels name, as whoever runs them knows them. */
function aboutOf({ name, container, hostname, nodename, instance }: Readonly<Record<string, string>>): { about?: string[] } {
  const names = [name, container, hostname, nodename, instance?.replace(/:\d+$/, '')].filter((label) => label !== undefined && label !== '')
  return names.length === 0 ? {} : { about: [...new Set(names as string[])] }
}

function evidenceOf({ labels, value }: AlertFacts): string {
  const { alertname: _, severity, ...rest } = labels
  return [...(severity === undefined ? [] : [`severity ${severity}`]), labelsText(rest), `value ${valueOf(value)}`]
    .filter(Boolean)
    .join('; ')
}

/** The same as long as the alert is the same, whatever its severity becomes. */
function distinguishing({ labels }: AlertFacts): string {
  const { alertname: _, severity: __, ...rest } = labels
  return labelsText(rest) || 'firing'
}

function levelOf({ severity }: AlertFacts): Severity {
  return severityOf(severity) ?? 'notice'
}

function worst(levels: readonly Severity[]): Severity {
  return severities.find((level) => levels.includes(level)) ?? 'warning'
}

function stakeOf(group: readonly AlertFacts[]): { stake?: Stake } {
  const stake = stakes.find((known) => group.some(({ labels }) => labels['stake'] === known))
  return stake === undefined ? {} : { stake }
}

function sinceOf(text: string | undefined): { since?: string } {
  const since = text === undefined ? undefined : shortTime(text)
  return since === undefined ? {} : { since }
}

function commonCause(causes: readonly (string | undefined)[]): { cause?: string } {
  const [cause] = causes
  return cause !== undefined && causes.every((other) => other === cause) ? { cause } : {}
}

function failingRule({ name, group, lastError }: Rule, instance: string): Finding {
  const target = targetName(instance, 'rule', `${group}/${name}`)
  return {
    id: `${target}#error`,
    severity: 'warning',
    target,
    title: `The rule ${name} cannot be evaluated`,
    evidence: lastError.replaceAll(/\s+/g, ' ').slice(0, 300) || 'no reason given',
    next: { tool: 'list_rules', input: { name, state: 'error' } },
  }
}

function groupsOf<Item>(items: readonly Item[], keyOf: (item: Item) => string): [key: string, group: Item[]][] {
  const groups = new Map<string, Item[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group === undefined) groups.set(keyOf(item), [item])
    else group.push(item)
  }
  return [...groups]
}
