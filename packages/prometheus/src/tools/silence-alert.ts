import { z } from 'zod'
import { matchersKey, matcherText } from '../matchers.ts'
import { severityOf } from '../alert-facts.ts'
import { alertLines, alertNames, coverageOf, endOf, requireAlert, wantedMatchers, type Coverage } from '../silence-facts.ts'
import { targetName } from '../target-name.ts'
import { isoTime, spanText } from '../time.ts'
import { defineTool } from './define-tool.ts'

/** Silences alerts for a while. */
export const silenceAlert = defineTool({
  name: 'silence_alert',
  title: 'Silence alerts',
  description: 'Mute alerts for at most 7 days, with a reason: they go on firing, but notify nobody.',
  access: 'operate',
  input: z.object({
    alert: z.string().min(1).optional().describe('Alert.'),
    matchers: z.array(z.string()).optional().describe('Conditions, like job=~node.*'),
    duration: z.string().describe('4h, or ISO 8601 end.'),
    reason: z.string().trim().min(3).describe('Reason.'),
  }),
  output: z.object({
    silence: z.string().describe('Id.'),
    matchers: z.string().describe('What it matches.'),
    until: z.string().describe('When it ends.'),
    alerts: z.number().describe('Alerts it silences now.'),
  }),
  async state({ alert, matchers }, { client, signal }) {
    const coverage = await coverageOf(wantedMatchers({ alert, matchers }), client, signal)
    if (alert !== undefined && coverage.alerts.length === 0) await requireAlert(alert, client, signal)
    return coverage
  },
  // Another instance of an alert that is named already may come and go; another kind of alert may not.
  basis: ({ matchers, alerts, silences }) => ({ matchers: matchersKey(matchers), alerts: alertNames(alerts), silences }),
  async plan({ alert, duration, reason }, { state, client, instance, signal }) {
    const now = (await client.alertmanager.now(signal)) / 1000
    const end = endOf(duration, now)
    const names = [...new Set([...(alert === undefined ? [] : [alert]), ...alertNames(state.alerts)])]
    const fresh = state.alerts.filter(({ silencedBy }) => silencedBy.length === 0)
    return {
      summary: `Silence ${textOf(state)} for ${spanText(end - now)}: ${reason}`,
      targets:
        names.length > 0 ? names.map((name) => targetName(instance, 'alert', name)) : [targetName(instance, 'silence', textOf(state))],
      diff: [...alertLines(fresh, 'firing → silenced'), `until: ${isoTime(end)}`],
      warnings: warningsOf(state, fresh.length),
    }
  },
  async run({ duration, reason }, { state, client, signal }) {
    const now = (await client.alertmanager.now(signal)) / 1000
    const end = endOf(duration, now)
    const silence = await client.alertmanager.createSilence(
      {
        matchers: state.matchers,
        startsAt: new Date(now * 1000).toISOString(),
        endsAt: new Date(end * 1000).toISOString(),
        createdBy: 'rackwarden',
        comment: reason.slice(0, 500),
      },
      signal,
    )
    return { silence, matchers: textOf(state), until: isoTime(end), alerts: state.alerts.length }
  },
  settled: (after, _, before) => after.silences.some((id) => !before.silences.includes(id)) || 'Alertmanager does not list the silence yet',
  verified: (output, after) => ({ ...output, alerts: after.alerts.filter(({ silencedBy }) => silencedBy.includes(output.silence)).length }),
  undo: (_, __, { output }) => ({ tool: 'expire_silence', input: { silence: output.silence } }),
})

function textOf({ matchers }: Coverage): string {
  return matchers.map(matcherText).join(', ')
}

function warningsOf({ alerts, silences, matchers }: Coverage, fresh: number): string[] {
  const critical = alerts.filter(({ severity }) => severityOf(severity) === 'critical').length
  return [
    ...(alerts.length === 0 ? ['No alert that fires now matches: it silences what may come.'] : []),
    ...(alerts.length > fresh ? [`${alerts.length - fresh} of ${alerts.length} matching alerts are silenced already.`] : []),
    ...(silences.length > 0 ? [`A silence with the same matchers is there already: ${silences.join(', ')}.`] : []),
    ...(critical > 0 ? [`${critical} of the matching alerts ${critical === 1 ? 'is' : 'are'} critical.`] : []),
    ...(matchers.some(({ isRegex, isEqual }) => isRegex || !isEqual) ? ['A pattern also silences what it matches later.'] : []),
  ]
}
