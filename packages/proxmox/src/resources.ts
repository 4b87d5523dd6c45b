import type { GuestPlace } from './guest-place.ts'
import type { Resource } from './cluster-schema.ts'
import { flagIn, numberIn, textIn } from './values.ts'

/** One guest, as the overview of the cluster tells of it. */
export interface Guest extends GuestPlace {
  name: string
  status: string
  isTemplate: boolean
  tags: readonly string[]
  pool: string | undefined
  lock: string | undefined
  ha: string | undefined
  uptime: number
  cpus: number | undefined
  /** Share of its processors in use, 0 to 1. */
  cpu: number | undefined
  memory: number | undefined
  maxMemory: number | undefined
}

/** One node, as the overview tells of it. */
export interface Node {
  name: string
  isOnline: boolean
  uptime: number
  cpu: number | undefined
  cpus: number | undefined
  memory: number | undefined
  maxMemory: number | undefined
  disk: number | undefined
  maxDisk: number | undefined
}

/** One storage, as one node sees it. */
export interface Storage {
  name: string
  node: string
  type: string
  content: readonly string[]
  isShared: boolean
  isAvailable: boolean
  used: number | undefined
  total: number | undefined
}

/** Everything a cluster has, as far as the token sees it. */
export interface ResourceView {
  /** When it was told, in milliseconds since the epoch. */
  at: number
  guests: readonly Guest[]
  nodes: readonly Node[]
  storages: readonly Storage[]
}

/** Sorts the rows of the overview by what they are. */
export function viewOf(rows: readonly Resource[], at: number): ResourceView {
  return {
    at,
    guests: rows.flatMap(guestIn).toSorted((first, second) => first.id - second.id),
    nodes: rows.flatMap(nodeIn).toSorted((first, second) => (first.name < second.name ? -1 : 1)),
    storages: rows.flatMap(storageIn),
  }
}

function guestIn(row: Resource): Guest[] {
  const { type } = row
  const [id, node] = [numberIn(row.vmid), textIn(row.node)]
  if ((type !== 'qemu' && type !== 'lxc') || id === undefined || node === undefined) return []
  return [
    {
      kind: type,
      id,
      node,
      name: textIn(row.name) ?? String(id),
      status: textIn(row.status) ?? 'unknown',
      isTemplate: flagIn(row.template),
      tags: tagsIn(textIn(row.tags)),
      pool: textIn(row.pool),
      lock: textIn(row.lock) || undefined,
      ha: textIn(row.hastate),
      uptime: numberIn(row.uptime) ?? 0,
      cpus: numberIn(row.maxcpu),
      cpu: numberIn(row.cpu),
      memory: numberIn(row.mem),
      maxMemory: numberIn(row.maxmem),
    },
  ]
}

function nodeIn(row: Resource): Node[] {
  const name = textIn(row.node)
  if (row.type !== 'node' || name === undefined) return []
  return [
    {
      name,
      isOnline: row.status === 'online',
      uptime: numberIn(row.uptime) ?? 0,
      cpu: numberIn(row.cpu),
      cpus: numberIn(row.maxcpu),
      memory: numberIn(row.mem),
      maxMemory: numberIn(row.maxmem),
      disk: numberIn(row.disk),
      maxDisk: numberIn(row.maxdisk),
    },
  ]
}

function storageIn(row: Resource): Storage[] {
  const [name, node] = [textIn(row.storage), textIn(row.node)]
  if (row.type !== 'storage' || name === undefined || node === undefined) return []
  return [
    {
      name,
      node,
      type: textIn(row.plugintype) ?? 'unknown',
      content: (textIn(row.content) ?? '').split(',').filter((kind) => kind !== ''),
      isShared: flagIn(row.shared),
      isAvailable: row.status === 'available',
      used: numberIn(row.disk),
      total: numberIn(row.maxdisk),
    },
  ]
}

/** Tags in one line, as Proxmox writes them. */
export function tagsIn(line: string | undefined): string[] {
  return (line ?? '').split(/[;,\s]+/).filter((tag) => tag !== '')
}

/** Each storage once: a shared one as the first node that reaches it sees it. */
export function distinctStorages(storages: readonly Storage[]): Storage[] {
  const shared = new Map<string, Storage>()
  const local: Storage[] = []
  for (const storage of storages) {
    if (!storage.isShared) local.push(storage)
    else if (shared.get(storage.name)?.isAvailable !== true) shared.set(storage.name, storage)
  }
  return [...shared.values(), ...local]
}
