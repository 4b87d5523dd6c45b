import { ToolError } from '@rackwarden/core'
import { z } from 'zod'
import { counted, spanOf } from '../amounts.ts'
import { identityOf, identityPart } from '../identity.ts'
import { readinessPart, restartPart, startingOf, tenantsOf, tenantsPart } from '../restart.ts'
import { requireRoot } from '../root.ts'
import { systemOf, systemPart } from '../system.ts'
import { targetOf } from '../targets.ts'
import { failedUnitsOf, failuresPart } from '../units.ts'
import { rebootOf, rebootPart, updatesOf, updatesPart } from '../updates.ts'
import { defineTool } from './define-tool.ts'

// Servers with much memory and many disks take minutes before anything of Linux runs.
const comeBackMs = 15 * 60_000

/** Restarts a host and waits until it is back. */
export const rebootHost = defineTool({
  name: 'reboot_host',
  title: 'Reboot a host',
  description: 'Restart a whole Linux machine; done once it is back up. Tells first what runs on it.',
  access: 'admin',
  toolset: 'maintenance',
  input: z.object({}),
  output: z.object({
    host: z.string().describe('Its own name.'),
    back: z.boolean().describe('True once it runs anew.'),
    failed_before: z.array(z.string()).describe('Units that had failed before.'),
    failed_after: z.array(z.string()).describe('Units that have failed since.'),
    newly_failed: z.array(z.string()).describe('Of those, what had not failed before.'),
  }),
  async state(_, { client, signal }) {
    const { sections } = await client.ask([identityPart, readinessPart, failuresPart], { signal, asRoot: true })
    const { name, user, machine, boot, isHere } = await identityOf(sections)
    const failed = failedUnitsOf(sections).map((unit) => unit.name)
    return { name, user, machine, boot, isHere, starting: startingOf(sections), failed: failed.toSorted() }
  },
  basis: ({ machine, boot }) => ({ machine, boot }),
  async plan(_, { state, client, instance, signal, dependents }) {
    requireRoot(state, 'reboot it')
    if (state.boot === '')
      throw new ToolError('upstream', `${state.name} does not tell one boot from the next.`, {
        hint: 'Its kernel shows no /proc/sys/kernel/random/boot_id, so nobody would know whether it came back. Reboot it by hand.',
      })
    const parts = [systemPart, tenantsPart, rebootPart, updatesPart]
    const { sections, seconds } = await client.ask(parts, { signal, asRoot: true, timeoutMs: 60_000 })
    const { users, busy, containers, guests } = tenantsOf(sections)
    const { updates } = updatesOf(sections)
    const reason = rebootOf(sections)
    const away = dependents?.() ?? []
    const target = targetOf(instance, 'host', state.name)
    return {
      summary: `Reboot ${state.name}`,
      // What serves us goes down with the machine it runs on.
      targets: [target, ...(state.isHere ? ['rackwarden/process/host'] : [])],
      diff: [`up: ${spanOf(systemOf(sections, seconds).uptimeSeconds)} → from now`],
      warnings: [
        ...(busy.length > 0 ? [`At work, better finished first: ${busy.join(', ')}.`] : []),
        ...(guests.length > 0 ? [`Guests that go down with it: ${named(guests)}.`] : []),
        ...(containers.length > 0 ? [`Containers that go down with it: ${named(containers)}.`] : []),
        ...(away.length > 0 ? [`Not reachable meanwhile, being on it or behind it: ${away.join(', ')}.`] : []),
        ...(users.length > 0 ? [`Logged in, this session included: ${users.join(', ')}.`] : []),
        ...(state.failed.length > 0 ? [`Failed units already: ${named(state.failed)}.`] : []),
        ...(state.starting === undefined ? [] : [`It has not finished starting: ${state.starting}.`]),
        ...(updates.length > 0 ? [`${counted(updates.length, 'update')} would still wait afterwards.`] : []),
        reason === undefined ? 'Nothing on it asks for a reboot.' : `A reboot waits: ${reason}.`,
        'If it does not come back, only its console helps.',
      ],
    }
  },
  async run(_, { state, client, signal, progress }) {
    progress(`${state.name} is told to reboot`)
    const refused = await client.ask([restartPart], { signal, asRoot: true, timeoutMs: 60_000 }).then(
      ({ sections }) => (sections.text('restart:code').trim() === '0' ? undefined : sections.lines('restart:said').join(' ')),
      (error: unknown) => {
        // It may go down before it can answer; whether it did is seen afterwards.
        if (!signal.aborted && ToolError.isInstance(error) && ['unreachable', 'timeout', 'upstream'].includes(error.code)) return undefined
        throw error
      },
    )
    if (refused !== undefined)
      throw new ToolError('conflict', `${state.name} would not reboot: ${refused.slice(0, 300)}`, {
        hint: 'Something may hold it up: systemd-inhibit --list on the host tells what.',
      })
    return { host: state.name, back: false, failed_before: state.failed, failed_after: [], newly_failed: [] }
  },
  settled(after, _, before) {
    if (after.machine !== before.machine) return { failed: `${after.name} answers there now, which is another host` }
    if (after.boot === before.boot) return 'it has not gone down yet'
    return after.starting === undefined || `it is up again and starting: ${after.starting}`
  },
  settleWithinMs: comeBackMs,
  verified: (output, { failed }) => ({
    ...output,
    back: true,
    failed_after: failed,
    newly_failed: failed.filter((name) => !output.failed_before.includes(name)),
  }),
  undo: 'transient',
})

function named(names: readonly string[]): string {
  return `${names.slice(0, 12).join(', ')}${names.length > 12 ? ` and ${names.length - 12} more` : ''}`
}
