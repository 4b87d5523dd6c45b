import { z } from 'zod'
import { isSelective, matchersKey, matcherText } from '../matchers.ts'
import { alertLines, alertNames, longestSilence, silenceFacts, type SilenceFacts } from '../silence-facts.ts'
import { targetName } from '../target-name.ts'
import { shortTime } from '../time.ts'
import { defineTool } from './define-tool.ts'

/** Ends a silence before its time. */
export const expireSilence = defineTool({
  name: 'expire_silence',
  title: 'End a silence',
  description: 'Remove a silence: its alerts are unmuted, and notify again if they still fire.',
  access: 'operate',
  idempotent: true,
  input: z.object({ silence: z.string().min(4).describe('Start of the id.') }),
  output: z.object({
    silence: z.string().describe('Id.'),
    state: z.string().describe('Whether it is in force.'),
    matchers: z.string().describe('What it matched.'),
  }),
  state: ({ silence }, { client, signal }) => silenceFacts(silence, client, signal),
  // A silence cannot be revived: what an undo brings back is another one with the same matchers.
  basis: ({ id, matchers, inForce }) => ({ id, matchers: matchersKey(matchers), in_force: inForce }),
  async plan(_, { state, client, instance, signal }) {
    const { id, alerts, author, comment } = state
    const targets = [targetName(instance, 'silence', id), ...alertNames(alerts).map((name) => targetName(instance, 'alert', name))]
    if (state.state === 'expired')
      return { summary: `Silence ${id} is expired already: there is nothing to change.`, targets, nothing: true }
    const now = (await client.alertmanager.now(signal)) / 1000
    return {
      summary: `End the silence on ${textOf(state)} by ${author || 'nobody named'} (${comment}), which would last until ${shortTime(state.endsAt)}`,
      targets,
      diff: [`state: ${state.state} → expired`, ...alertLines(alerts, 'silenced → firing')],
      warnings: limitsOfUndo(state, now),
    }
  },
  async run(_, { state, client, signal }) {
    if (state.state !== 'expired') await client.alertmanager.expireSilence(state.id, signal)
    return { silence: state.id, state: state.state, matchers: textOf(state) }
  },
  settled: ({ state }) => state === 'expired' || `it is still ${state}`,
  verified: (output, { state }) => ({ ...output, state }),
  undo: ({ id, state, matchers, endsAt, comment }) =>
    state === 'expired'
      ? { tool: 'expire_silence', input: { silence: id } }
      : {
          tool: 'silence_alert',
          input: {
            matchers: matchers.map(matcherText),
            duration: endsAt,
            reason: comment.trim().length < 3 ? 'put back' : comment.slice(0, 500),
          },
        },
})

function textOf({ matchers }: SilenceFacts): string {
  return matchers.map(matcherText).join(', ')
}

function limitsOfUndo({ matchers, endsAt, state }: SilenceFacts, now: number): string[] {
  return [
    ...(isSelective(matchers) ? [] : ['It matches nearly everything: silence_alert refuses to put one like it back.']),
    ...(Date.parse(endsAt) / 1000 - now > longestSilence ? ['It has more than 7 days to go: silence_alert puts back 7 at most.'] : []),
    ...(state === 'pending' ? ['It has not begun yet; put back, it would begin at once.'] : []),
  ]
}
