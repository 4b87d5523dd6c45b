import { readFileSync, renameSync, writeFileSync } from 'node:fs'

/** What every pretend program keeps, beside what it is about. */
interface Kept {
  /** How the programs were called. */
  called: string[]
  /** Calls that fail, by a part of them. */
  failing: { when: string; says?: string }[]
}

/** A program of a pretend machine while it runs. */
export interface PretendProgram<State> {
  state: State
  /** What it was called as. */
  program: string
  argv: readonly string[]
  /** Prints what is answered, ends as what was refused, and keeps what came of it; `busy` is what a call that is to fail says. */
  run: (answer: () => string, busy: string) => void
}

class Refusal extends Error {}

/** Ends a pretend program as the real one ends where it refuses: with this on its stderr. */
export function refuse(text: string): never {
  throw new Refusal(text)
}

/** Words behind two dashes, as `--name value` or `--name=value`, and the others. */
export function wordsOf(argv: readonly string[]): { plain: string[]; options: Record<string, string | undefined> } {
  const plain: string[] = []
  const options: Record<string, string | undefined> = {}
  const left = [...argv]
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    const [name = '', ...value] = word.split('=')
    if (!name.startsWith('--')) plain.push(word)
    else options[name.slice(2)] = value.length > 0 ? value.join('=') : left.shift()
  }
  return { plain, options }
}

/** Opens the program a pretend machine called: with what is kept, and how it was called written down in it. */
export function openPretendProgram<State extends Kept>(): PretendProgram<State> {
  const [file = '', program = '', ...argv] = process.argv.slice(2)
  const state = JSON.parse(readFileSync(file, 'utf8')) as State
  const call = [program, ...argv].join(' ')
  state.called.push(call)
  return {
    state,
    program,
    argv,
    run(answer, busy) {
      try {
        const failure = state.failing.find(({ when }) => call.includes(when))
        if (failure !== undefined) refuse(failure.says ?? busy)
        const text = answer()
        if (text !== '') process.stdout.write(`${text}\n`)
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        process.stderr.write(`${error.message}\n`)
        process.exitCode = 255
      }
      writeFileSync(`${file}.new`, JSON.stringify(state))
      renameSync(`${file}.new`, file)
    },
  }
}
