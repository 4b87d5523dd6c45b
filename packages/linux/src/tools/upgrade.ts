import { ToolError } from '@rackwarden/core'
import { z } from 'zod'
import { counted } from '../amounts.ts'
import { identityOf, identityPart } from '../identity.ts'
import { requireRoot } from '../root.ts'
import { targetOf } from '../targets.ts'
import { rebootOf, rebootPart, updatesOf, updatesPart } from '../updates.ts'
import { foretoldOf, foretoldPart, type Step } from '../upgrade.ts'
import { parametersOf, upgrade } from '../upgrading.ts'
import { defineTool } from './define-tool.ts'

/** Installs what waits. */
export const applyUpdates = defineTool({
  name: 'apply_updates',
  title: 'Apply updates',
  description: 'Install pending package updates or security patches with apt: upgrade exactly the planned packages.',
  access: 'admin',
  toolset: 'maintenance',
  wayBackFirst: true,
  input: z.object({
    only: z.enum(['security', 'all']).describe('Only.'),
    allow_removals: z.boolean().default(false).describe('Allow removals.'),
  }),
  output: z.object({
    installed: z.array(z.string()).describe('Packages: version before, version now.'),
    removed: z.array(z.string()).describe('Packages that are gone.'),
    held_back: z.array(z.string()).describe('Packages that wait still.'),
    reboot: z.string().optional().describe('Why a reboot waits; absent where none does.'),
  }),
  async state({ only, allow_removals }, { client, signal }) {
    const { sections } = await client.ask([identityPart, foretoldPart, rebootPart], {
      signal,
      asRoot: true,
      parameters: parametersOf({ only, removals: allow_removals }),
      timeoutMs: 150_000,
    })
    const { name, user, machine, isHere } = await identityOf(sections)
    return { name, user, machine, isHere, ...foretoldOf(sections), reboot: rebootOf(sections) }
  },
  basis: ({ machine, digest }) => ({ machine, digest }),
  async plan({ only, allow_removals }, { state, client, instance, signal }) {
    const { installs, removes, held } = state
    requireRoot(state, 'install packages')
    if (removes.length > 0 && !allow_removals)
      throw new ToolError('conflict', `Packages would be removed for it: ${removes.map((step) => step.package).join(', ')}.`, {
        hint: 'If they may go, say allow_removals: true.',
      })
    const { sections } = await client.ask([updatesPart], { signal, asRoot: true, timeoutMs: 60_000 })
    const { listsDays, updates } = updatesOf(sections)
    const target = targetOf(instance, 'host', state.name)
    const kind = only === 'security' ? 'security update' : 'update'
    const others = updates.length - installs.length
    const isNothing = installs.length + removes.length === 0
    return {
      summary: isNothing
        ? `There is no ${kind} to install on ${state.name}`
        : `Install ${counted(installs.length, kind)} on ${state.name}${removes.length === 0 ? '' : `, and remove ${counted(removes.length, 'package')}`}`,
      targets: [target, ...[...installs, ...removes].map((step) => targetOf(instance, 'package', step.package))],
      diff: [...installs, ...removes].map(lineOf),
      warnings: [
        ...(isNothing ? [] : ['What was installed is not taken back: older versions may be gone.']),
        ...(held.length > 0 ? [`Held back${allow_removals ? '' : ', some perhaps for what would have to go'}: ${held.join(', ')}.`] : []),
        ...(only === 'security' && others > 0 ? [`${counted(others, 'other update')} would still wait.`] : []),
        ...(listsDays !== undefined && listsDays > 1 ? [`What the host knows of new versions is ${listsDays} days old.`] : []),
        ...(state.reboot === undefined ? [] : [`A reboot waits already: ${state.reboot}.`]),
        ...(state.isHere && !isNothing ? ['It is the host this server runs on; packages it needs may be replaced under it.'] : []),
        ...(isNothing
          ? []
          : ['Configuration files that were changed by hand are kept; services of updated packages are restarted by them.']),
      ],
    }
  },
  async run({ only, allow_removals }, { state, client, signal, progress }) {
    const isNothing = state.installs.length + state.removes.length === 0
    if (!isNothing) await upgrade({ only, removals: allow_removals }, state, { client, signal, progress })
    return { installed: state.installs.map(lineOf), removed: state.removes.map((step) => step.package), held_back: state.held }
  },
  settled(after, _, { installs }) {
    const left = after.installs.filter((step) => installs.some((planned) => planned.package === step.package && planned.to === step.to))
    return left.length === 0 ? true : { failed: `${left.map((step) => step.package).join(', ')} would still be installed` }
  },
  verified: (output, { reboot, held }) => ({ ...output, held_back: held, reboot }),
  undo: 'irreversible',
})

function lineOf({ package: name, from, to }: Step): string {
  return `${name}: ${from ?? '(none)'} → ${to ?? '(removed)'}`
}
