import type { GuestRecord } from './cluster.ts'
import { canSnapshot, guestIn } from './guest-answers.ts'
import { refuseLocked } from './power-answers.ts'
import { may, need, Refused, type Answer, type Asked } from './replies.ts'

const prefix = { qemu: 'qm', lxc: 'vz' } as const

const each = (kind: 'qemu' | 'lxc'): Record<string, Answer> => {
  const at = `/nodes/{node}/${kind}/{vmid}/snapshot`
  const begin = (asked: Asked, guest: GuestRecord, type: string, lock: string, effect: () => void) => {
    guest.lock = lock
    const unlock = () => (guest.lock = undefined)
    const what = { node: guest.node, type: `${prefix[kind]}${type}`, about: String(guest.id), user: asked.user, seconds: 2 }
    return asked.cluster.begin(what, { effect, after: unlock })
  }
  return {
    [`GET ${at}`]: (asked) => {
      need(asked, `/vms/${asked.parts[1]}`, 'VM.Audit')
      const guest = guestIn(asked, kind)
      const { parent: now } = guest
      return [
        ...guest.snapshots.map(({ name, takenAt, note, ram, parent: before }) => ({
          name,
          description: note,
          snaptime: takenAt,
          ...(kind === 'qemu' ? { vmstate: ram ? 1 : 0 } : {}),
          ...(before === undefined ? {} : { parent: before }),
        })),
        {
          name: 'current',
          description: 'You are here!',
          running: guest.status === 'running' ? 1 : 0,
          digest: asked.cluster.digest(guest),
          ...(now === undefined ? {} : { parent: now }),
        },
      ]
    },
    [`POST ${at}`]: (asked) => {
      need(asked, `/vms/${asked.parts[1]}`, 'VM.Snapshot')
      const guest = guestIn(asked, kind)
      const name = asked.fields.get('snapname') ?? ''
      refuseLocked(guest)
      if (guest.given.template === true) throw new Refused(500, 'snapshot feature is not available')
      if (name === 'current') throw new Refused(500, "unable to use snapshot name 'current' (reserved name)")
      if (guest.snapshots.some((one) => one.name === name)) throw new Refused(500, `snapshot name '${name}' already used`)
      if (!canSnapshot(asked, guest)) throw new Refused(500, 'snapshot feature is not available')
      const note = asked.fields.get('description') ?? ''
      const ram = asked.fields.get('vmstate') === '1'
      return begin(asked, guest, 'snapshot', 'snapshot', () => {
        guest.snapshots.push({
          name,
          takenAt: asked.cluster.now,
          note,
          ram,
          parent: guest.parent,
          config: { ...guest.config },
          inside: guest.inside,
        })
        guest.parent = name
      })
    },
    [`DELETE ${at}/{snapname}`]: (asked) => {
      need(asked, `/vms/${asked.parts[1]}`, 'VM.Snapshot')
      const guest = guestIn(asked, kind)
      const found = snapshotIn(asked, guest)
      refuseLocked(guest)
      return begin(asked, guest, 'delsnapshot', 'snapshot-delete', () => {
        guest.snapshots = guest.snapshots
          .filter((one) => one !== found)
          .map((one) => (one.parent === found.name ? { ...one, parent: found.parent } : one))
        if (guest.parent === found.name) guest.parent = found.parent
      })
    },
    [`POST ${at}/{snapname}/rollback`]: (asked) => {
      need(asked, `/vms/${asked.parts[1]}`, 'VM.Snapshot', 'VM.Snapshot.Rollback')
      const guest = guestIn(asked, kind)
      const found = snapshotIn(asked, guest)
      refuseLocked(guest)
      const isZfs = Object.values(guest.config).some(
        (value) => asked.cluster.world.storages[String(value).split(':')[0] ?? '']?.type === 'zfspool',
      )
      if (isZfs && guest.snapshots.at(-1) !== found)
        throw new Refused(500, `can't rollback, '${found.name}' is not most recent snapshot on a volume of '${guest.id}'`)
      const starts = asked.fields.get('start') === '1' || found.ram
      return begin(asked, guest, 'rollback', 'rollback', () => {
        guest.config = { ...found.config }
        guest.inside = found.inside
        guest.parent = found.name
        guest.status = starts ? 'running' : 'stopped'
        guest.pid = starts ? asked.cluster.pid() : 0
        guest.startedAt = asked.cluster.now
      })
    },
  }
}

function snapshotIn({ parts }: Asked, guest: GuestRecord) {
  const name = parts[2] ?? ''
  const found = guest.snapshots.find((one) => one.name === name)
  if (found === undefined) throw new Refused(500, `snapshot '${name}' does not exist`)
  return found
}

/** Snapshots, and archives: the ways back. */
export const snapshotAnswers: Readonly<Record<string, Answer>> = {
  ...each('qemu'),
  ...each('lxc'),
  'POST /nodes/{node}/vzdump': (asked) => {
    const { cluster, fields, parts, user } = asked
    const [node = ''] = parts
    const id = Number(fields.get('vmid'))
    const guest = cluster.guests.get(id)
    const storage = fields.get('storage') ?? ''
    need(asked, `/vms/${id}`, 'VM.Backup')
    need(asked, `/storage/${storage}`, 'Datastore.AllocateSpace')
    if (guest === undefined || guest.node !== node) return 'OK'
    const place = cluster.world.storages[storage]
    if (place === undefined) throw new Refused(500, `storage '${storage}' does not exist`)
    if (!place.content.split(',').includes('backup')) throw new Refused(500, `storage '${storage}' does not support backups`)
    if (fields.get('remove') !== '0' && !may(asked, `/storage/${storage}`, 'Datastore.Allocate'))
      throw new Refused(403, `Permission check failed (/storage/${storage}, Datastore.Allocate)`)
    const note = (fields.get('notes-template') ?? '').replace('{{guestname}}', guest.name)
    const isLocked = guest.lock !== undefined
    const before = guest.lock
    if (!isLocked) guest.lock = 'backup'
    const mode = guest.status === 'running' ? (fields.get('mode') ?? 'snapshot') : 'stop'
    return cluster.begin(
      {
        node,
        type: 'vzdump',
        about: String(id),
        user,
        seconds: 4,
        log: [
          `INFO: starting new backup job: vzdump ${id} --mode ${mode} --storage ${storage}`,
          `INFO: Starting Backup of VM ${id} (${guest.kind})`,
          `INFO: status = ${guest.status}`,
        ],
      },
      {
        effect: () =>
          void cluster.keep({
            guest: id,
            kind: guest.kind,
            storage,
            node: place.shared === true ? undefined : node,
            at: cluster.now,
            size: 3 * 1024 ** 3,
            isProtected: fields.get('protected') === '1',
            verified: undefined,
            note,
            config: { ...guest.config },
          }),
        after: () => (guest.lock = before),
        ...(isLocked ? { exit: `job errors` } : {}),
      },
    )
  },
}
