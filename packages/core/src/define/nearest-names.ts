// A slip in a few letters leaves few pairs standing.
const shortName = 4

/** Names that resemble what was written, most alike first, at most three. */
export function nearestNames(written: string, names: Iterable<string>): string[] {
  const own = pairs(written)
  return [...names]
    .map((name) => ({ name, score: likeness(own, pairs(name), name.includes(written) && written.length > 1) }))
    .filter(({ score }) => score >= (written.length <= shortName ? 0.25 : 0.4))
    .toSorted((first, second) => second.score - first.score || (first.name < second.name ? -1 : 1))
    .slice(0, 3)
    .map(({ name }) => name)
}

/** A sentence naming the nearest name, or nothing. */
export function didYouMean(written: string, names: Iterable<string>): string {
  const [nearest] = nearestNames(written, names)
  return nearest === undefined ? '' : ` Did you mean '${nearest}'?`
}

function likeness(first: ReadonlySet<string>, second: ReadonlySet<string>, contained: boolean): number {
  const shared = [...first].filter((pair) => second.has(pair)).length
  const dice = (2 * shared) / Math.max(1, first.size + second.size)
  return contained ? 0.5 + dice / 2 : dice
}

function pairs(text: string): Set<string> {
  const padded = ` ${text.toLowerCase()} `
  return new Set(Array.from({ length: padded.length - 1 }, (_, index) => padded.slice(index, index + 2)))
}
