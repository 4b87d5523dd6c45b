import { archiveFileOf } from './archive-file.ts'
import type { GuestRecord } from './cluster.ts'
import { followConfig, keptValue } from './config-answers.ts'
import { guestIn } from './guest-answers.ts'
import { guestConfigOf, macOf } from './guest-making.ts'
import { needForOption } from './option-privileges.ts'
import { refuseLocked } from './power-answers.ts'
import { may, need, Refused, type Answer, type Asked } from './replies.ts'

const prefix = { qemu: 'qm', lxc: 'vz' } as const
const defaults = { qemu: 16, lxc: 8 } as const

/** Refuses who may not make a guest of that id, or into that pool. */
function needAllocation(asked: Asked, id: number): void {
  const pool = asked.fields.get('pool')
  if (pool !== null && may(asked, `/pool/${pool}`, 'VM.Allocate')) return
  need(asked, `/vms/${id}`, 'VM.Allocate')
}

/** Network devices and generation of a guest of its own. */
function renewed(config: GuestRecord['config'], id: number): GuestRecord['config'] {
  const entries = Object.entries(config).map(([key, value]) => {
    const device = /^net(\d+)$/.exec(key)?.[1]
    return [
      key,
      device === undefined ? value : String(value).replace(/(?:[0-9A-F]{2}:){5}[0-9A-F]{2}/i, macOf(id, Number(device))),
    ] as const
  })
  const own = Object.fromEntries(entries)
  return own['vmgenid'] === undefined ? own : { ...own, vmgenid: `00000000-0000-4000-8000-${String(id).padStart(12, '0')}` }
}

/** Volumes of another guest become those of this one, on this storage where one is named. */
function moved(config: GuestRecord['config'], from: number, id: number, storage: string | null): GuestRecord['config'] {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => {
      if (!/^(?:scsi|virtio|sata|ide|efidisk|tpmstate|rootfs|mp)\d*$/.test(key)) return [key, value]
      const line = String(value).replaceAll(`-${from}-`, `-${id}-`).replaceAll(`:${from}/`, `:${id}/`)
      return [key, storage === null || line.startsWith('/') || line.startsWith('none') ? line : line.replace(/^[^:]+:/, `${storage}:`)]
    }),
  )
}

const each = (kind: 'qemu' | 'lxc'): Record<string, Answer> => ({
  [`POST /nodes/{node}/${kind}/{vmid}/clone`]: (asked) => {
    const { cluster, fields, user } = asked
    need(asked, `/vms/${asked.parts[1]}`, 'VM.Clone')
    const guest = guestIn(asked, kind)
    const id = Number(fields.get('newid'))
    needAllocation(asked, id)
    refuseLocked(guest)
    if (cluster.guests.has(id))
      throw new Refused(500, `unable to create ${kind === 'qemu' ? 'VM' : 'CT'} ${id}: config file already exists`)
    const isLinked = fields.get('full') === '0'
    if (isLinked && guest.given.template !== true) throw new Refused(500, 'Linked clone feature is not supported for drive')
    const snapshot = guest.snapshots.find(({ name }) => name === fields.get('snapname'))
    if (kind === 'lxc' && !isLinked && guest.status === 'running' && snapshot === undefined)
      throw new Refused(500, `Full clone of a running container is only possible from a snapshot`)
    const target = fields.get('target')
    const storage = cluster.world.storages[fields.get('storage') ?? '']
    if (target !== null && target !== guest.node && storage !== undefined && storage.shared !== true)
      throw new Refused(500, `can't clone to non-shared storage '${fields.get('storage')}'`)
    const { template: _template, lock: _lock, ...config } = snapshot?.config ?? guest.config
    const name = fields.get(kind === 'qemu' ? 'name' : 'hostname') ?? `Copy-of-${guest.name}`
    const node = fields.get('target') ?? guest.node
    const own = { ...moved(renewed(config, id), guest.id, id, fields.get('storage')), [kind === 'qemu' ? 'name' : 'hostname']: name }
    guest.lock = 'clone'
    return cluster.begin(
      {
        node: guest.node,
        type: `${prefix[kind]}clone`,
        about: String(guest.id),
        user,
        seconds: 2,
        log: [`create full clone of drive scsi0`],
      },
      {
        effect: () => void make(asked, { id, name, kind, node, config: own, pool: fields.get('pool') }),
        after: () => (guest.lock = undefined),
      },
    )
  },
  [`POST /nodes/{node}/${kind}`]: (asked) => create(asked, kind),
  [`DELETE /nodes/{node}/${kind}/{vmid}`]: (asked) => {
    const { cluster, fields, user } = asked
    need(asked, `/vms/${asked.parts[1]}`, 'VM.Allocate')
    const guest = guestIn(asked, kind)
    const called = kind === 'qemu' ? 'VM' : 'CT'
    refuseLocked(guest)
    if (guest.config['protection'] === 1) throw new Refused(500, `can't remove ${called} ${guest.id} - protection mode enabled`)
    if (guest.status === 'running') throw new Refused(500, `${called} ${guest.id} is running - destroy failed`)
    const isPurged = fields.get('purge') === '1'
    if (!isPurged && cluster.haStates.has(guest.id))
      throw new Refused(500, `unable to remove ${called} ${guest.id} - used in HA resources and purge parameter not set.`)
    const effect = () => {
      cluster.guests.delete(guest.id)
      if (isPurged) cluster.haStates.delete(guest.id)
    }
    return cluster.begin({ node: guest.node, type: `${prefix[kind]}destroy`, about: String(guest.id), user, seconds: 2 }, { effect })
  },
})

