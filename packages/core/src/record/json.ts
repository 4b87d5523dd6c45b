/** The JSON a text holds; undefined where a crash or a hand left something else, and for `null`. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) ?? undefined
  } catch {
    return undefined
  }
}
