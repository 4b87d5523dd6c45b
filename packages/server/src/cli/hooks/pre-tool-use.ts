import { judgeScript, type CommandVerdict } from '@rackwarden/core'
import { cleanText } from '@rackwarden/core/runtime'
import { isRecord } from '../../json-rpc.ts'
import { exitCodes } from '../failure.ts'
import type { Terminal } from '../terminal.ts'
import { reachesLab, readReach } from './reach.ts'
import { judgedTool } from './settings-hook.ts'

/** What `hook pre-tool-use` can be told. */
export interface PreToolUseOptions {
  all?: boolean
  config?: string
}

const mostBytes = 1_048_576

/**
 * Answers Claude Code, which is about to use a tool. An allowed command is not answered at all: what the client asks of its
 * own stays asked. Whatever goes wrong is a question to a person, never a command let through or a client that stumbles.
 */
export async function preToolUse(options: PreToolUseOptions, terminal: Terminal): Promise<number> {
  const verdict = await judged(options, terminal).catch(() => unclear('could not be judged'))
  if (verdict !== undefined && verdict.decision !== 'allow')
    terminal.print(
      JSON.stringify({
        hookSpecificOutput: {
          hookEventName: 'PreToolUse',
          permissionDecision: verdict.decision === 'refuse' ? 'deny' : 'ask',
          permissionDecisionReason: `Rackwarden: ${cleanText(verdict.reason)}`,
        },
      }),
    )
  return exitCodes.ok
}

/** What is said of a call; nothing where it is not ours to judge. */
async function judged({ all = false, config }: PreToolUseOptions, terminal: Terminal): Promise<CommandVerdict | undefined> {
  const text = (await terminal.read?.(mostBytes)) ?? ''
  const call: unknown = JSON.parse(text)
  if (!isRecord(call) || typeof call['tool_name'] !== 'string') return unclear('is in a form that is not known')
  if (call['tool_name'] !== judgedTool) return undefined
  const input = call['tool_input']
  if (!isRecord(input) || typeof input['command'] !== 'string') return unclear('is in a form that is not known')
  const { command } = input
  const reach = await readReach(config, terminal)
  if (!all && !reachesLab(command, reach, terminal.environment)) return undefined
  const [state = '', ...others] = reach.places
  return judgeScript(command, { stateDirectories: [state], protectedPaths: others })
}

function unclear(why: string): CommandVerdict {
  return { decision: 'ask', reason: `The call ${why}.` }
}
