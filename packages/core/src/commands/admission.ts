import { ToolError } from '../define/error.ts'
import { judgeCommand } from './policy.ts'
import type { CommandVerdict } from './verdict.ts'

/** Throws where the command policy lets nobody run a command. */
export function refuseCommand({ decision, reason }: Pick<CommandVerdict, 'decision' | 'reason'>): void {
  if (decision !== 'refuse') return
  throw new ToolError('protected', `The command is refused: ${reason}`, { hint: 'If it must be, the owner runs it without Rackwarden.' })
}

/** Judges a command that is to run in a container or a guest, and gives what its plan has to warn of; throws where it is refused. */
export async function admitCommand(argv: readonly string[], stateDirectory: string | undefined): Promise<string[]> {
  const verdict = await judgeCommand(argv, stateDirectory === undefined ? {} : { stateDirectories: [stateDirectory] })
  const { decision, command } = verdict
  // What it quotes of the command may be a secret.
  const reason = command === undefined ? verdict.reason : verdict.reason.replace(`\`${command}\``, 'it')
  refuseCommand({ decision, reason })
  return decision === 'ask' ? [`The command is one to be asked about: ${reason}`] : []
}
