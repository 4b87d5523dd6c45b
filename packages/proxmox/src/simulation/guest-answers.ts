import type { GuestRecord } from './cluster.ts'
import { macOf } from './guest-making.ts'
import { need, Refused, steady, type Answer, type Asked } from './replies.ts'

/** The guest a request is about, on the node it says. */
export function guestIn({ cluster, parts }: Asked, kind: 'qemu' | 'lxc'): GuestRecord {
  const [node = '', id = ''] = parts
  const guest = cluster.guests.get(Number(id))
  if (guest !== undefined && guest.kind === kind && guest.node === node) return guest
  const file = kind === 'qemu' ? 'qemu-server' : 'lxc'
  throw new Refused(500, `Configuration file 'nodes/${node}/${file}/${id}.conf' does not exist`)
}

const each = (kind: 'qemu' | 'lxc'): Record<string, Answer> => ({
  [`GET /nodes/{node}/${kind}/{vmid}/status/current`]: (asked) => {
    need(asked, `/vms/${asked.parts[1]}`, 'VM.Audit')
    const guest = guestIn(asked, kind)
    const { given, id, name } = guest
    const isRunning = guest.status === 'running'
    const memory = (given.memoryMib ?? 2_048) * 1024 ** 2
    const ha = asked.cluster.haStates.get(id)
    const group = asked.cluster.release < 9 ? given.haGroup : undefined
    return {
      // Some versions tell the id of a container as text.
      vmid: kind === 'lxc' && asked.cluster.release < 9 ? String(id) : id,
      name,
      status: guest.status,
      ...(kind === 'qemu' ? { qmpstatus: guest.detail ?? guest.status, agent: given.agent === undefined ? 0 : 1 } : { type: 'lxc' }),
      ...(guest.lock === undefined ? {} : { lock: guest.lock }),
      ...(given.tags === undefined ? {} : { tags: given.tags }),
      ...(isRunning ? { pid: guest.pid } : {}),
      uptime: isRunning ? asked.cluster.now - guest.startedAt : 0,
      cpu: isRunning ? Math.round(steady(name, 0, 0.5) * 1_000) / 1_000 : 0,
      cpus: given.cores ?? 2,
      mem: isRunning ? Math.round(memory * steady(name, 0.2, 0.9)) : 0,
      maxmem: memory,
      ha: ha === undefined ? { managed: 0 } : { managed: 1, state: ha, ...(group === undefined ? {} : { group }) },
      ...(given.template === true ? { template: 1 } : {}),
    }
  },
  [`GET /nodes/{node}/${kind}/{vmid}/config`]: (asked) => {
    need(asked, `/vms/${asked.parts[1]}`, 'VM.Audit')
    const guest = guestIn(asked, kind)
    const { parent } = guest
    return {
      ...guest.config,
      ...(guest.lock === undefined ? {} : { lock: guest.lock }),
      ...(parent === undefined ? {} : { parent }),
      digest: asked.cluster.digest(guest),
    }
  },
  [`GET /nodes/{node}/${kind}/{vmid}/feature`]: (asked) => {
    need(asked, `/vms/${asked.parts[1]}`, 'VM.Audit')
    const guest = guestIn(asked, kind)
    const isLinked = asked.fields.get('feature') === 'clone'
    const can = asked.fields.get('feature') === 'snapshot' ? canSnapshot(asked, guest) : !isLinked || guest.given.template === true
    return kind === 'qemu' ? { hasFeature: can ? 1 : 0, nodes: Object.keys(asked.cluster.world.nodes) } : { hasFeature: can ? 1 : 0 }
  },
})

/** Whether every disk lies where snapshots are possible. */
export function canSnapshot({ cluster }: Pick<Asked, 'cluster'>, { kind, config }: GuestRecord): boolean {
  const keys = kind === 'lxc' ? /^(?:rootfs|mp\d+)$/ : /^(?:scsi|virtio|sata|ide|efidisk|tpmstate)\d+$/
  return Object.entries(config).every(([key, value]) => {
    const [volume = ''] = String(value).split(',')
    if (!keys.test(key) || String(value).includes('media=cdrom')) return true
    const type = cluster.world.storages[volume.split(':')[0] ?? '']?.type
    return type === 'rbd' || type === 'zfspool' || type === 'lvmthin' || ((type === 'dir' || type === 'nfs') && volume.endsWith('.qcow2'))
  })
}

/** What is asked of guests. */
export const guestAnswers: Readonly<Record<string, Answer>> = {
  ...each('qemu'),
  ...each('lxc'),
  'POST /nodes/{node}/qemu/{vmid}/agent/ping': (asked) => {
    agentOf(asked)
    return { result: {} }
  },
  'GET /nodes/{node}/qemu/{vmid}/agent/network-get-interfaces': (asked) => {
    const { given, id } = agentOf(asked)
    const own = given.address ?? `10.30.${Math.floor(id / 250)}.${id % 250}`
    const entry = (name: string, mac: string, address: string) => ({
      name,
      'hardware-address': mac,
      'ip-addresses': [
        { 'ip-address': address, 'ip-address-type': address.includes(':') ? 'ipv6' : 'ipv4', prefix: address.includes(':') ? 64 : 24 },
      ],
    })
    return {
      result: [
        entry('lo', '00:00:00:00:00:00', '127.0.0.1'),
        {
          ...entry('ens18', macOf(id).toLowerCase(), own),
          'ip-addresses': [
            { 'ip-address': own, 'ip-address-type': 'ipv4', prefix: 24 },
            { 'ip-address': `fe80::be24:11ff:fe00:${id.toString(16)}`, 'ip-address-type': 'ipv6', prefix: 64 },
          ],
        },
        ...Object.entries(given.alsoSees ?? {}).map(([name, address]) => entry(name, '02:42:00:00:00:01', address)),
      ],
    }
  },
  'GET /nodes/{node}/lxc/{vmid}/interfaces': (asked) => {
    need(asked, `/vms/${asked.parts[1]}`, 'VM.Audit')
    const { status, id, given } = guestIn(asked, 'lxc')
    if (status !== 'running') throw new Refused(500, `CT ${id} not running`)
    const own = given.address ?? `10.30.${Math.floor(id / 250)}.${id % 250}`
    const row = (name: string, mac: string, address: string) => ({
      name,
      hwaddr: mac,
      'hardware-address': mac,
      inet: `${address}/24`,
      'ip-addresses': [{ 'ip-address': address, 'ip-address-type': 'inet', prefix: 24 }],
    })
    return [row('lo', '00:00:00:00:00:00', '127.0.0.1'), row('eth0', macOf(id).toLowerCase(), own)]
  },
}

/** A guest whose agent answers; one of these words where it does not. */
export function agentOf(asked: Asked): GuestRecord {
  const [, id = ''] = asked.parts
  need(asked, `/vms/${id}`, ...(asked.cluster.release >= 9 ? ['VM.GuestAgent.Audit', 'VM.GuestAgent.Unrestricted'] : ['VM.Monitor']))
  const guest = guestIn(asked, 'qemu')
  if (guest.status !== 'running') throw new Refused(500, `VM ${id} is not running`)
  if (guest.given.agent === undefined) throw new Refused(500, 'No QEMU guest agent configured')
  if (guest.given.agent === 'dead') throw new Refused(500, 'QEMU guest agent is not running')
  return guest
}
