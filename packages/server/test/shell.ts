import { applicationOf } from '../src/application.ts'
import { commandLine } from '../src/run.ts'
import { lamp } from './fixture-service.ts'
import { temporaryDirectory } from './lab.ts'

const application = applicationOf(lamp, '4.5.6')

/** What a command printed, and how it ended. */
export interface Ran {
  code: number
  output: string
  errors: string
}

/** What a person types, by what the question says. */
export type Typed = Readonly<Record<string, string>>

/** A shell of a test's own. */
export interface Shell {
  (...argv: string[]): Promise<Ran>
  /** The same with a person at the terminal. */
  typing(typed: Typed, ...argv: string[]): Promise<Ran>
  directory: string
}

/** A shell of a test's own: a home, a working directory and an environment. */
export async function shell(environment: Record<string, string> = {}): Promise<Shell> {
  const directory = await temporaryDirectory()
  const own = { HOME: directory, RACKWARDEN_STATE_DIR: `${directory}/state`, ...environment }
  const ran = async (argv: readonly string[], typed?: Typed): Promise<Ran> => {
    const [output, errors]: [string[], string[]] = [[], []]
    const code = await commandLine(application, argv, {
      print: (text) => void output.push(text),
      complain: (text) => void errors.push(text),
      environment: own,
      directory,
      ...(typed === undefined ? {} : { ask: (question: string) => Promise.resolve(answerTo(question, typed)) }),
    })
    return { code, output: output.join('\n'), errors: errors.join('\n') }
  }
  return Object.assign((...argv: string[]) => ran(argv), {
    typing: (typed: Typed, ...argv: string[]) => ran(argv, typed),
    directory,
  })
}

function answerTo(question: string, typed: Typed): string {
  const [, answer] = Object.entries(typed).find(([part]) => question.includes(part)) ?? []
  if (answer === undefined) throw new Error(`nobody expected to be asked '${question}'`)
  return answer
}
