import { z } from 'zod'

// Go writes an empty list or map as null; both are read as nothing.
const listOf = <Item extends z.ZodType>(item: Item) =>
  z
    .array(item)
    .nullish()
    .transform((value) => value ?? [])
const labels = z
  .record(z.string(), z.string())
  .nullish()
  .transform((map) => map ?? {})
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '')

/** What every answer of Prometheus is wrapped in. */
export const envelope = <Data extends z.ZodType>(data: Data) => z.object({ data, warnings: listOf(z.string()), infos: listOf(z.string()) })

const histogram = z.object({ count: text, sum: text })
const sample = z.tuple([z.number(), z.string()])
const histogramSample = z.tuple([z.number(), histogram])

const vector = z.object({
  resultType: z.literal('vector'),
  result: listOf(z.object({ metric: labels, value: sample.optional(), histogram: histogramSample.optional() })),
})
const matrix = z.object({
  resultType: z.literal('matrix'),
  result: listOf(z.object({ metric: labels, values: listOf(sample), histograms: listOf(histogramSample) })),
})
const single = z.object({ resultType: z.enum(['scalar', 'string']), result: sample })

/** `GET /query`, as far as it is used. */
export const queryData = z.discriminatedUnion('resultType', [vector, matrix, single])
export type QueryData = z.output<typeof queryData>

/** `GET /query_range`, as far as it is used. */
export const rangeData = matrix
export type RangeSeries = z.output<typeof matrix>['result'][number]

/** `GET /status/buildinfo`. */
export const buildInfo = z.object({ version: text })

/** `GET /targets`, as far as it is used. */
export const targetDiscovery = z.object({
  activeTargets: listOf(z.object({ discoveredLabels: labels, labels, scrapePool: text, scrapeUrl: text, lastError: text, health: text })),
})
export type ScrapeTarget = z.output<typeof targetDiscovery>['activeTargets'][number]

/** `GET /alerts`, as far as it is used. */
export const alertDiscovery = z.object({
  alerts: listOf(z.object({ labels, annotations: labels, state: text, activeAt: text, value: text })),
})
export type PrometheusAlert = z.output<typeof alertDiscovery>['alerts'][number]

/** `GET /rules`, as far as it is used. */
export const ruleDiscovery = z.object({
  groups: listOf(
    z.object({
      name: text,
      rules: listOf(
        z.object({
          type: text,
          name: text,
          query: text,
          duration: z.number().nullish(),
          labels,
          health: text,
          lastError: text,
          state: text,
        }),
      ),
    }),
  ),
})
export type Rule = z.output<typeof ruleDiscovery>['groups'][number]['rules'][number] & { group: string }

/** `GET /metadata`. */
export const metricMetadata = z.record(z.string(), listOf(z.object({ type: text, help: text, unit: text })))
export type MetricMetadata = z.output<typeof metricMetadata>

/** `GET /label/{name}/values` and `GET /labels`. */
export const names = listOf(z.string())

/** `GET /alertmanagers`, as far as it is used. */
export const alertmanagerDiscovery = z.object({ activeAlertmanagers: listOf(z.object({ url: text })) })
