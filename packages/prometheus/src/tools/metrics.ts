import { page, paging } from '@rackwarden/core'
import { z } from 'zod'
import type { MetricMetadata } from '../prometheus-schema.ts'
import { defineTool, nextCursor } from './define-tool.ts'

// Labels cost a request each; with a longer list nobody reads them.
const fewMetrics = 5

/** Searches metrics by name, help and type. */
export const searchMetrics = defineTool({
  name: 'search_metrics',
  title: 'Search metrics',
  description: 'Find what a metric is called, by words of its name or help; labels where at most 5 are found.',
  access: 'observe',
  input: z.object({
    text: z.string().default('').describe('Text.'),
    type: z.enum(['counter', 'gauge', 'histogram', 'summary', 'unknown']).optional().describe('Type.'),
    ...paging,
  }),
  output: z.object({
    total: z.number().describe('Metrics found.'),
    metrics: z.array(
      z.object({
        metric: z.string().describe('Name, as queries take it.'),
        type: z.string().describe('Type; unknown for what rules record.'),
        unit: z.string().optional().describe('Unit.'),
        help: z.string().optional().describe('What it measures.'),
        labels: z.string().optional().describe('Names of its labels.'),
      }),
    ),
    next_cursor: nextCursor,
  }),
  untrusted: true,
  async run({ text, type, ...window }, { client, signal }) {
    const [names, metadata] = await Promise.all([client.metricNames(signal), client.metadata(signal)])
    const words = text.toLowerCase().split(/\s+/).filter(Boolean)
    const found = names
      .map((metric) => ({ metric, ...aboutOf(metric, metadata) }))
      .filter((about) => type === undefined || about.type === type)
      .map((about) => ({ about, misses: missesOf(about, words) }))
      .filter(({ misses }) => misses !== undefined)
      .toSorted((first, second) => (first.misses ?? 0) - (second.misses ?? 0) || (first.about.metric < second.about.metric ? -1 : 1))
      .map(({ about }) => about)
    const { rows, ...rest } = page(found, window)
    const labels =
      rows.length <= fewMetrics ? await Promise.all(rows.map(async ({ metric }) => client.labelNames(metric, signal))) : undefined
    return {
      total: found.length,
      metrics: rows.map((about, index) => ({ ...about, labels: labels?.[index]?.join(', ') || undefined })),
      ...rest,
    }
  },
})

interface About {
  metric: string
  type: string
  unit: string | undefined
  help: string | undefined
}

function aboutOf(metric: string, metadata: MetricMetadata): Omit<About, 'metric'> {
  const base = metric.replace(/_(?:bucket|sum|count|total|created)$/, '')
  // An own property only: a metric may be called like one of every object's.
  const [about] = (Object.hasOwn(metadata, metric) ? metadata[metric] : Object.hasOwn(metadata, base) ? metadata[base] : undefined) ?? []
  return {
    type: about?.type || 'unknown',
    unit: about?.unit || undefined,
    help: about?.help.replaceAll(/\s+/g, ' ').slice(0, 200) || undefined,
  }
}

/** How many words only the help has; nothing where one is nowhere. */
function missesOf({ metric, help = '' }: About, words: readonly string[]): number | undefined {
  const [name, about] = [metric.toLowerCase(), help.toLowerCase()]
  const elsewhere = words.filter((word) => !name.includes(word))
  return elsewhere.every((word) => about.includes(word)) ? elsewhere.length : undefined
}
