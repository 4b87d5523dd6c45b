import { ToolError } from '@rackwarden/core'
import { attempt } from './attempt.ts'
import type { ProxmoxClient } from './client.ts'
import type { Volume } from './node-schema.ts'
import { flagIn, numberIn, textIn } from './values.ts'
import { distinctStorages, type Guest, type ResourceView, type Storage } from './resources.ts'

/** One archive a guest could be brought back from, whoever keeps it. */
export interface Archive {
  volid: string
  storage: string
  /** The node it lies on, where it lies on one alone. */
  node: string | undefined
  guest: number
  /** Milliseconds since the epoch. */
  at: number
  size: number
  note: string | undefined
  isProtected: boolean
  /** What the last verification found, where there was one. */
  verification: string | undefined
}

/** Archives, and the storages that did not tell theirs. */
export interface Archives {
  archives: readonly Archive[]
  /** `storage: why`. */
  unread: readonly string[]
}

// Less than this holds no guest: an archive that broke off before anything was in it.
const smallestBytes = 4_096

/** Storages backups lie in, each once. */
export function backupStorages({ storages }: ResourceView): Storage[] {
  return distinctStorages(storages.filter(({ content }) => content.includes('backup')))
}

/** Reads the archives of all storages at once, newest first; one that does not answer is named. */
export async function archivesOf(
  client: ProxmoxClient,
  view: ResourceView,
  signal: AbortSignal,
  { limitMs = 2_000, guest, storage }: { limitMs?: number; guest?: number; storage?: string } = {},
): Promise<Archives> {
  const online = new Set(view.nodes.filter(({ isOnline }) => isOnline).map(({ name }) => name))
  const asked = await Promise.all(
    backupStorages(view)
      .filter(({ name }) => storage === undefined || name === storage)
      .map(async (place) => {
        const told = place.isShared ? place.name : `${place.name} on ${place.node}`
        if (!place.isAvailable) return { archives: [], unread: [`${told}: not available`] }
        if (online.size > 0 && !online.has(place.node)) return { archives: [], unread: [`${told}: ${place.node} is offline`] }
        const { value, problem } = await attempt(limitMs, signal, async (own) => client.archives(place.node, place.name, own, guest))
        return problem === undefined
          ? { archives: value.flatMap((volume) => archiveIn(volume, place)), unread: [] }
          : { archives: [], unread: [`${told}: ${problem.message}`] }
      }),
  )
  return {
    archives: asked.flatMap(({ archives }) => archives).toSorted((first, second) => second.at - first.at),
    unread: asked.flatMap(({ unread }) => unread),
  }
}

function archiveIn(volume: Volume, { name, node, isShared }: Storage): Archive[] {
  const guest =
    numberIn(volume.vmid) ?? Number(/(?:vzdump-(?:qemu|lxc|openvz)-|\/(?:vm|ct)\/)(\d+)[-/]/.exec(volume.volid)?.[1] ?? Number.NaN)
  if (Number.isNaN(guest)) return []
  return [
    {
      volid: volume.volid,
      storage: name,
      node: isShared ? undefined : node,
      guest,
      at: (numberIn(volume.ctime) ?? 0) * 1_000,
      size: numberIn(volume.size) ?? 0,
      note: textIn(volume.notes) || undefined,
      isProtected: flagIn(volume.protected),
      verification: textIn(volume.verification?.state),
    },
  ]
}

/** Whether there is anything in it. */
export function hasContent({ size }: Pick<Archive, 'size'>): boolean {
  return size >= smallestBytes
}

/** Whether a guest could be brought back from it. */
export function isReal({ size, verification }: Pick<Archive, 'size' | 'verification'>): boolean {
  return hasContent({ size }) && verification !== 'failed'
}

