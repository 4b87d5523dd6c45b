import { ToolError, type Command, type RunCommand, type SetupPrint, type SetupStep } from '@rackwarden/core'

/** Steps that were done: what they printed, and how they are taken back. */
export interface DoneSteps {
  readonly printed: ReadonlyMap<SetupPrint, string>
  /** Takes back what was done, the last first; gives the commands that failed. */
  takeBack: () => Promise<readonly Command[]>
}

/** Runs steps in turn; where one fails, those before it are taken back, and the failure says so. */
export async function runSteps(steps: readonly SetupStep[], run: RunCommand, line: (command: Command) => string): Promise<DoneSteps> {
  const printed = new Map<SetupPrint, string>()
  const inverses: Command[] = []

  async function takeBack(): Promise<Command[]> {
    const failed: Command[] = []
    for (let inverse = inverses.pop(); inverse !== undefined; inverse = inverses.pop())
      try {
        await run(inverse)
      } catch (error) {
        if (!ToolError.isInstance(error)) throw error
        failed.push(inverse)
      }
    return failed
  }

  for (const step of steps) {
    try {
      const text = await firstThatWorks(step.ways, run)
      inverses.push(...(step.takeBack ?? []))
      if (step.prints !== undefined) printed.set(step.prints, text)
    } catch (error) {
      if (!ToolError.isInstance(error)) throw error
      if (step.mayFail === true) continue
      // Of what was cut off nobody knows how far it came.
      if (error.code !== 'upstream') inverses.push(...(step.takeBack ?? []))
      const had = inverses.length > 0
      throw failureOf(step, error, had, (await takeBack()).map(line))
    }
  }
  return { printed, takeBack }
}

async function firstThatWorks(ways: readonly Command[], run: RunCommand): Promise<string> {
  let failure: unknown
  for (const way of ways)
    try {
      return await run(way)
    } catch (error) {
      if (!ToolError.isInstance(error) || error.code !== 'upstream') throw error
      failure = error
    }
  throw failure
}

function failureOf({ title }: SetupStep, { code, message, hint }: ToolError, had: boolean, left: readonly string[]): ToolError {
  const became =
    left.length > 0
      ? ` What was done before could not be taken back: run there ${left.join(' ; ')}`
      : had
        ? ' What was done before it is taken back.'
        : ' Nothing was changed.'
  return new ToolError(code, `It could not ${title}: ${message}${became}`, { hint: hint ?? 'Mend it, and run setup again.' })
}
