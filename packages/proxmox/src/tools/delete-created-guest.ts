import { ToolError } from '@rackwarden/core'
import { z } from 'zod'
import { ageText } from '../backups.ts'
import { disksOf, networksOf } from '../guest-config.ts'
import { madeGuestOf, type MadeGuest } from '../new-guest.ts'
import { ownTargets } from '../own-guest.ts'
import { targetOf } from '../targets.ts'
import { defineTool, type StateReader } from './define-tool.ts'

/** A guest that ran longer than this holds what somebody wants. */
const longestRunSeconds = 3_600

interface CreatedState {
  found: (MadeGuest & { name: string }) | null
}

const readState: StateReader<{ guest: string }, CreatedState> = async ({ guest: id }, { client, signal }) => {
  const guest = (await client.resources(signal)).guests.find((one) => one.id === Number(id))
  return { found: guest === undefined ? null : { ...(await madeGuestOf(guest, client, signal)), name: guest.name } }
}

/** Takes back that a guest was made, and is never listed; where it is no longer as it was made, it takes what delete_guest takes. */
export const deleteCreatedGuest = defineTool({
  name: 'delete_created_guest',
  title: 'Delete a guest that was just made',
  description: 'Take back that a guest was created, cloned or restored: delete exactly that one.',
  access: 'admin',
  internal: true,
  input: z.object({
    guest: z.string().regex(/^\d+$/).describe('Id of the guest.'),
    name: z.string().describe('Name it was given.'),
    identity: z.string().describe('What tells it from others that had its id.'),
  }),
  output: z.object({ guest: z.string().describe('Name it had.'), id: z.number().describe('Id it had.') }),
  state: readState,
  basis: ({ found }) => (found === null ? null : { ...found, lock: found.lock ?? null }),
  async plan({ guest: id, name, identity }, { state, client, instance, signal }) {
    const found = madeOne(state, { id, name, identity })
    if (found.lock !== undefined)
      throw new ToolError('conflict', `${name} (${id}) is locked (${found.lock}).`, { hint: 'Wait until what is at work on it ends.' })
    const isUp = found.status === 'running'
    const [{ uptime = 0 }, config] = await Promise.all([client.status(found, signal), client.guestConfig(found, signal)])
    if (isUp && uptime > longestRunSeconds)
      throw new ToolError('conflict', `${name} (${id}) has been running for ${ageText(uptime * 1_000)}: it is no longer just made.`, {
        hint: 'shutdown_guest, backup_guest and delete_guest delete it.',
      })
    const disks = disksOf(found.kind, config).filter(({ storage }) => storage !== undefined)
    return {
      summary: `Delete ${name} (${id}) again, as it was made${isUp ? '; it runs, and is powered off' : ''}`,
      targets: [
        targetOf(instance, 'guest', id),
        ...ownTargets(
          networksOf(config).flatMap(({ mac }) => mac ?? []),
          client.own(),
        ),
      ],
      diff: [`guest ${id}: ${found.status} → gone`, ...disks.map(({ key, volume }) => `${key} ${volume}: there → gone`)],
      warnings: ['What was written in it since it was made goes with it.'],
    }
  },
  async run({ guest: id, name, identity }, { state, client, signal, progress }) {
    const found = madeOne(state, { id, name, identity })
    if (found.status === 'running') await client.tasks.wait(await client.power(found, 'stop', signal), { signal, progress })
    await client.tasks.wait(await client.destroy(found, { purge: true, unreferenced: false }, signal), { signal, progress })
    return { guest: name, id: found.id }
  },
  settled: ({ found }) => found === null || 'it is still listed',
  settleWithinMs: 60_000,
  undo: 'irreversible',
})

function madeOne({ found }: CreatedState, { id, name, identity }: { id: string; name: string; identity: string }): MadeGuest {
  if (found === null)
    throw new ToolError('not_found', `The guest ${id} that was made as ${name} is gone already.`, {
      hint: 'list_guests shows what there is.',
    })
  if (found.identity !== identity)
    throw new ToolError('conflict', `The guest ${id} is another one than was made as ${name}, or was given other network devices.`, {
      hint: `If it must go: delete_guest guest=${id}.`,
    })
  if (found.name !== name)
    throw new ToolError('conflict', `The guest that was made as ${name} is called ${found.name} now: somebody made it theirs.`, {
      hint: `If it must go: delete_guest guest=${id}.`,
    })
  return found
}
