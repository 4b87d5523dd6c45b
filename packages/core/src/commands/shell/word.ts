/** Stands in the text of a word for what is known only when the shell runs. */
export const unknown = '\0'

/** One word of a command, after quotes and before expansions whose outcome nobody knows yet. */
export interface Word {
  text: string
  /** An unquoted expansion: it may become several words, or none. */
  splits: boolean
  /** Holds an unquoted `*`, `?` or `[`. */
  globs: boolean
  /** Any part of it was quoted: it is no reserved word and no name of an assignment. */
  quoted: boolean
}

/** A word that is exactly this text. */
export function literal(text: string): Word {
  return { text, splits: false, globs: false, quoted: true }
}

/** Any number of words nobody knows yet. */
export const anything: Word = { text: unknown, splits: true, globs: false, quoted: false }

/** One word nobody knows yet. */
export const something: Word = { text: unknown, splits: false, globs: false, quoted: true }

export function isKnown(word: Word): boolean {
  return !word.splits && !word.text.includes(unknown)
}

/** It begins like an option, or may turn out to. */
export function mayBeOption({ text, splits, globs }: Word): boolean {
  return splits || text.startsWith('-') || text.startsWith(unknown) || (globs && /^[*?[]/.test(text))
}

/** How a command is shown to a person: as written, shortened, `…` where it is not known. */
export function shown(words: readonly Word[]): string {
  const line = words
    .slice(0, 40)
    .map(({ text }) => (/^[\w@%+=:,./~*?{}[\]!-]+$/.test(text) ? text : `'${text.slice(0, 200).replaceAll(unknown, '…')}'`))
    .join(' ')
  // oxlint-disable-next-line no-control-regex -- it is shown on a terminal
  const clean = line.replace(/[\u0000-\u001F\u007F-\u009F\u200B-\u200F\u2028-\u202E\u2066-\u2069]/g, '·')
  return clean.length > 160 ? `${clean.slice(0, 159)}…` : clean
}
