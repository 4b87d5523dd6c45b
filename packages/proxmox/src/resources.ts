import type { GuestPlace } from './guest-place.ts'
import type { Resource } from './cluster-schema.ts'

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
  const { type, vmid, node } = row
  if ((type !== 'qemu' && type !== 'lxc') || vmid === undefined || node === undefined) return []
  return [
    {
      kind: type,
      id: vmid,
      node,
      name: row.name ?? String(vmid),
      status: row.status ?? 'unknown',
      isTemplate: row.template,
      tags: tagsIn(row.tags),
      pool: row.pool,
      lock: row.lock === '' ? undefined : row.lock,
      ha: row.hastate,
      uptime: row.uptime ?? 0,
      cpus: row.maxcpu,
      cpu: row.cpu,
      memory: row.mem,
      maxMemory: row.maxmem,
    },
  ]
}

function nodeIn({ type, node, status, uptime, cpu, maxcpu, mem, maxmem, disk, maxdisk }: Resource): Node[] {
  if (type !== 'node' || node === undefined) return []
  const use = { cpu, cpus: maxcpu, memory: mem, maxMemory: maxmem, disk, maxDisk: maxdisk }
  return [{ name: node, isOnline: status === 'online', uptime: uptime ?? 0, ...use }]
}

function storageIn({ type, storage, node, plugintype, content, shared, status, disk, maxdisk }: Resource): Storage[] {
  if (type !== 'storage' || storage === undefined || node === undefined) return []
  return [
    {
      name: storage,
      node,
      type: plugintype ?? 'unknown',
      content: (content ?? '').split(',').filter((kind) => kind !== ''),
      isShared: shared,
      isAvailable: status === 'available',
      used: disk,
      total: maxdisk,
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
