import { page, paging } from '@rackwarden/core'
import { z } from 'zod'
import { ageText } from '../backups.ts'
import { findGuest } from '../find-guest.ts'
import { isManaged, realSnapshots } from '../snapshots.ts'
import { defineTool, guestInput, nextCursor } from './define-tool.ts'

/** Lists the snapshots of a guest. */
export const listSnapshots = defineTool({
  name: 'list_snapshots',
  title: 'List snapshots',
  description: 'Snapshots of one guest, newest first; those made by Rackwarden can be rolled back to and deleted here.',
  access: 'observe',
  toolset: 'backups',
  input: z.object({ guest: guestInput, ...paging }),
  output: z.object({
    guest: z.string().describe('Name.'),
    snapshots: z.array(
      z.object({
        name: z.string().describe('Name.'),
        at: z.string().optional().describe('Time.'),
        age: z.string().optional().describe('Age.'),
        managed: z.boolean().describe('Made by Rackwarden.'),
        ram: z.boolean().optional().describe('True where it holds the memory, too.'),
        parent: z.string().optional().describe('The one before it.'),
        current: z.boolean().optional().describe('True where the guest goes on from it.'),
        note: z.string().optional().describe('Note.'),
      }),
    ),
    next_cursor: nextCursor,
  }),
  untrusted: true,
  async run({ guest: reference, ...window }, { client, signal }) {
    const view = await client.resources(signal)
    const guest = findGuest(view.guests, reference)
    const all = await client.snapshots(guest, signal)
    const current = all.find(({ name }) => name === 'current')?.parent
    const { rows, ...rest } = page(realSnapshots(all).toReversed(), window)
    return {
      guest: guest.name,
      snapshots: rows.map(({ name, snaptime, vmstate, parent, description }) => ({
        name,
        at: snaptime === undefined ? undefined : new Date(snaptime * 1_000).toISOString().replace('.000', ''),
        age: snaptime === undefined ? undefined : ageText(view.at - snaptime * 1_000),
        managed: isManaged(name),
        ram: vmstate ? true : undefined,
        parent,
        current: name === current ? true : undefined,
        note: description?.trim() === '' ? undefined : description?.trim(),
      })),
      ...rest,
    }
  },
})
