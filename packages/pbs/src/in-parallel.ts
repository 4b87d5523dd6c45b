/** Maps with at most `bound` calls under way at a time, in order; the first failure ends it. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  bound: number,
  map: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  const queue = items.entries()
  const work = async () => {
    for (const [index, item] of queue) results[index] = await map(item)
  }
  await Promise.all(Array.from({ length: Math.min(bound, items.length) }, work))
  return results
}
