import { page, paging } from '@rackwarden/core'
import { z } from 'zod'
import { ageText, archivesOf, isReal } from '../backups.ts'
import { findGuest } from '../find-guest.ts'
import { gibibytes } from '../verdict.ts'
import { defineTool, guestInput, nextCursor, some, unanswered } from './define-tool.ts'

/** Lists the archives of guests. */
export const listBackups = defineTool({
  name: 'list_backups',
  title: 'List backups',
  description: 'Backups of VMs and containers (vzdump, PBS): when last backed up, where, size, verified; newest first.',
  access: 'observe',
  toolset: 'backups',
  input: z.object({
    guest: guestInput.optional(),
    storage: z.string().optional().describe('Storage.'),
    ...paging,
  }),
  output: z.object({
    total: z.number().describe('Archives that match.'),
    backups: z.array(
      z.object({
        guest: z.number().describe('Id of the guest.'),
        name: z.string().optional().describe('Its name; absent where it is gone.'),
        at: z.string().describe('Time.'),
        age: z.string().describe('Age.'),
        gib: z.number().optional().describe('Size.'),
        storage: z.string().describe('Storage.'),
        verified: z.string().optional().describe('What the last verification found.'),
        protected: z.boolean().optional().describe('True where nothing prunes it.'),
        broken: z.boolean().optional().describe('True where nothing could be brought back from it.'),
        note: z.string().optional().describe('Note.'),
        volid: z.string().describe('Id of the archive.'),
      }),
    ),
    unanswered,
    next_cursor: nextCursor,
  }),
  untrusted: true,
  async run({ guest: reference, storage, ...window }, { client, signal }) {
    const view = await client.resources(signal)
    // What is deleted may still have archives: its number is enough then.
    const isId = reference !== undefined && /^\d+$/.test(reference)
    const id = reference === undefined ? undefined : isId ? Number(reference) : findGuest(view.guests, reference).id
    const { archives, unread } = await archivesOf(client, view, signal, {
      limitMs: 10_000,
      ...(id === undefined ? {} : { guest: id }),
      ...(storage === undefined ? {} : { storage }),
    })
    const found = archives.filter((archive) => id === undefined || archive.guest === id)
    const names = new Map(view.guests.map((guest) => [guest.id, guest.name]))
    const { rows, ...rest } = page(found, window)
    return {
      total: found.length,
      backups: rows.map((archive) => ({
        guest: archive.guest,
        name: names.get(archive.guest),
        at: new Date(archive.at).toISOString().replace('.000', ''),
        age: ageText(view.at - archive.at),
        gib: gibibytes(archive.size),
        storage: archive.node === undefined ? archive.storage : `${archive.storage} on ${archive.node}`,
        verified: archive.verification,
        protected: archive.isProtected ? true : undefined,
        broken: isReal(archive) ? undefined : true,
        note: archive.note,
        volid: archive.volid,
      })),
      unanswered: some(unread),
      ...rest,
    }
  },
})