/** The newest archive of each guest that it could be brought back from. */
export function newestReal(archives: readonly Archive[]): ReadonlyMap<number, Archive> {
  const newest = new Map<number, Archive>()
  for (const archive of archives) {
    const known = newest.get(archive.guest)
    if (isReal(archive) && (known === undefined || known.at < archive.at)) newest.set(archive.guest, archive)
  }
  return newest
}

/** What a guest lacks to be brought back, worst first. */
export interface Lack {
  guest: Guest
  verdict: 'crit' | 'warn'
  why: string
  newest: Archive | undefined
}

/** What is known of the guests and their archives, wherever these were read. */
export interface AuditFacts {
  guests: readonly Guest[]
  archives: readonly Archive[]
  /** Guests no job covers; nothing where that may not be asked. */
  uncovered: readonly number[] | undefined
  now: number
  recoveryPointMs: number
}

/** Tells which guests could not be brought back as they were within the time that may be lost; templates do not change. */
export function lacksOf({ guests, archives, uncovered, now, recoveryPointMs }: AuditFacts): Lack[] {
  const newest = newestReal(archives)
  const any = new Set(archives.map(({ guest }) => guest))
  const bare = new Set(uncovered ?? [])
  return guests
    .filter(({ isTemplate }) => !isTemplate)
    .flatMap((guest): Lack[] => {
      const archive = newest.get(guest.id)
      const notCovered = bare.has(guest.id) ? '; no job covers it' : ''
      const lack = (verdict: Lack['verdict'], why: string) => [{ guest, verdict, why: `${why}${notCovered}`, newest: archive }]
      if (archive === undefined)
        return lack('crit', any.has(guest.id) ? 'its archives are empty or failed their verification' : 'no archive on its storages')
      if (now - archive.at > recoveryPointMs) return lack('crit', `newest archive is ${ageText(now - archive.at)} old`)
      if (archive.node === guest.node) return lack('warn', `its archives lie on ${guest.node}, as it does: one broken machine takes both`)
      return bare.has(guest.id) ? [{ guest, verdict: 'warn', why: 'backed up by hand; no job covers it', newest: archive }] : []
    })
    .toSorted((first, second) => (first.verdict === second.verdict ? first.guest.id - second.guest.id : first.verdict === 'crit' ? -1 : 1))
}

/** A span in the largest unit that says it: `3 h`, `12 d`. */
export function ageText(milliseconds: number): string {
  const minutes = Math.max(0, Math.round(milliseconds / 60_000))
  if (minutes < 120) return `${minutes} min`
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / (24 * 60))} d`
}

/** A moment, to the minute: plans name it, for an age would be another by the time they are agreed to. */
export function momentText(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** The storage a backup goes to where none is named: where the newest one of the guest went, else the one there is. */
export function storageFor(guest: Guest, view: ResourceView, archives: readonly Archive[], wanted: string | undefined): Storage {
  const places = view.storages.filter(
    ({ content, isAvailable, isShared, node }) => content.includes('backup') && isAvailable && (isShared || node === guest.node),
  )
  const names = [...new Set(places.map(({ name }) => name))]
  const before = archives.find(({ guest: of, storage }) => of === guest.id && names.includes(storage))?.storage
  const shared = places.filter(({ isShared }) => isShared).map(({ name }) => name)
  const only = names.length === 1 ? names[0] : new Set(shared).size === 1 ? shared[0] : undefined
  const name = wanted ?? before ?? only
  const found = places.find((place) => place.name === name && place.node === guest.node) ?? places.find((place) => place.name === name)
  if (found !== undefined) return found
  if (names.length === 0)
    throw new ToolError('conflict', `No storage that takes backups is available on ${guest.node}, as far as this token sees.`, {
      hint: 'list_storage shows what each storage takes; the token needs Datastore.AllocateSpace on it.',
    })
  throw new ToolError(
    'invalid_input',
    wanted === undefined ? `${names.length} storages take backups of it.` : `'${wanted}' takes no backups of it.`,
    { hint: `Set storage to one of ${names.join(', ')}.` },
  )
}
