import { page, paging, ToolError } from '@rackwarden/core'
import { z } from 'zod'
import { rebootOf, rebootPart, updatesOf, updatesPart } from '../updates.ts'
import { defineTool } from './define-tool.ts'

/** Lists what waits to be installed. */
export const checkUpdates = defineTool({
  name: 'check_updates',
  title: 'Check updates',
  description: 'Pending package updates and patches, security first, and whether a reboot is needed.',
  access: 'observe',
  toolset: 'maintenance',
  input: z.object({ security: z.boolean().default(false).describe('Only security updates.'), ...paging }),
  output: z.object({
    manager: z.string().describe('Package manager.'),
    waiting: z.number().describe('Packages that wait.'),
    security: z.number().describe('Of those, for security, where that is known.'),
    reboot: z.string().optional().describe('Why a reboot waits; absent where none does.'),
    lists_days: z.number().optional().describe('Age of the lists, in days.'),
    updates: z.array(
      z.object({
        package: z.string().describe('Package.'),
        from: z.string().optional().describe('Version that is there.'),
        to: z.string().describe('Version that waits.'),
        security: z.boolean().optional().describe('True where it is for security.'),
      }),
    ),
    next_cursor: z.string().optional().describe('Pass as `cursor` for more.'),
  }),
  async run({ security, ...window }, { client, signal }) {
    const { sections } = await client.ask([updatesPart, rebootPart], { signal, asRoot: true, timeoutMs: 60_000 })
    const { manager, updates, listsDays } = updatesOf(sections)
    if (manager === undefined)
      throw new ToolError('not_found', 'This host has none of apt, dnf, pacman and apk.', { hint: 'Its updates come another way.' })
    const { rows, ...rest } = page(
      updates.filter(({ isSecurity }) => !security || isSecurity),
      window,
    )
    return {
      manager,
      waiting: updates.length,
      security: updates.filter(({ isSecurity }) => isSecurity).length,
      reboot: rebootOf(sections),
      lists_days: listsDays,
      updates: rows.map(({ package: name, from, to, isSecurity }) => ({
        package: name,
        from: from || undefined,
        to,
        security: isSecurity || undefined,
      })),
      ...rest,
    }
  },
})
