import type { GuestRecord, SimulatedCluster } from './cluster.ts'
import { guestIn } from './guest-answers.ts'
import { refuseLocked } from './power-answers.ts'
import { need, Refused, type Answer, type Asked } from './replies.ts'

const diskKeys = /^(?:scsi|virtio|sata|ide|efidisk|tpmstate|rootfs|mp)\d*$/

/** Volumes of a guest that only its node has. */
function localVolumes({ world }: SimulatedCluster, { config }: GuestRecord): { key: string; volid: string; isDrive: boolean }[] {
  return Object.entries(config).flatMap(([key, value]) => {
    const line = String(value)
    const volid = line.split(',')[0] ?? ''
    const storage = world.storages[volid.split(':')[0] ?? '']
    if (!diskKeys.test(key) || storage === undefined || storage.shared === true) return []
    return [{ key, volid, isDrive: line.includes('media=cdrom') }]
  })
}

function devicesOf({ config }: GuestRecord): string[] {
  return Object.entries(config).flatMap(([key, value]) =>
    /^(?:hostpci|usb)\d+$/.test(key) && !String(value).includes('mapping=') && !String(value).includes('spice') ? [key] : [],
  )
}

/** Guests HA keeps apart from this one. */
function apartFrom({ world, release }: SimulatedCluster, { kind, id }: GuestRecord): number[] {
  const sid = `${kind === 'lxc' ? 'ct' : 'vm'}:${id}`
  const rules =
    release < 9
      ? []
      : (world.haRules ?? []).filter(({ type, resources }) => type === 'resource-affinity' && resources.split(',').includes(sid))
  return rules.flatMap(({ resources }) => resources.split(',').flatMap((one) => (one === sid ? [] : [Number(one.split(':')[1])])))
}

function refusalFor(cluster: SimulatedCluster, guest: GuestRecord, node: string) {
  const { world } = cluster
  const used = Object.entries(guest.config).flatMap(([key, value]) => (diskKeys.test(key) ? [String(value).split(':')[0] ?? ''] : []))
  const missing = used.filter((name) => {
    const nodes = world.storages[name]?.nodes
    return nodes !== undefined && !nodes.includes(node)
  })
  const blocking = apartFrom(cluster, guest).filter((id) => cluster.guests.get(id)?.node === node)
  const sids = blocking.map((id) => ({ sid: `${cluster.guests.get(id)?.kind === 'lxc' ? 'ct' : 'vm'}:${id}`, cause: 'resource-affinity' }))
  return missing.length === 0 && sids.length === 0
    ? undefined
    : {
        ...(missing.length > 0 && { unavailable_storages: [...new Set(missing)] }),
        ...(sids.length > 0 && { 'blocking-ha-resources': sids }),
      }
}

const each = (kind: 'qemu' | 'lxc'): Record<string, Answer> => ({
  [`GET /nodes/{node}/${kind}/{vmid}/migrate`]: (asked) => {
    const { cluster } = asked
    need(asked, `/vms/${asked.parts[1]}`, 'VM.Migrate')
    const guest = guestIn(asked, kind)
    const others = Object.keys(cluster.world.nodes).filter((node) => node !== guest.node)
    const refusals = Object.fromEntries(
      others.flatMap((node) => {
        const refusal = refusalFor(cluster, guest, node)
        return refusal === undefined ? [] : [[node, refusal]]
      }),
    )
    const allowed = others.filter((node) => refusals[node] === undefined)
    const running = guest.status === 'running' ? 1 : 0
    if (kind === 'lxc') return { running, 'allowed-nodes': allowed, 'not-allowed-nodes': refusals }
    return {
      running,
      allowed_nodes: allowed,
      not_allowed_nodes: refusals,
      local_disks: localVolumes(cluster, guest).map(({ volid, isDrive }) => ({
        volid,
        size: 17_179_869_184,
        cdrom: isDrive ? 1 : 0,
        is_unused: 0,
      })),
      local_resources: devicesOf(guest),
      'mapped-resources': [],
      'mapped-resource-info': {},
      'has-dbus-vmstate': 1,
    }
  },
  [`POST /nodes/{node}/${kind}/{vmid}/migrate`]: (asked) => migrate(asked, kind),
})

