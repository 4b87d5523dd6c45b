import { nearestNames, ToolError } from '@rackwarden/core'
import { attempt } from './attempt.ts'
import type { ProxmoxClient } from './client.ts'
import { findGuest, nameOf } from './find-guest.ts'
import { numberIn } from './values.ts'
import { distinctStorages, type Guest, type ResourceView, type Storage } from './resources.ts'

/** What a guest can be made from. */
export type Source =
  | { kind: 'template'; guest: Guest }
  /** `image`: a disk for a virtual machine; `container`: a file system for a container. */
  | { kind: 'image' | 'container'; volume: string; storage: Storage; bytes: number | undefined }

/** What there is to make guests from, and the storages that did not tell. */
export interface Sources {
  sources: Source[]
  unread: string[]
}

const kinds = [
  { content: 'import', kind: 'image', form: /\.(?:qcow2|raw|vmdk|img)$/i },
  { content: 'vztmpl', kind: 'container', form: /./ },
] as const

/** Reads everything a guest can be made from; storages are asked at once. */
export async function sourcesOf(client: ProxmoxClient, view: ResourceView, signal: AbortSignal): Promise<Sources> {
  const unread: string[] = []
  const volumes = await Promise.all(
    kinds.flatMap(({ content, kind, form }) =>
      distinctStorages(view.storages.filter((storage) => storage.content.includes(content) && storage.isAvailable)).map(
        async (storage): Promise<Source[]> => {
          const told = await attempt(2_000, signal, async (own) => client.volumes(storage.node, storage.name, content, own))
          if (told.problem !== undefined) unread.push(`${storage.name} on ${storage.node}: ${told.problem.message}`)
          return (told.value ?? []).flatMap(({ volid, size }) =>
            form.test(volid) ? [{ kind, volume: volid, storage, bytes: numberIn(size) }] : [],
          )
        },
      ),
    ),
  )
  return {
    sources: [
      ...view.guests.filter(({ isTemplate }) => isTemplate).map((guest) => ({ kind: 'template' as const, guest })),
      ...volumes.flat(),
    ],
    unread,
  }
}

/** Finds what a guest is to be made from: a template by name or id, or a volume. */
export async function findSource(
  from: string,
  { node }: { node?: string | undefined },
  { client, view, signal }: { client: ProxmoxClient; view: ResourceView; signal: AbortSignal },
): Promise<Source> {
  if (!/:(?:import|vztmpl)\//.test(from)) {
    const guest = findTemplate(view, from)
    if (guest.isTemplate) return { kind: 'template', guest }
    throw new ToolError('conflict', `${nameOf(guest)} is no template.`, {
      hint: 'clone_guest copies a guest that is none; list_templates shows what guests are made from.',
    })
  }
  const { sources } = await sourcesOf(client, view, signal)
  const volumes = sources.flatMap((source) => (source.kind === 'template' ? [] : [source]))
  const found = volumes.filter(({ volume }) => volume === from)
  const best = found.find(({ storage }) => storage.isShared || node === undefined || storage.node === node)
  if (best !== undefined) return best
  const near = nearestNames(
    from,
    volumes.map(({ volume }) => volume),
  )
  throw new ToolError('not_found', found.length > 0 ? `'${from}' is not on ${node}.` : `There is no volume '${from}'.`, {
    hint: near.length > 0 ? `Is it ${near.join(' or ')}?` : 'list_templates shows what guests are made from.',
  })
}

/** The guest a source means; where there is none, nothing is to be made from it, whatever else is called so. */
function findTemplate({ guests }: ResourceView, from: string): Guest {
  try {
    return findGuest(guests, from)
  } catch (error) {
    if (!ToolError.isInstance(error) || error.code !== 'not_found') throw error
    throw new ToolError('not_found', `There is no template '${from}'.`, {
      hint: 'list_templates shows what guests are made from.',
      cause: error,
    })
  }
}

/** Refuses a copy to another node that Proxmox makes only between storages both reach. */
export function refuseUnreached(
  view: ResourceView,
  { guest, node, used, storage }: { guest: Guest; node: string; used: readonly string[]; storage: string | undefined },
): void {
  if (node === guest.node) return
  const isLocal = (name: string) => view.storages.some((one) => one.name === name && !one.isShared)
  const hint = `Make it on ${guest.node}, and migrate_guest it afterwards.`
  const local = [...new Set(used.filter(isLocal))]
  if (local.length > 0)
    throw new ToolError(
      'conflict',
      `The disks of ${nameOf(guest)} are local to ${guest.node} (${local.join(', ')}), which ${node} does not reach.`,
      { hint },
    )
  if (storage !== undefined && isLocal(storage))
    throw new ToolError('conflict', `${storage} is local to each node: Proxmox copies to another node only on a shared storage.`, { hint })
}

/** The storage new disks go to where none is named: the shared one, or the only one. */
export function diskStorage(view: ResourceView, node: string, kind: Guest['kind'], wanted: string | undefined): Storage {
  const content = kind === 'qemu' ? 'images' : 'rootdir'
  const places = view.storages.filter((storage) => storage.node === node && storage.isAvailable && storage.content.includes(content))
  const shared = places.filter(({ isShared }) => isShared)
  // Files of a share are the last choice.
  const blocks = shared.filter(({ type }) => !['nfs', 'cifs', 'dir'].includes(type))
  const only = [blocks, shared, places].find(({ length }) => length === 1)?.[0]
  const found = wanted === undefined ? only : places.find(({ name }) => name === wanted)
  if (found !== undefined) return found
  const names = places.map(({ name }) => name).join(', ')
  throw new ToolError(
    'invalid_input',
    wanted === undefined ? `${places.length} storages of ${node} take its disks.` : `'${wanted}' takes no such disks on ${node}.`,
    { hint: names === '' ? 'list_storage shows what each storage takes.' : `Set storage to one of ${names}.` },
  )
}

/** The node a guest goes to where none is named: the one with most memory free of those that reach what it is made from. */
export function nodeFor(view: ResourceView, wanted: string | undefined, reached: readonly string[] | undefined): string {
  const online = view.nodes.filter(({ isOnline }) => isOnline)
  const named = online.find(({ name }) => name === wanted)
  if (wanted !== undefined && named === undefined)
    throw new ToolError('not_found', `There is no node ${wanted} that is online.`, {
      hint: `They are ${online.map(({ name }) => name).join(', ')}.`,
    })
  if (named !== undefined) return named.name
  const free = ({ memory, maxMemory }: (typeof online)[number]) => (maxMemory ?? 0) - (memory ?? 0)
  const [best] = online
    .filter(({ name }) => reached === undefined || reached.includes(name))
    .toSorted((first, second) => free(second) - free(first))
  if (best !== undefined) return best.name
  throw new ToolError('conflict', 'No node that reaches what it is to be made from is online.', { hint: 'get_status shows the nodes.' })
}
