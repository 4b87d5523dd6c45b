/** Finds where one of several beginnings stands in a text, in one walk whose cost hardly grows with their number. */
export interface Anchors<Found> {
  /** Each place a beginning stands, in order; `visit` gives the index to go on from. */
  walk(text: string, visit: (found: Found, index: number) => number): void
}

/** Makes a walk for beginnings of three characters or more, letters of ASCII in either case where `anyCase`. */
export function createAnchors<Found extends { readonly start: string }>(entries: readonly Found[], anyCase = false): Anchors<Found> {
  const fold = anyCase ? 0x20 : 0
  const byStart = new Map<number, Found[]>()
  const possible = new Uint8Array(65_536)
  for (const entry of entries) {
    const start = startOf(entry.start, 0, fold)
    possible[start] = 1
    byStart.set(start, [...(byStart.get(start) ?? []), entry])
  }
  const standsAt = ({ start }: Found, text: string, index: number): boolean =>
    text.startsWith(start, index) || (anyCase && text.slice(index, index + start.length).toLowerCase() === start)

  return {
    walk(text, visit) {
      const end = text.length - 2
      for (let index = 0; index < end; index += 1) {
        const start = startOf(text, index, fold)
        if (possible[start] === 0) continue
        const found = byStart.get(start)?.find((entry) => standsAt(entry, text, index))
        if (found !== undefined) index = Math.max(index, visit(found, index) - 1)
      }
    },
  }
}

function startOf(text: string, index: number, fold: number): number {
  return (
    ((text.charCodeAt(index) | fold) ^ ((text.charCodeAt(index + 1) | fold) << 4) ^ ((text.charCodeAt(index + 2) | fold) << 9)) & 0xffff
  )
}
