/** Finds where one of several beginnings stands in a text, in one walk whose cost hardly grows with their number. */
export interface Anchors<Found> {
  /** Each place a beginning stands, in order; `visit` gives the index to go on from. */
  walk(text: string, visit: (found: Found, index: number) => number): void
}

/** Three characters of a text as one number, each next made of the last. */
const mask = 0x7fff
const shift = 5

/** Makes a walk for beginnings of three characters or more, letters of ASCII in either case where `anyCase`. */
export function createAnchors<Found extends { readonly start: string }>(entries: readonly Found[], anyCase = false): Anchors<Found> {
  const fold = anyCase ? 0x20 : 0
  const lists: Found[][] = []
  /** Which list holds the entries that begin with a key, counted from one. */
  const listOf = new Uint16Array(mask + 1)
  for (const entry of entries) {
    let key = 0
    for (let index = 0; index < 3; index += 1) key = ((key << shift) ^ (entry.start.charCodeAt(index) | fold)) & mask
    if (listOf[key] === 0) listOf[key] = lists.push([])
    lists[(listOf[key] ?? 0) - 1]?.push(entry)
  }
  /** Most that begins alike goes on otherwise, which one character shows; one that is not ASCII may be a letter in another case. */
  const mayStandAt = ({ start }: Found, text: string, index: number): boolean => {
    const code = text.charCodeAt(index + 3)
    return start.length === 3 || code > 127 || (code | fold) === (start.charCodeAt(3) | fold)
  }
  const standsAt = (entry: Found, text: string, index: number): boolean =>
    mayStandAt(entry, text, index) &&
    (text.startsWith(entry.start, index) || (anyCase && text.slice(index, index + entry.start.length).toLowerCase() === entry.start))
  const foundIn = (list: readonly Found[] | undefined, text: string, index: number): Found | undefined => {
    for (const entry of list ?? []) if (standsAt(entry, text, index)) return entry
    return undefined
  }

  return {
    walk(text, visit) {
      // Bytes are read several times faster than a string's characters; what is cut off of those is looked at again.
      const bytes = Buffer.from(text, 'latin1')
      let key = 0
      let from = 0
      for (let index = 0; index < bytes.length; index += 1) {
        key = ((key << shift) ^ ((bytes[index] ?? 0) | fold)) & mask
        const list = listOf[key] ?? 0
        if (list === 0 || index < from + 2) continue
        const found = foundIn(lists[list - 1], text, index - 2)
        if (found === undefined) continue
        from = Math.max(index - 1, visit(found, index - 2))
        // The next beginning is whole behind what was visited.
        if (from > index) index = from - 1
      }
    },
  }
}
