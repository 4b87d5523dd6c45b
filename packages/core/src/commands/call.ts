import type { SimpleCommand } from './shell/reader.ts'
import type { Word } from './shell/word.ts'
import type { CommandContext, Opinion } from './verdict.ts'

/** What is known where a command runs. */
export interface Scope {
  context: Required<CommandContext>
  /** Directories it may run in: `''` the one it starts in, a NUL one nobody knows. */
  directories: Set<string>
  judgeWords(words: readonly Word[], document?: Word): Opinion
  judgeText(script: string): Opinion
  judgeCommand(command: SimpleCommand): Opinion
}

/** One program about to be run with these arguments. */
export interface Call {
  name: string
  words: readonly Word[]
  scope: Scope
  /** What a here-document gives it to read. */
  document: Word | undefined
}

/** What a rule says of a call; nothing where it does not object. */
export type Judge = (call: Call) => Opinion

/** The rules of one domain, by the names of programs. */
export type Rules = Readonly<Record<string, Judge>>
