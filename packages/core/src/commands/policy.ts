import type { CommandContext, CommandVerdict } from './verdict.ts'

/** Judges an argument vector before it is run: whether it may run, must be asked about, or is refused. */
export async function judgeCommand(argv: readonly string[], context?: CommandContext): Promise<CommandVerdict> {
  const { judgeVector } = await import('./judge.ts')
  return judgeVector(argv, context)
}

/** Judges the text of a script of POSIX shell or bash before it is run; the worst of its commands counts. */
export async function judgeScript(script: string, context?: CommandContext): Promise<CommandVerdict> {
  const { judgeText } = await import('./judge.ts')
  return judgeText(script, context)
}