interface NewGuest {
  id: number
  name: string
  kind: 'qemu' | 'lxc'
  node: string
  config: GuestRecord['config']
  pool: string | null
}

function make({ cluster }: Asked, { id, name, kind, node, config, pool }: NewGuest): GuestRecord {
  const guest = cluster.add({ id, name, kind, node, status: 'stopped', agent: 'answers', ...(pool === null ? {} : { pool }) })
  guest.config = config
  followConfig(guest)
  return guest
}

function create(asked: Asked, kind: 'qemu' | 'lxc'): string {
  const { cluster, fields, parts, user } = asked
  const [node = ''] = parts
  const id = Number(fields.get('vmid'))
  const archive = kind === 'qemu' ? fields.get('archive') : fields.get('restore') === '1' ? fields.get('ostemplate') : null
  const existing = cluster.guests.get(id)
  if (archive !== null) return restore(asked, { kind, node, id, archive, existing })
  needAllocation(asked, id)
  if (existing !== undefined)
    throw new Refused(
      500,
      `unable to create ${kind === 'qemu' ? 'VM' : 'CT'} ${id} - ${kind === 'qemu' ? 'VM' : 'CT'} ${id} already exists`,
    )
  const config: GuestRecord['config'] = {}
  for (const [key, value] of fields) {
    if (['vmid', 'pool', 'start', 'storage', 'ostemplate', 'ssh-public-keys', 'restore', 'unique', 'force'].includes(key)) continue
    needForOption(asked, id, key, value)
    config[key] = keptValue(kind, key, disk(asked, { kind, id, key, value }))
  }
  if (kind === 'lxc') {
    const template = fields.get('ostemplate') ?? ''
    if (archiveFileOf(cluster.world, node, template) === undefined) throw new Refused(500, `volume '${template}' does not exist`)
    config['arch'] = 'amd64'
    config['ostype'] = 'debian'
  }
  if (typeof config['net0'] === 'string')
    config['net0'] =
      kind === 'lxc' ? `${config['net0']},hwaddr=${macOf(id)},type=veth` : config['net0'].replace(/^virtio/, `virtio=${macOf(id)}`)
  const name = fields.get(kind === 'qemu' ? 'name' : 'hostname') ?? `VM${id}`
  const what = {
    node,
    type: `${prefix[kind]}create`,
    about: String(id),
    user,
    seconds: 2,
    log: [kind === 'qemu' ? 'importing disk' : 'extracting archive'],
  }
  return cluster.begin(what, { effect: () => void make(asked, { id, name, kind, node, config, pool: fields.get('pool') }) })
}

