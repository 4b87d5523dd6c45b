import { defineService } from '@rackwarden/core'
import { candidates } from './candidates.ts'
import { config, connect } from './client.ts'
import { assets, census, health } from './facets.ts'
import { findings } from './findings.ts'
import { listAlerts } from './tools/alerts.ts'
import { expireSilence } from './tools/expire-silence.ts'
import { searchMetrics } from './tools/metrics.ts'
import { query } from './tools/query.ts'
import { queryRange } from './tools/query-range.ts'
import { listRules } from './tools/rules.ts'
import { silenceAlert } from './tools/silence-alert.ts'
import { listSilences } from './tools/silences.ts'
import { listTargets } from './tools/targets.ts'
import { watchers } from './watchers.ts'

export type { PrometheusWorld } from './simulation/world.ts'

/** Prometheus with its Alertmanager, over HTTP. */
export default defineService({
  name: 'prometheus',
  title: 'Prometheus',
  description: 'Prometheus and its Alertmanager: queries, alerts, scrape targets, rules, metrics, silences.',
  instances: 'many',
  config,
  connect,
  health,
  findings,
  assets,
  census,
  watchers,
  candidates: (environment, signal) => candidates(environment, signal),
  pitfalls: () => import('./pitfalls.ts'),
  simulate: () => import('./simulate.ts'),
  tools: [query, queryRange, listAlerts, listTargets, searchMetrics, listRules, listSilences, silenceAlert, expireSilence],
})
