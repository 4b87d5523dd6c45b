import { may, need, Refused, type Answer } from './replies.ts'
import type { SimulatedStorage } from './world.ts'

const gibibyte = 1024 ** 3

/** Bytes in use. */
export function usedBytes({ gib, usedPercent }: SimulatedStorage): number {
  return Math.round((gib * gibibyte * usedPercent) / 100)
}

/** What is asked of storages. */
export const storageAnswers: Readonly<Record<string, Answer>> = {
  'GET /nodes/{node}/storage/{storage}/content': (asked) => {
    const { cluster, parts, fields } = asked
    const [node = '', name = ''] = parts
    need(asked, `/storage/${name}`, 'Datastore.Audit', 'Datastore.AllocateSpace')
    const storage = storageAt(asked, node, name)
    const wanted = fields.get('vmid')
    const content = fields.get('content')
    if (content !== null && content !== 'backup')
      return (cluster.world.volumes ?? [])
        .filter(({ volid, node: of }) => volid.startsWith(`${name}:${content}/`) && (of === undefined || of === node))
        .map(({ volid, gib }) => ({ volid, content, format: volid.split('.').at(-1) ?? 'raw', size: Math.round(gib * gibibyte) }))
    return cluster.backups
      .filter(
        (backup) =>
          backup.storage === name &&
          (storage.shared === true || backup.node === node) &&
          (wanted === null || backup.guest === Number(wanted)) &&
          (may(asked, `/vms/${backup.guest}`, 'VM.Backup') || may(asked, `/storage/${name}`, 'Datastore.Allocate', 'Datastore.Audit')),
      )
      .map(({ volid, guest, kind, at, size, isProtected, verified, note }) => ({
        volid,
        content: 'backup',
        subtype: kind,
        format: storage.type === 'pbs' ? `pbs-${kind === 'qemu' ? 'vm' : 'ct'}` : kind === 'qemu' ? 'vma.zst' : 'tar.zst',
        ctime: at,
        size,
        vmid: guest,
        ...(isProtected && { protected: 1 }),
        ...(note !== '' && { notes: note }),
        ...(verified !== undefined && { verification: { state: verified, upid: 'UPID:pbs:' } }),
      }))
  },
  'DELETE /nodes/{node}/storage/{storage}/content/{volume}': (asked) => {
    const { cluster, parts, user } = asked
    const [node = '', name = '', volume = ''] = parts
    storageAt(asked, node, name)
    const volid = volume.includes(':') ? volume : `${name}:${volume}`
    const found = cluster.backups.find((backup) => backup.volid === volid)
    if (!may(asked, `/storage/${name}`, 'Datastore.Allocate')) {
      need(asked, `/storage/${name}`, 'Datastore.AllocateSpace')
      need(asked, `/vms/${found?.guest ?? 0}`, 'VM.Backup')
    }
    if (found === undefined) throw new Refused(500, `unable to parse volume ID or volume '${volid}' does not exist`)
    if (found.isProtected) throw new Refused(500, `volume '${volid}' is protected, can't delete`)
    const effect = () => (cluster.backups = cluster.backups.filter((backup) => backup !== found))
    return cluster.begin({ node, type: 'imgdel', about: `${found.guest}@${name}`, user, seconds: 1 }, { effect })
  },
  'GET /nodes/{node}/storage/{storage}/rrddata': (asked) => {
    const { cluster, parts } = asked
    const [node = '', name = ''] = parts
    need(asked, `/storage/${name}`, 'Datastore.Audit', 'Datastore.AllocateSpace')
    const storage = storageAt(asked, node, name)
    const total = storage.gib * gibibyte
    return Array.from({ length: 31 }, (_, index) => {
      const used = usedBytes(storage) - (30 - index) * (storage.growthGibPerDay ?? 0) * gibibyte
      // The newest point is often not written yet.
      return { time: cluster.now - (30 - index) * 86_400, ...(index === 30 ? {} : { total, used: Math.max(0, used) }) }
    })
  },
}

function storageAt({ cluster }: Parameters<Answer>[0], node: string, name: string): SimulatedStorage {
  const storage = cluster.world.storages[name]
  if (storage === undefined) throw new Refused(500, `storage '${name}' does not exist`)
  if (storage.nodes !== undefined && !storage.nodes.includes(node))
    throw new Refused(500, `storage '${name}' is not available on node '${node}'`)
  if (storage.unavailable === true) throw new Refused(500, `storage '${name}' is not online`)
  return storage
}
