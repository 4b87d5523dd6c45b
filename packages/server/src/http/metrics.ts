import type { CallResult } from '@rackwarden/core/runtime'

/** What a server counts. */
export interface Metrics {
  /** Counts a result. */
  count: (kind: CallResult['kind']) => void
  /** The numbers in the text format of Prometheus. */
  text(running: number, sessions: number): string
}

/** Makes the counters of one server. */
export function createMetrics(): Metrics {
  const counts = { done: 0, plan: 0, pending: 0, running: 0, error: 0 }
  return {
    count: (kind) => {
      counts[kind] += 1
    },
    text: (running, sessions) =>
      [
        '# TYPE rackwarden_calls_total counter',
        ...Object.entries(counts).map(([result, count]) => `rackwarden_calls_total{result="${result}"} ${count}`),
        '# TYPE rackwarden_calls_running gauge',
        `rackwarden_calls_running ${running}`,
        '# TYPE rackwarden_sessions gauge',
        `rackwarden_sessions ${sessions}`,
        '',
      ].join('\n'),
  }
}
