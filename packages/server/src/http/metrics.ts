import type { Activity } from '../activity.ts'

/** A few numbers in the text format of Prometheus. */
export function metricsText({ counts, size }: Activity, sessions: number): string {
  return [
    '# TYPE rackwarden_calls_total counter',
    ...Object.entries(counts).map(([result, count]) => `rackwarden_calls_total{result="${result}"} ${count}`),
    '# TYPE rackwarden_calls_running gauge',
    `rackwarden_calls_running ${size}`,
    '# TYPE rackwarden_sessions gauge',
    `rackwarden_sessions ${sessions}`,
    '',
  ].join('\n')
}
