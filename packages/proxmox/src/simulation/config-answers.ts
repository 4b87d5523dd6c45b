import type { GuestRecord, SimulatedCluster } from './cluster.ts'
import { guestIn } from './guest-answers.ts'
import { needForOption } from './option-privileges.ts'
import { refuseLocked } from './power-answers.ts'
import { need, Refused, type Answer, type Asked } from './replies.ts'

const numeric = new Set(['cores', 'sockets', 'onboot', 'protection', 'balloon', 'swap', 'unprivileged'])
// What a machine that runs takes up only when it starts anew.
const cold = new Set(['cores', 'sockets', 'memory', 'balloon', 'name'])
/** What is said beside the configuration itself. */
const control = new Set(['digest', 'delete', 'revert', 'force', 'skiplock', 'background_delay'])

/** A value as a configuration keeps it. */
export function keptValue(kind: 'qemu' | 'lxc', key: string, value: string): string | number {
  if (numeric.has(key) || (key === 'memory' && kind === 'lxc')) return Number(value)
  return value
}

/** What the rest of the simulation knows of a guest follows its configuration. */
export function followConfig(guest: GuestRecord): void {
  const { config, kind } = guest
  const { tags } = config
  guest.name = String(config[kind === 'qemu' ? 'name' : 'hostname'] ?? guest.id)
  const { tags: _tags, ...given } = guest.given
  guest.given = {
    ...given,
    cores: Number(config['cores'] ?? 1),
    memoryMib: Number(config['memory'] ?? 512),
    ...(tags === undefined ? {} : { tags: String(tags) }),
    template: config['template'] === 1,
  }
}

/** Refuses a write that rests on a configuration that is another one by now. */
export function refuseStale(cluster: SimulatedCluster, guest: GuestRecord, digest: string | null): void {
  if (digest !== null && digest !== cluster.digest(guest))
    throw new Refused(500, 'detected modified configuration - file changed by other user? Try again.')
}

const each = (kind: 'qemu' | 'lxc'): Record<string, Answer> => ({
  [`PUT /nodes/{node}/${kind}/{vmid}/config`]: (asked) => {
    const { cluster, fields } = asked
    for (const [key, value] of fields) if (!control.has(key)) needForOption(asked, asked.parts[1] ?? '', key, value)
    const guest = guestIn(asked, kind)
    refuseLocked(guest)
    refuseStale(cluster, guest, fields.get('digest'))
    for (const key of (fields.get('delete') ?? '').split(',')) {
      const { [key]: _gone, ...rest } = guest.config
      guest.config = rest
    }
    for (const [key, value] of fields) {
      if (control.has(key)) continue
      guest.config = { ...guest.config, [key]: keptValue(kind, key, value) }
      if (kind === 'qemu' && guest.status === 'running' && cold.has(key)) guest.pending.add(key)
    }
    followConfig(guest)
    return null
  },
  [`GET /nodes/{node}/${kind}/{vmid}/pending`]: (asked) => {
    need(asked, `/vms/${asked.parts[1]}`, 'VM.Audit')
    const guest = guestIn(asked, kind)
    return Object.entries(guest.config).map(([key, value]) => ({
      key,
      value: String(value),
      ...(guest.pending.has(key) ? { pending: String(value) } : {}),
    }))
  },
  [`PUT /nodes/{node}/${kind}/{vmid}/resize`]: (asked) => {
    const { cluster, fields, user } = asked
    need(asked, `/vms/${asked.parts[1]}`, 'VM.Config.Disk')
    const guest = guestIn(asked, kind)
    refuseLocked(guest)
    refuseStale(cluster, guest, fields.get('digest'))
    const disk = fields.get('disk') ?? ''
    const line = guest.config[disk]
    if (line === undefined) throw new Refused(500, `disk '${disk}' does not exist`)
    const [, now = '0'] = /size=(\d+)G/.exec(String(line)) ?? []
    const [, plus, gib = '0'] = /^(\+)?(\d+)G$/.exec(fields.get('size') ?? '') ?? []
    const size = plus === undefined ? Number(gib) : Number(now) + Number(gib)
    if (size < Number(now)) throw new Refused(500, 'shrinking disks is not supported')
    const effect = () => {
      guest.config = { ...guest.config, [disk]: String(line).replace(/size=\d+G/, `size=${size}G`) }
    }
    return cluster.begin({ node: guest.node, type: 'resize', about: String(guest.id), user, seconds: 1 }, { effect })
  },
})

/** Configurations, changed. */
export const configAnswers: Readonly<Record<string, Answer>> = {
  ...each('qemu'),
  ...each('lxc'),
  'GET /cluster/nextid': (asked: Asked) => {
    const wanted = asked.fields.get('vmid')
    const ids = asked.cluster.guests
    if (wanted !== null) {
      if (ids.has(Number(wanted))) throw new Refused(400, 'Parameter verification failed.', { vmid: `VM ${wanted} already exists` })
      return wanted
    }
    // Text, as the real one answers.
    for (let id = 100; ; id += 1) if (!ids.has(id)) return String(id)
  },
}