function migrate(asked: Asked, kind: 'qemu' | 'lxc'): string {
  const { cluster, fields, user } = asked
  need(asked, `/vms/${asked.parts[1]}`, 'VM.Migrate')
  const guest = guestIn(asked, kind)
  const target = fields.get('target') ?? ''
  const place = cluster.world.nodes[target]
  if (place === undefined) throw new Refused(500, `no such cluster node '${target}'`)
  if (target === guest.node) throw new Refused(500, 'target is local node.')
  if (place.offline === true) throw new Refused(500, `target node '${target}' is offline`)
  refuseLocked(guest)
  const isUp = guest.status === 'running'
  if (kind === 'qemu' && isUp && fields.get('online') !== '1') throw new Refused(500, `can't migrate running VM without --online`)
  if (kind === 'lxc' && isUp && fields.get('restart') !== '1') throw new Refused(500, `CT ${guest.id} is running`)
  const problem = problemOf(cluster, guest, { target, isUp, withDisks: fields.get('with-local-disks') === '1' })
  const storage = fields.get(kind === 'qemu' ? 'targetstorage' : 'target-storage')
  const arrive = () => {
    for (const { key } of localVolumes(cluster, guest))
      if (storage !== null) guest.config = { ...guest.config, [key]: String(guest.config[key]).replace(/^[^:]+/, storage) }
    guest.node = target
    if (kind === 'lxc' && isUp) {
      guest.startedAt = cluster.now
      guest.pid = cluster.pid()
    }
  }
  const about = String(guest.id)
  // HA moves it by itself, after the task of asking is over.
  if (cluster.haStates.has(guest.id))
    return cluster.begin(
      {
        node: guest.node,
        type: 'hamigrate',
        about,
        user,
        seconds: 1,
        log: [`Requesting HA migration for ${kind === 'lxc' ? 'ct' : 'vm'}:${guest.id} to node ${target}`],
      },
      { effect: arrive, exit: problem },
    )
  guest.lock = 'migrate'
  const log = [
    `starting migration of ${kind === 'qemu' ? 'VM' : 'CT'} ${guest.id} to node '${target}' (${place.address})`,
    ...(problem === undefined ? ['migration finished successfully'] : [`ERROR: ${problem}`]),
  ]
  return cluster.begin(
    { node: guest.node, type: kind === 'qemu' ? 'qmigrate' : 'vzmigrate', about, user, seconds: 2, log },
    { effect: arrive, after: () => (guest.lock = undefined), exit: problem === undefined ? undefined : 'migration aborted' },
  )
}

function problemOf(
  cluster: SimulatedCluster,
  guest: GuestRecord,
  { target, isUp, withDisks }: { target: string; isUp: boolean; withDisks: boolean },
): string | undefined {
  const devices = devicesOf(guest)
  if (devices.length > 0) return `can't migrate VM which uses local devices: ${devices.join(', ')}`
  const bind = Object.entries(guest.config).find(
    ([key, value]) => /^mp\d+$/.test(key) && String(value).startsWith('/') && !String(value).includes('shared=1'),
  )
  if (bind !== undefined) return `cannot migrate local bind mount point '${bind[0]}'`
  if (refusalFor(cluster, guest, target) !== undefined) return `target node '${target}' is not allowed`
  const disks = localVolumes(cluster, guest).filter(({ isDrive }) => !isDrive)
  if (guest.kind === 'qemu' && isUp && disks.length > 0 && !withDisks)
    return `can't live migrate attached local disks without with-local-disks option`
  return isUp && disks.length > 0 && guest.snapshots.length > 0
    ? 'online storage migration not possible if non-replicated snapshot exists'
    : undefined
}

/** Guests moved from node to node. */
export const migrationAnswers: Readonly<Record<string, Answer>> = { ...each('qemu'), ...each('lxc') }
