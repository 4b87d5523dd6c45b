import { z } from 'zod'
import { blockingText } from '../status-facts.ts'
import { targetOf } from '../targets.ts'
import { defineTool } from './define-tool.ts'

const longestSeconds = 7 * 86_400

/** Turns blocking on or off, for good or for a while. */
export const setBlocking = defineTool({
  name: 'set_blocking',
  title: 'Turn blocking on or off',
  description: 'Turn ad blocking on or off, for good or for some seconds.',
  access: 'operate',
  idempotent: true,
  input: z.object({
    enabled: z.boolean().describe('Enabled.'),
    seconds: z.number().int().min(1).max(longestSeconds).optional().describe('Then it turns back.'),
  }),
  output: z.object({
    blocking: z.string().describe('Whether it blocks.'),
    seconds_left: z.number().optional().describe('Until it turns back.'),
  }),
  async state(_, { client, signal }) {
    const { blocking, timer } = await client.blocking(signal)
    return { blocking: blockingText({ blocking }), seconds: typeof timer === 'number' ? Math.ceil(timer) : undefined }
  },
  // The seconds run on while somebody reads the plan.
  basis: ({ blocking, seconds }) => ({ blocking, isTimed: seconds !== undefined }),
  plan({ enabled, seconds }, { state }) {
    const word = enabled ? 'on' : 'off'
    const targets = [targetOf('blocking', 'state')]
    if (state.blocking === word && state.seconds === undefined && seconds === undefined)
      return { summary: `Blocking is ${word} already`, targets, nothing: true }
    return {
      summary: `Turn blocking ${word}${seconds === undefined ? '' : ` for ${seconds} s`}`,
      targets,
      diff: [`blocking: ${timed(state)} → ${timed({ blocking: word, seconds })}`],
      warnings:
        !enabled && seconds === undefined ? ['Nothing is blocked until somebody turns it on again; seconds would end it by itself.'] : [],
    }
  },
  async run({ enabled, seconds }, { client, signal }) {
    const { blocking, timer } = await client.setBlocking(enabled, seconds, signal)
    return { blocking: blockingText({ blocking }), ...(typeof timer === 'number' && { seconds_left: Math.ceil(timer) }) }
  },
  settled: ({ blocking, seconds }, { enabled, seconds: wanted }) =>
    (blocking === (enabled ? 'on' : 'off') && (seconds !== undefined) === (wanted !== undefined)) || `blocking is ${blocking}`,
  verified: (_, { blocking, seconds }) => ({ blocking, ...(seconds !== undefined && { seconds_left: seconds }) }),
  undo: ({ blocking, seconds }) => ({
    tool: 'set_blocking',
    input: { enabled: blocking === 'on', ...(seconds !== undefined && { seconds: Math.max(1, seconds) }) },
  }),
})

function timed({ blocking, seconds }: { blocking: string; seconds?: number | undefined }): string {
  return seconds === undefined ? blocking : `${blocking} for ${seconds} s`
}
