import type { Range } from './client.ts'
import type { RangeSeries } from './prometheus-schema.ts'
import { numberOf, shortNumber, valueOf } from './series.ts'

/** One series, brought to a few numbers. */
export interface Points {
  min?: number
  max?: number
  mean?: number
  last?: number | string
  /** Values of the steps in order; - where there is none, -x9 for nine such in a row; `×1e9:` before values that are to be multiplied. */
  points: string
}

/** Brings the samples of a series to one value per step, the mean of those since the step before, and to what tells of all. */
export function downsample({ values, histograms }: RangeSeries, { start, end, step }: Range): Points {
  const samples = values.length > 0 ? values : histograms.map(([time, { count }]) => [time, count] as const)
  const steps = Math.floor((end - start) / step) + 1
  const sums = Array.from({ length: steps }, () => ({ sum: 0, count: 0, odd: '' }))
  let [min, max, sum, count] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0]
  for (const [time, text] of samples) {
    const slot = sums[Math.min(steps - 1, Math.max(0, Math.ceil((time - start) / step - 1e-9)))]
    const value = numberOf(text)
    if (slot === undefined) continue
    if (!Number.isFinite(value)) {
      slot.odd = text
      continue
    }
    slot.sum += value
    slot.count += 1
    min = Math.min(min, value)
    max = Math.max(max, value)
    sum += value
    count += 1
  }
  const factor = factorOf(Math.max(Math.abs(min), Math.abs(max)))
  const points = sums.map((slot) => (slot.count > 0 ? shortNumber(slot.sum / slot.count / factor, 4).toString() : slot.odd || '-'))
  const newest = samples.at(-1)?.[1]
  return {
    ...(count === 0 ? {} : { min: shortNumber(min), max: shortNumber(max), mean: shortNumber(sum / count) }),
    ...(newest === undefined ? {} : { last: valueOf(newest) }),
    points: `${factor === 1 ? '' : `×${factor.toExponential().replace('+', '')}: `}${points.join(' ')}`.replaceAll(
      /-(?: -){3,}(?= |$)/g,
      (gap) => `-x${(gap.length + 1) / 2}`,
    ),
  }
}

/** A power of a thousand that spares each point the digits of bytes. */
function factorOf(largest: number): number {
  return Number.isFinite(largest) && largest >= 100_000 ? 1000 ** Math.floor(Math.log10(largest) / 3) : 1
}
