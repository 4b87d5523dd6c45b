import { momentBefore, page, paging } from '@rackwarden/core'
import { z } from 'zod'
import { ifAllowed } from '../attempt.ts'
import { ageText, archivesOf, isReal, lacksOf, usualRecoveryPointHours, type Lack } from '../backups.ts'
import { findGuest } from '../find-guest.ts'
import { disksOf } from '../guest-config.ts'
import { detailsOf } from '../guest-details.ts'
import { blindSpots } from '../privileges.ts'
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

/** Tells which guests could not be brought back. */
export const auditBackups = defineTool({
  name: 'audit_backups',
  title: 'Audit backups',
  description: 'Which guests are not backed up? VMs and containers that could not be brought back: no real, recent archive, no job.',
  access: 'observe',
  toolset: 'backups',
  input: z.object({
    within: z.string().optional().describe(`How old the newest archive may be: 26h, 7d; ${usualRecoveryPointHours}h when not given.`),
    ...paging,
  }),
  output: z.object({
    verdict: z.string().describe('In one sentence.'),
    guests: z.array(
      z.object({
        verdict: z.string().describe('How bad it is.'),
        id: z.number().describe('Id.'),
        name: z.string().describe('Name.'),
        node: z.string().describe('Node it is on.'),
        why: z.string().describe('What it lacks.'),
        left_out: z.string().optional().describe('Disks no backup has.'),
      }),
    ),
    unanswered,
    hidden: z.array(z.string()).optional().describe('What the token may not see.'),
    next_cursor: nextCursor,
  }),
  untrusted: true,
  async run({ within, ...window }, { client, signal }) {
    const view = await client.resources(signal)
    const oldest = momentBefore(within ?? `${usualRecoveryPointHours}h`, view.at)
    const [{ archives, unread }, uncovered, permissions] = await Promise.all([
      archivesOf(client, view, signal, { limitMs: 10_000 }),
      ifAllowed(client.uncovered(signal)),
      ifAllowed(client.permissions(signal)),
    ])
    const lacks = lacksOf({
      guests: view.guests,
      archives,
      uncovered,
      now: view.at,
      recoveryPointMs: view.at - Date.parse(oldest),
    })
    const { rows, ...rest } = page(lacks, window)
    const { details } = await detailsOf(
      client,
      rows.map(({ guest }) => guest),
      signal,
      { withAgents: false },
    )
    const leftOut = new Map(
      details.map(({ guest, config }) => [
        guest.id,
        disksOf(guest.kind, config ?? {})
          .filter(({ isBackedUp }) => !isBackedUp)
          .map(({ key, volume }) => `${key} (${volume})`)
          .join(', '),
      ]),
    )
    return {
      verdict: verdictOf(lacks, view.guests.filter(({ isTemplate }) => !isTemplate).length, unread.length),
      guests: rows.map(({ guest, verdict, why }) => ({
        verdict,
        id: guest.id,
        name: guest.name,
        node: guest.node,
        why,
        left_out: leftOut.get(guest.id) || undefined,
      })),
      unanswered: some(unread),
      hidden: permissions === undefined ? undefined : some(blindSpots(permissions, { guests: view.guests.length })),
      ...rest,
    }
  },
})

function verdictOf(lacks: readonly Lack[], total: number, unread: number): string {
  const lost = lacks.filter(({ verdict }) => verdict === 'crit').length
  const doubt = unread > 0 ? ' Not every storage told its archives, so some may have one there.' : ''
  if (lacks.length === 0) return `All ${total} guests have a recent archive that a job keeps fresh.${doubt}`
  return `${lost} of ${total} guests could not be brought back as they are; ${lacks.length - lost} more at risk. Templates are left out.${doubt}`
}
