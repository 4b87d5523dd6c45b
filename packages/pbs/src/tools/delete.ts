import { ToolError } from '@rackwarden/core'
import { z } from 'zod'
import { addressOf, isGroup, readScope, targetOf } from '../addresses.ts'
import { countText, sizeText } from '../amounts.ts'
import { verifiedText } from '../coverage.ts'
import { deleteAll, mostAtOnce, warningsOf } from '../deletion.ts'
import { requireSnapshots, type Snapshot } from '../inventory.ts'
import { defineTool, type StateReader } from './define-tool.ts'

const input = z.object({ backup: z.string().describe('main:vm/100/<time>; main:vm/100 for all of the group.') })

/** What is meant, and what of its group there is besides. */
interface Meant {
  going: Snapshot[]
  others: Snapshot[]
}

const readState: StateReader<z.output<typeof input>, Meant> = async ({ backup }, { client, signal }) => {
  const scope = readScope(backup)
  if (!isGroup(scope))
    throw new ToolError('invalid_input', 'That is a datastore or a namespace.', {
      hint: 'Name one backup or one group, as list_backups tells them.',
    })
  const { time, ...group } = scope
  // Names the nearest where it is not there.
  if (time !== undefined) await requireSnapshots(client, scope, signal)
  const all = await requireSnapshots(client, group, signal)
  const isGoing = (one: Snapshot) => time === undefined || one.time === time
  return { going: all.filter(isGoing), others: all.filter((one) => !isGoing(one)) }
}

/** Deletes one backup, or all of a group. */
export const deleteBackup = defineTool({
  name: 'delete_backup',
  title: 'Delete a backup',
  description: 'Delete or remove one backup, or all of one VM, container or host, for good. Protected ones are refused.',
  access: 'admin',
  input,
  output: z.object({
    deleted: z.array(z.string()).describe('What is gone.'),
    left: z.array(z.string()).optional().describe('What could not go, and why.'),
  }),
  state: readState,
  plan({ backup }, { state: { going, others }, instance }) {
    const name = addressOf(readScope(backup))
    const pinned = going.filter(({ isProtected }) => isProtected)
    const [first] = pinned
    if (first !== undefined)
      throw new ToolError('conflict', `${pinned.map(addressOf).join(', ')}: protected, so not deleted.`, {
        hint: `protect_backup backup=${addressOf(first)} protected=false lifts it.`,
      })
    if (going.length > mostAtOnce)
      throw new ToolError('invalid_input', `${going.length} backups would go; a plan shows at most ${mostAtOnce}.`, {
        hint: 'Thin them out with prune_backups first.',
      })
    const bytes = going.reduce((sum, { size = 0 }) => sum + size, 0)
    return {
      summary:
        going.length === 1 && going[0]?.time === readScope(backup).time
          ? `Delete the backup ${name}`
          : `Delete all ${countText(going.length, 'backup')} of ${name}, ${sizeText(bytes)} before deduplication`,
      targets: going.map((one) => targetOf(instance, 'backup', addressOf(one))),
      diff: going.map((one) => `${addressOf(one)} (${sizeText(one.size ?? 0)}, verified: ${verifiedText(one)}) → gone`),
      warnings: [
        ...warningsOf([...going, ...others], (one) => going.includes(one)),
        ...(others.length > 0 && others.every(({ time }) => going.every((one) => one.time > time))
          ? ['It is the newest of its group.']
          : []),
        'What goes cannot be brought back. Its space is free after the next garbage collection.',
      ],
    }
  },
  async run(_, { state: { going }, ...context }) {
    const { deleted, goneBefore, left } = await deleteAll(going, context)
    return {
      deleted: [...deleted, ...goneBefore],
      ...(left.length === 0 ? {} : { left: left.map(({ backup, why }) => `${backup}: ${why}`) }),
    }
  },
  undo: 'irreversible',
})
