import { ToolError } from '@rackwarden/core'
import type { Fields } from './api.ts'
import { archivesOf, isReal, momentText, type Archive } from './backups.ts'
import type { ProxmoxClient } from './client.ts'
import { findGuest, isId } from './find-guest.ts'
import { disksOf } from './guest-config.ts'
import type { GuestConfig } from './guest-schema.ts'
import type { GuestPlace } from './guest-place.ts'
import type { Guest, ResourceView } from './resources.ts'
import { diskStorage } from './sources.ts'

/** Whose archives are meant; what is gone still has its number. */
export interface Origin {
  id: number
  name: string
  guest: Guest | undefined
}

/** Finds whose archives are meant, by name, or by an id that need not exist any more. */
export function originOf(view: ResourceView, reference: string): Origin {
  const id = isId(reference) ? Number(reference.replaceAll(/\D/g, '')) : undefined
  const guest = id === undefined ? findGuest(view.guests, reference) : view.guests.find((one) => one.id === id)
  return { id: guest?.id ?? id ?? 0, name: guest?.name ?? String(id), guest }
}

/** The archive that is meant: the one named, or the newest anything could be brought back from. */
export async function archiveFor(
  { id, name }: Origin,
  wanted: string | undefined,
  { client, view, signal }: { client: ProxmoxClient; view: ResourceView; signal: AbortSignal },
): Promise<Archive> {
  const { archives, unread } = await archivesOf(client, view, signal, { guest: id, limitMs: 10_000 })
  const own = archives.filter(({ guest }) => guest === id)
  const found = wanted === undefined ? own.find((archive) => isReal(archive)) : own.find(({ volid }) => volid === wanted)
  if (found !== undefined && isReal(found)) return found
  if (found !== undefined)
    throw new ToolError('conflict', `Nothing can be brought back from ${found.volid}: it is empty, or its verification failed.`, {
      hint: 'list_backups marks those that are broken; leave archive out for the newest good one.',
    })
  const silent = unread.length === 0 ? '' : ` Not asked: ${unread.join('; ')}.`
  throw new ToolError('not_found', `${name} has no ${wanted === undefined ? 'whole backup' : `backup '${wanted}'`}.${silent}`, {
    hint: `list_backups guest=${id} shows what there is.`,
  })
}

/** Which kind of guest an archive is of. */
export function kindIn({ volid }: Pick<Archive, 'volid'>): GuestPlace['kind'] {
  return /(?:\/ct\/|vzdump-lxc-)/.test(volid) ? 'lxc' : 'qemu'
}

/** The nodes that reach an archive. */
export function reachedFrom(archive: Archive, view: ResourceView): string[] {
  if (archive.node !== undefined) return [archive.node]
  return view.storages.filter(({ name, isAvailable }) => name === archive.storage && isAvailable).map(({ node }) => node)
}

/** What making a guest of an archive takes. */
export function restoreFields(
  archive: Archive,
  given: { id: number; name?: string; storage: string | undefined; pool?: string | undefined; isNew: boolean },
): Fields {
  const { id, name, storage, pool, isNew } = given
  const common = { vmid: id, storage, pool, unique: isNew ? true : undefined, force: isNew ? undefined : true }
  return kindIn(archive) === 'qemu'
    ? { ...common, archive: archive.volid, name }
    : { ...common, ostemplate: archive.volid, restore: true, hostname: name }
}

/** What of the configuration of a guest decides where its archive is unpacked to. */
interface Unpacking {
  node: string
  wanted: string | undefined
  config: GuestConfig | undefined
}

/**
 * The storage an archive is unpacked to. A machine goes back to where its disks were; all of a container goes to one storage,
 * and to `local` where none is named, which rarely takes any.
 */
export function unpackedTo(archive: Archive, view: ResourceView, { node, wanted, config }: Unpacking): string | undefined {
  const kind = kindIn(archive)
  if (kind === 'qemu') return wanted === undefined ? undefined : diskStorage(view, node, kind, wanted).name
  const own = config === undefined ? undefined : disksOf('lxc', config).find(({ key }) => key === 'rootfs')?.storage
  const isThere = view.storages.some((one) => one.name === own && one.node === node && one.isAvailable)
  return diskStorage(view, node, kind, wanted ?? (isThere ? own : undefined)).name
}

/** What goes to another storage than it was on, in a sentence. */
export function gatheredWarnings(archive: Archive, config: GuestConfig | undefined, storage: string | undefined): string[] {
  if (config === undefined || kindIn(archive) === 'qemu') return []
  const elsewhere = disksOf('lxc', config).filter((disk) => disk.storage !== undefined && disk.storage !== storage && disk.isBackedUp)
  return elsewhere.length === 0
    ? []
    : [`All of a container goes to one storage: ${elsewhere.map(({ key }) => key).join(', ')} come to ${storage}, too.`]
}

/** An archive as a plan names it. */
export function archiveText({ at, storage, note }: Archive): string {
  return `the backup of ${momentText(at)} (${storage}${note === undefined || note === '' ? '' : `, ${note}`})`
}
