import { ToolError } from '@rackwarden/core'
import { z } from 'zod'
import type { PiholeClient } from '../client.ts'
import { targetOf } from '../targets.ts'
import { defineTool } from './define-tool.ts'

/** Builds gravity anew from the lists. */
export const updateGravity = defineTool({
  name: 'update_gravity',
  title: 'Update gravity',
  description: 'Download the block lists again and build gravity from them.',
  access: 'operate',
  input: z.object({}),
  output: z.object({ domains_on_lists: z.number().describe('Domains on its lists now.') }),
  async state(_, { client, signal }) {
    const { gravity } = await client.summary(signal)
    return { builtAt: gravity.last_update, domains: gravity.domains_being_blocked }
  },
  plan: (_, { state }) => ({
    summary: 'Build gravity anew',
    targets: [targetOf('gravity', 'lists')],
    diff: [`gravity: ${state.domains} domains → what the lists hold now`],
  }),
  async run(_, { client, state, signal, progress }) {
    const said = await client.updateGravity(progress, signal)
    const failed = said.find((line) => line.startsWith('[✗]') && /unable|unavailable|fail|error/i.test(line) && !/status/i.test(line))
    if (failed !== undefined)
      throw new ToolError('upstream', `Gravity was not built: ${failed.replace(/^\[✗\]\s*/, '')}`, {
        hint: 'The Pi-hole goes on with the gravity it had; its messages in needs_attention say more.',
      })
    return { domains_on_lists: state.domains }
  },
  settled: (after, _, before) => after.builtAt !== before.builtAt || 'its gravity is still the one before',
  verified: (_, after) => ({ domains_on_lists: after.domains }),
  undo: 'transient',
})

/** Whether its DNS answers, asked for the name it always has. */
async function isAnswering(client: PiholeClient, signal: AbortSignal): Promise<boolean> {
  try {
    await client.resolver.ask('pi.hole', 'A', signal)
    return true
  } catch (error) {
    if (ToolError.isInstance(error)) return false
    throw error
  }
}

/** Restarts the resolver, one instance settled before the next begins. */
export const restartDns = defineTool({
  name: 'restart_dns',
  title: 'Restart the DNS',
  description: 'Restart the DNS resolver, one Pi-hole after the other.',
  access: 'operate',
  input: z.object({}),
  output: z.object({ state: z.string().describe('What answers now.') }),
  async state(_, { client, signal }) {
    const [pid, answers] = await Promise.all([client.pid(signal), isAnswering(client, signal)])
    return { pid, answers }
  },
  // A plan holds whichever process it is that is restarted.
  basis: () => 'restart',
  plan: (_, { state, client }) => ({
    summary: 'Restart the DNS',
    targets: [targetOf('process', 'FTL')],
    warnings: [
      'For a few seconds it answers nobody; with several instances the others go on.',
      ...(state.answers ? [] : [`Its DNS does not answer at ${client.resolver.name} now, so only its API will tell that it is back.`]),
    ],
  }),
  async run(_, { client, signal }) {
    await client.restartDns(signal)
    return { state: 'restarting' }
  },
  settled: (after, _, before) => {
    if (after.pid === before.pid) return 'it has not restarted yet'
    return after.answers || !before.answers || 'its DNS does not answer yet'
  },
  settleWithinMs: 90_000,
  verified: (_, after) => ({ state: after.answers ? 'DNS and API answer' : 'API answers' }),
  undo: 'transient',
})
