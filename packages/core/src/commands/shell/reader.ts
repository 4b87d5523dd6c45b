import type { Word } from './word.ts'

/** Thrown where text is not surely understood; the message is the predicate of a sentence about it. */
export class NotUnderstood extends Error {}

/** `2>&1`, `> file`, `<<END`. */
export interface Redirection {
  operator: string
  target: Word
  /** The text a here-document or here-string holds. */
  body?: Word
}

export interface Assignment {
  name: string
  value: Word
}

/** One simple command of a script, wherever it stands: in a pipeline, a loop, a substitution. */
export interface SimpleCommand {
  assignments: Assignment[]
  words: Word[]
  redirections: Redirection[]
  /** The function in whose body it stands. */
  within?: string
}

/** A here-document whose body is still to come, after the next line break. */
export interface PendingDocument {
  end: string
  expands: boolean
  stripsTabs: boolean
  redirection: Redirection
}

/** A place in the text of a script, and what was found in it so far. */
export interface Reader {
  text: string
  at: number
  depth: number
  commands: SimpleCommand[]
  functions: Set<string>
  /** The function whose body is read. */
  within?: string
  pending: PendingDocument[]
  /** Reads the commands of a substitution as far as its closing parenthesis. */
  nested: (reader: Reader) => void
}

const deepest = 40

/** Reads one level deeper, as far as that is bearable. */
export function deeper<T>(reader: Reader, read: () => T): T {
  if (reader.depth >= deepest) throw new NotUnderstood('is nested too deeply to be judged')
  reader.depth++
  try {
    return read()
  } finally {
    reader.depth--
  }
}
