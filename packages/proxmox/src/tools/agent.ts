import { ToolError } from '@rackwarden/core'
import { z } from 'zod'
import { attempt } from '../attempt.ts'
import { findGuest, nameOf } from '../find-guest.ts'
import { hasAgent } from '../guest-config.ts'
import { agentLimitMs } from '../guest-details.ts'
import { defineTool, guestInput } from './define-tool.ts'

/** Tells whether the guest agent of a virtual machine answers. */
export const pingAgent = defineTool({
  name: 'ping_agent',
  title: 'Ping a guest agent',
  description: 'Whether the QEMU guest agent in a virtual machine answers, within two seconds.',
  access: 'observe',
  toolset: 'guests',
  input: z.object({ guest: guestInput }),
  output: z.object({
    guest: z.string().describe('Name.'),
    agent: z.string().describe('What came of it.'),
    milliseconds: z.number().optional().describe('Until it answered.'),
    advice: z.string().optional().describe('What to do where it does not.'),
  }),
  async run({ guest: reference }, { client, signal }) {
    const { guests } = await client.resources(signal)
    const guest = findGuest(guests, reference)
    if (guest.kind === 'lxc')
      throw new ToolError('invalid_input', `${nameOf(guest)} is a container, and has no guest agent.`, {
        hint: 'A container needs none: what runs in it is reached from its node.',
      })
    const config = await client.guestConfig(guest, signal)
    const { name } = guest
    if (!hasAgent(guest.kind, config))
      return {
        guest: name,
        agent: 'not configured',
        advice: 'Install qemu-guest-agent in it, enable the agent in its options, and start it anew.',
      }
    if (guest.status !== 'running') return { guest: name, agent: `the guest is ${guest.status}` }
    const before = performance.now()
    const { problem } = await attempt(agentLimitMs, signal, async (own) => client.pingAgent(guest, own))
    if (problem === undefined) return { guest: name, agent: 'answers', milliseconds: Math.round(performance.now() - before) }
    if (problem.code === 'forbidden' || problem.code === 'unauthorized') throw problem
    return {
      guest: name,
      agent: `does not answer: ${problem.message}`,
      advice: 'Is qemu-guest-agent installed and running in it? Without it no address is seen, and a shutdown depends on ACPI.',
    }
  },
})
