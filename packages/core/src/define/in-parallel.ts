/** Maps items, at most `bound` of them at a time; results come in the order of the items, and the first failure ends it. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  bound: number,
  map: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  const queue = queueOf(items)
  const work = async () => {
    for (const [index, item] of queue) results[index] = await map(item)
  }
  await Promise.all(Array.from({ length: Math.min(bound, items.length) }, work))
  return results
}

/** A generator, for it ends for all who take from it as soon as one of them throws. */
function* queueOf<Item>(items: readonly Item[]): Generator<[number, Item]> {
  yield* items.entries()
}
