import { page, paging, ToolError } from '@rackwarden/core'
import { z } from 'zod'
import type { PrometheusClient, Range } from '../client.ts'
import { downsample, type Points } from '../downsample.ts'
import { byValue, howToNarrow, seriesText } from '../series.ts'
import { givenTime, isoTime, spanSeconds, spanText } from '../time.ts'
import { defineTool, nextCursor, nothingFound, queryInput } from './define-tool.ts'

const mostPoints = 60
// With all their points, series are long rows.
const usualSeries = 10
// So many series are read again finely enough that a short peak shows in min, max and mean.
const fewSeries = 50
const finePoints = 1200
const finestStep = 5

/** Evaluates an expression over a stretch of time. */
export const queryRange = defineTool({
  name: 'query_range',
  title: 'Query a stretch of time',
  description: 'History or trend of a metric, for a graph: PromQL over time; min, max, average, points.',
  access: 'observe',
  input: z.object({
    query: queryInput,
    last: z.string().default('1h').describe('How far back.'),
    start: z.string().optional().describe('ISO 8601.'),
    end: z.string().optional().describe('ISO 8601.'),
    ...paging,
  }),
  output: z.object({
    total: z.number().describe('Series there are.'),
    start: z.string().describe('Time of the first point.'),
    step: z.string().describe('Time from point to point.'),
    note: z.string().optional().describe('What the points are, what was left out.'),
    warnings: z.string().optional().describe('What Prometheus says besides.'),
    series: z.array(
      z.object({
        series: z.string().describe('Name and labels.'),
        min: z.number().optional().describe('Smallest.'),
        max: z.number().optional().describe('Largest.'),
        mean: z.number().optional().describe('Mean.'),
        last: z.union([z.number(), z.string()]).optional().describe('Newest.'),
        points: z
          .string()
          .describe('Values in order of time; - where there is none, -x9 for nine; ×1e9: first where all are to be multiplied.'),
      }),
    ),
    next_cursor: nextCursor,
  }),
  untrusted: true,
  async run({ query, last, start, end, limit = usualSeries, cursor }, { client, signal }) {
    const range = await rangeOf({ last, start, end }, client, signal)
    const coarse = await client.queryRange(query, range, signal)
    const isFew = coarse.data.result.length <= fewSeries
    const fineStep = Math.max(finestStep, Math.ceil((range.end - range.start) / finePoints))
    const isFiner = isFew && fineStep * 2 <= range.step
    const { data, ...said } = isFiner ? await client.queryRange(query, { ...range, step: fineStep }, signal) : coarse
    const found = data.result
      .map((series) => ({ metric: series.metric, name: seriesText(series.metric), ...downsample(series, range) }))
      .toSorted((first, second) => byValue(first.max ?? Number.NaN, second.max ?? Number.NaN) || (first.name < second.name ? -1 : 1))
    const { rows, ...rest } = page(found, { limit, cursor })
    return {
      total: found.length,
      start: isoTime(range.start),
      step: spanText(range.step),
      note: noteOf({ isFiner, isFew, fineStep, range, shown: rows.length, found }) || undefined,
      warnings: [...said.warnings, ...said.infos].join('; ') || undefined,
      series: rows.map(({ name, min, max, mean, last: newest, points }) => ({ series: name, min, max, mean, last: newest, points })),
      ...rest,
    }
  },
})

async function rangeOf(
  { last, start, end }: { last: string; start: string | undefined; end: string | undefined },
  client: PrometheusClient,
  signal: AbortSignal,
): Promise<Range> {
  const to = end === undefined ? await client.now(signal) : givenTime('end', end)
  const back = spanSeconds(last)
  if (start === undefined && (back === undefined || back === 0))
    throw new ToolError('invalid_input', `last: '${last}' is not a span.`, { hint: 'Write 30m, 6h or 7d.' })
  const from = start === undefined ? to - (back ?? 0) : givenTime('start', start)
  if (from >= to) throw new ToolError('invalid_input', 'start is not before end.', { hint: 'Give a start before the end, or `last`.' })
  const step = Math.max(1, Math.ceil((to - from) / (mostPoints - 1)))
  // Whole seconds, so that points stand where they are said to.
  const whole = Math.floor(to)
  return { start: whole - Math.floor((to - from) / step) * step, end: whole, step }
}

function noteOf({
  isFiner,
  isFew,
  fineStep,
  range,
  shown,
  found,
}: {
  isFiner: boolean
  isFew: boolean
  fineStep: number
  range: Range
  shown: number
  found: readonly (Points & { metric: Record<string, string> })[]
}): string {
  if (found.length === 0) return nothingFound
  const notes = []
  if (isFiner) notes.push(`Points are means of ${spanText(range.step)}; min, max and mean are of samples ${spanText(fineStep)} apart.`)
  else if (!isFew) notes.push(`Peaks between points are not seen with more than ${fewSeries} series.`)
  if (shown < found.length)
    notes.push(`${shown} of ${found.length} series, the largest first; for fewer, ${howToNarrow(found.map(({ metric }) => metric))}`)
  return notes.join(' ')
}
