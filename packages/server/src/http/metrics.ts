import type { Caller, Measure } from '@rackwarden/core/runtime'
import type { PrometheusContentType, Registry } from '../libraries/prom-client.ts'

/** What a server tells of itself, in the format of Prometheus. */
export interface Metrics {
  /** Everything the caller may know: one who is limited to services is told of these. */
  text(caller: Caller): Promise<{ type: string; text: string }>
}

/** A measure as the library has it. */
interface MetricJson {
  name: string
  help: string
  type: string
  aggregator: 'sum'
  values: { value: number; labels: Readonly<Record<string, string>>; metricName?: string }[]
}

/** Makes the metrics of one server. What collects those of the process itself is loaded at the first question: most are never asked. */
export function createMetrics(read: () => readonly Measure[]): Metrics {
  let opened: Promise<{ library: typeof import('../libraries/prom-client.ts'); ofProcess: Registry }> | undefined

  async function open() {
    const library = await import('../libraries/prom-client.ts')
    const ofProcess = new library.Registry()
    library.collectDefaultMetrics({ register: ofProcess })
    return { library, ofProcess }
  }

  return {
    async text(caller) {
      opened ??= open()
      const { library, ofProcess } = await opened
      const ours = library.AggregatorRegistry.aggregate<PrometheusContentType>([read().map((measure) => jsonOf(measure, caller))])
      const all = caller.services === undefined ? library.Registry.merge([ours, ofProcess]) : ours
      return { type: all.contentType, text: await all.metrics() }
    },
  }
}

function jsonOf(measure: Measure, { services }: Caller): MetricJson {
  const { name, help, kind } = measure
  const isTold = ({ labels }: { labels: Readonly<Record<string, string>> }) =>
    services === undefined || services.includes(labels['service'] ?? '') || Object.keys(labels).length === 0
  return {
    name,
    help,
    type: kind,
    aggregator: 'sum',
    values:
      measure.kind === 'histogram'
        ? measure.spreads.filter(isTold).flatMap(({ labels, counts, count, sum }) => [
            ...measure.bounds.map((bound, index) => ({
              metricName: `${name}_bucket`,
              labels: { le: String(bound), ...labels },
              value: counts[index] ?? 0,
            })),
            { metricName: `${name}_bucket`, labels: { le: '+Inf', ...labels }, value: count },
            { metricName: `${name}_sum`, labels, value: sum },
            { metricName: `${name}_count`, labels, value: count },
          ])
        : measure.readings.filter(isTold).map(({ labels, value }) => ({ labels, value })),
  }
}
