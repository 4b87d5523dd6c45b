/** The candidate nearest to what was written, where one is near enough to be meant. */
export function nearest(written: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined
  let least = Math.max(2, Math.floor(written.length / 3)) + 1
  for (const candidate of candidates) {
    const distance = editDistance(written, candidate, least)
    if (distance < least) [best, least] = [candidate, distance]
  }
  return best
}

/** A sentence naming the nearest candidate, or nothing. */
export function didYouMean(written: string, candidates: Iterable<string>): string {
  const found = nearest(written, candidates)
  return found === undefined ? '' : ` Did you mean '${found}'?`
}

function editDistance(first: string, second: string, limit: number): number {
  if (Math.abs(first.length - second.length) >= limit) return limit
  let previous = Array.from({ length: second.length + 1 }, (_, index) => index)
  for (let row = 1; row <= first.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= second.length; column += 1) {
      const substitution = (previous[column - 1] ?? 0) + (first[row - 1] === second[column - 1] ? 0 : 1)
      current.push(Math.min(substitution, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1))
    }
    previous = current
  }
  return previous[second.length] ?? limit
}
