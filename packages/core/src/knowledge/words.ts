/** What is longer is no word, but data. */
const longestWord = 64

/** Words as they are looked for: names as `nas-2` and `10.0.0.5` whole, and their parts. */
export function wordsOf(text: string): string[] {
  const words: string[] = []
  for (const [name] of text.toLowerCase().matchAll(/[\p{L}\p{N}]+(?:[-_.:'][\p{L}\p{N}]+)*/gu)) {
    if (name.length <= longestWord) words.push(name)
    const parts = name.split(/[-_.:']/)
    if (parts.length > 1) words.push(...parts.filter((part) => part.length > 1 && part.length <= longestWord))
  }
  return words
}