/** A new disk as its configuration names it: `ceph:0,import-from=…` becomes `ceph:vm-120-disk-0,size=3G`. */
function disk(asked: Asked, { kind, id, key, value }: { kind: 'qemu' | 'lxc'; id: number; key: string; value: string }): string {
  const [, storage = '', gib = '', rest = ''] = /^([^:,]+):(\d+|cloudinit)(.*)$/.exec(value) ?? []
  if (!/^(?:scsi|virtio|sata|ide|rootfs|mp)\d*$/.test(key) || storage === '') return value
  const place = asked.cluster.world.storages[storage]
  if (place === undefined) throw new Refused(500, `storage '${storage}' does not exist`)
  need(asked, `/storage/${storage}`, 'Datastore.AllocateSpace')
  if (!place.content.split(',').includes(kind === 'qemu' ? 'images' : 'rootdir'))
    throw new Refused(500, `storage '${storage}' does not support content type '${kind === 'qemu' ? 'images' : 'rootdir'}'`)
  if (gib === 'cloudinit') return `${storage}:vm-${id}-cloudinit,media=cdrom`
  const image = /import-from=([^,]+)/.exec(rest)?.[1]
  const imported = image === undefined ? undefined : archiveFileOf(asked.cluster.world, asked.parts[0] ?? '', image)
  if (image !== undefined && imported === undefined) throw new Refused(500, `cannot import from '${image}' - volume does not exist`)
  const size = imported === undefined ? Number(gib) || defaults[kind] : 3
  return `${storage}:${kind === 'qemu' ? 'vm' : 'subvol'}-${id}-disk-0${rest.replace(/,import-from=[^,]+/, '')},size=${size}G`
}

interface Restoring {
  kind: 'qemu' | 'lxc'
  node: string
  id: number
  archive: string
  existing: GuestRecord | undefined
}

function restore(asked: Asked, { kind, node, id, archive, existing }: Restoring): string {
  const { cluster, fields, user } = asked
  const called = kind === 'qemu' ? 'VM' : 'CT'
  if (existing === undefined) needAllocation(asked, id)
  else need(asked, `/vms/${id}`, 'VM.Backup', 'VM.Allocate')
  const kept = cluster.backups.find(({ volid, kind: of }) => volid === archive && of === kind)
  if (kept === undefined) throw new Refused(500, `volume '${archive}' does not exist`)
  if (existing !== undefined && fields.get('force') !== '1')
    throw new Refused(500, `unable to restore ${called} ${id}: config file already exists`)
  if (existing?.status === 'running') throw new Refused(500, `unable to restore ${called} ${id} - ${called} ${id} is running`)
  if (existing !== undefined) refuseLocked(existing)
  // Containers go to one storage, whatever theirs were.
  const storage = fields.get('storage') ?? (kind === 'lxc' ? 'local' : null)
  const place = cluster.world.storages[storage ?? '']
  if (storage !== null && place?.content.split(',').includes(kind === 'lxc' ? 'rootdir' : 'images') !== true)
    throw new Refused(500, `storage '${storage}' does not support ${kind === 'lxc' ? 'container directories' : 'vm images'}`)
  const origin = cluster.guests.get(kept.guest)
  const config = kept.config ?? origin?.config ?? guestConfigOf({ id: kept.guest, name: `restored-${kept.guest}`, kind, node })
  const given = fields.get(kind === 'qemu' ? 'name' : 'hostname')
  const key = kind === 'qemu' ? 'name' : 'hostname'
  const own = {
    ...moved(fields.get('unique') === '1' ? renewed(config, id) : config, kept.guest, id, storage),
    ...(given === null ? {} : { [key]: given }),
  }
  if (existing !== undefined) existing.lock = 'create'
  const log = [
    `restore ${archive}`,
    'progress 50% (read 4831838208 bytes, duration 21 sec)',
    'progress 100% (read 9663676416 bytes, duration 40 sec)',
  ]
  return cluster.begin(
    { node, type: `${prefix[kind]}restore`, about: String(id), user, seconds: 2, log },
    {
      effect: () => {
        if (existing === undefined) make(asked, { id, name: String(own[key] ?? id), kind, node, config: own, pool: fields.get('pool') })
        else {
          existing.config = own
          existing.snapshots = []
          existing.parent = undefined
          followConfig(existing)
        }
      },
      after: () => {
        if (existing !== undefined) existing.lock = undefined
      },
    },
  )
}

/** Guests made, copied, brought back and deleted. */
export const makingAnswers: Readonly<Record<string, Answer>> = { ...each('qemu'), ...each('lxc') }
