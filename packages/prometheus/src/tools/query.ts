import { page, paging } from '@rackwarden/core'
import { z } from 'zod'
import type { QueryData } from '../prometheus-schema.ts'
import { byValue, howToNarrow, numberOf, seriesText, valueOf } from '../series.ts'
import { givenTime, isoTime } from '../time.ts'
import { defineTool, nextCursor, nothingFound, queryInput } from './define-tool.ts'

/** Evaluates an expression at one time. */
export const query = defineTool({
  name: 'query',
  title: 'Query now',
  description: 'Current value of a metric, or at a time: PromQL; largest first.',
  access: 'observe',
  input: z.object({
    query: queryInput,
    at: z.string().optional().describe('ISO 8601.'),
    ...paging,
  }),
  output: z.object({
    total: z.number().describe('Series there are.'),
    note: z.string().optional().describe('What was left out, and how to ask for less.'),
    warnings: z.string().optional().describe('What Prometheus says besides.'),
    series: z.array(
      z.object({
        series: z.string().describe('Name and labels.'),
        value: z.union([z.number(), z.string()]).describe('Value; a word where it is no finite number.'),
      }),
    ),
    next_cursor: nextCursor,
  }),
  untrusted: true,
  async run({ query: expression, at, ...window }, { client, signal }) {
    const { data, ...said } = await client.query(expression, at === undefined ? undefined : givenTime('at', at), signal)
    const found = samplesOf(data).toSorted((first, second) => byValue(first.order, second.order))
    const { rows, ...rest } = page(found, window)
    const notes = [
      ...(found.length === 0 ? [nothingFound] : []),
      ...(data.resultType === 'matrix'
        ? ['A range of samples was selected; the newest of each is shown, query_range shows them all.']
        : []),
      ...(rows.length < found.length
        ? [`${rows.length} of ${found.length} series; for fewer, ${howToNarrow(found.map(({ metric }) => metric))}`]
        : []),
    ]
    return {
      total: found.length,
      note: notes.join(' ') || undefined,
      warnings: [...said.warnings, ...said.infos].join('; ') || undefined,
      series: rows.map(({ name, value }) => ({ series: name, value })),
      ...rest,
    }
  },
})

interface Sample {
  metric: Record<string, string>
  name: string
  value: number | string
  order: number
}

function samplesOf(data: QueryData): Sample[] {
  if (data.resultType === 'vector') return data.result.map(({ metric, value, histogram }) => sampleOf(metric, value?.[1], histogram?.[1]))
  if (data.resultType === 'matrix')
    return data.result.map(({ metric, values, histograms }) => {
      const newest = values.at(-1)
      const { name, ...sample } = sampleOf(metric, newest?.[1], histograms.at(-1)?.[1])
      return { ...sample, name: newest === undefined ? name : `${name} @ ${isoTime(newest[0])}` }
    })
  const [, text] = data.result
  return [{ metric: {}, name: data.resultType, value: data.resultType === 'scalar' ? valueOf(text) : text, order: 0 }]
}

function sampleOf(metric: Record<string, string>, text: string | undefined, histogram: { count: string; sum: string } | undefined): Sample {
  const name = seriesText(metric)
  if (text === undefined && histogram !== undefined)
    return { metric, name, value: `histogram: count ${histogram.count}, sum ${histogram.sum}`, order: numberOf(histogram.count) }
  return { metric, name, value: valueOf(text ?? 'NaN'), order: numberOf(text ?? 'NaN') }
}
