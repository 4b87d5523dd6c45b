import { wordsOf } from './words.ts'

/** Longest part of a passage that is shown. */
const longestShown = 1_400

/** The part of a long passage around the line that says most of what was asked for. */
export function shownPart(text: string, isAsked: (word: string) => boolean): string {
  if (text.length <= longestShown) return text
  const lines = text.split('\n').map((line) => (line.length > longestShown ? around(line, isAsked) : line))
  const worths = lines.map((line) => new Set(wordsOf(line).filter(isAsked)).size)
  const best = worths.indexOf(Math.max(...worths))
  let [start, end] = [best, best + 1]
  let length = lines[best]?.length ?? 0
  for (;;) {
    const [before, after] = [lines[start - 1], lines[end]]
    const isBefore = before !== undefined && (after === undefined || best - start <= end - best)
    const line = isBefore ? before : after
    if (line === undefined || length + line.length > longestShown) break
    length += line.length + 1
    if (isBefore) start -= 1
    else end += 1
  }
  const shown = lines.slice(start, end).join('\n')
  const isCut = end < lines.length || shown.length > longestShown
  return [start > 0 ? '…' : '', shown.slice(0, longestShown), isCut ? '…' : ''].filter((part) => part !== '').join('\n')
}

/** The part of a line that is longer than all that is shown, from a little before the first word that was asked for. */
function around(line: string, isAsked: (word: string) => boolean): string {
  const word = wordsOf(line).find(isAsked)
  const at = word === undefined ? 0 : line.toLowerCase().indexOf(word)
  return line.slice(Math.max(0, Math.min(at - longestShown / 4, line.length - longestShown))).slice(0, longestShown)
}
