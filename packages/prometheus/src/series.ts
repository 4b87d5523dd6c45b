type Labels = Readonly<Record<string, string>>

const plainMetric = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/
const plainLabel = /^[a-zA-Z_][a-zA-Z0-9_]*$/

/** Labels as PromQL writes them, without the braces. */
export function labelsText(labels: Labels): string {
  return Object.entries(labels)
    .toSorted(([first], [second]) => (first < second ? -1 : 1))
    .map(([name, value]) => `${plainLabel.test(name) ? name : JSON.stringify(name)}=${JSON.stringify(value)}`)
    .join(', ')
}

/** A series as PromQL selects it, names that need quotes included. */
export function seriesText({ __name__: name, ...labels }: Labels): string {
  const inner = labelsText(labels)
  if (name === undefined) return `{${inner}}`
  if (!plainMetric.test(name)) return `{${[JSON.stringify(name), inner].filter((part) => part !== '').join(', ')}}`
  return inner === '' ? name : `${name}{${inner}}`
}

/** A number of Prometheus as JSON can hold it. */
export function valueOf(text: string): number | string {
  const value = numberOf(text)
  return Number.isFinite(value) ? shortNumber(value) : text
}

/** A number of Prometheus, infinite ones included. */
export function numberOf(text: string): number {
  if (text === '+Inf' || text === 'Inf') return Number.POSITIVE_INFINITY
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text)
}

/** As many digits as a person reads; whole numbers stay whole. */
export function shortNumber(value: number, digits = 6): number {
  return Math.abs(value) >= 10 ** digits ? Math.round(value) : Number(value.toPrecision(digits))
}

/** Orders by value, the largest first and what is no number last. */
export function byValue(first: number, second: number): number {
  if (Number.isNaN(first) || Number.isNaN(second)) return Number(Number.isNaN(first)) - Number(Number.isNaN(second))
  return first === second ? 0 : second > first ? 1 : -1
}

const mostNamed = 5

/** How to ask for fewer series, and what tells these apart: what most of them have first, then what has the fewest values. */
export function howToNarrow(metrics: readonly Labels[]): string {
  const labels = new Map<string, { carriers: number; values: Set<string> }>()
  for (const metric of metrics)
    for (const [name, value] of Object.entries(metric)) {
      const label = labels.get(name) ?? { carriers: 0, values: new Set() }
      label.carriers += 1
      label.values.add(value)
      labels.set(name, label)
    }
  const named = [...labels]
    .filter(([, { values }]) => values.size > 1)
    .toSorted(([, first], [, second]) => second.carriers - first.carriers || first.values.size - second.values.size)
    .slice(0, mostNamed)
    .map(([name, { values }]) => `${name === '__name__' ? 'metric name' : name} (${values.size} values)`)
  const apart = named.length === 0 ? '' : ` They differ by ${named.join(', ')}.`
  return `add matchers, aggregate with sum by (…) (…), or keep the largest with topk(10, …).${apart}`
}
