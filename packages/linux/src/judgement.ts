import { judgeCommand, judgeScript, type CommandVerdict } from '@rackwarden/core'
import type { Command } from './command.ts'
import { quoted } from './command-words.ts'
import { ownUnits } from './identity.ts'

/** What the command policy says of a command; the state directory is given where it is a directory of the same machine. */
export async function judged(
  { argv, script, directory }: Pick<Command, 'argv' | 'script' | 'directory'>,
  stateDirectory: string | undefined,
): Promise<CommandVerdict> {
  const context = stateDirectory === undefined ? {} : { stateDirectories: [stateDirectory], ownUnits: await ownUnits() }
  const text = script ?? quoted(argv ?? [])
  const verdicts = await Promise.all([
    ...(argv === undefined ? [judgeScript(text, context)] : [judgeCommand(argv, context)]),
    // What is meant by a path that does not begin at the root depends on where it runs.
    ...(directory === undefined ? [] : [judgeScript(`cd ${quoted([directory])}\n${text}`, context)]),
  ])
  return (
    verdicts.find(({ decision }) => decision === 'refuse') ??
    verdicts.find(({ decision }) => decision === 'ask') ??
    (verdicts[0] as CommandVerdict)
  )
}
