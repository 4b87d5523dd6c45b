/** What is not seen where it stands: control, format, private and unassigned characters, lone surrogates, odd spaces, fillers. */
const unseen = new RegExp(
  [
    String.raw`[\p{C}\u00A0\u115F\u1160\u2000-\u200F\u2028\u2029\u202F\u205F\u3000\u3164\uFFA0]`,
    String.raw`\u034F|\u17B4|\u17B5|[\u180B-\u180F]|[\uFE00-\uFE0F]|[\u{E0100}-\u{E01EF}]`,
  ].join('|'),
  'gu',
)

/** A text with everything that hides in it shown by its number: `⟨U+200B⟩`. Tag characters, which spell words, are spelled out. */
export function visibleText(text: string): string {
  return text.replaceAll(unseen, (character) => {
    if (character === '\n') return character
    const code = character.codePointAt(0) ?? 0
    const spelled = code >= 0xe0020 && code <= 0xe007e ? ` '${String.fromCodePoint(code - 0xe0000)}'` : ''
    return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}${spelled}⟩`
  })
}

/** How many characters of a text nobody would see. */
export function countUnseen(text: string): number {
  return [...text.matchAll(unseen)].filter(([character]) => character !== '\n').length
}
