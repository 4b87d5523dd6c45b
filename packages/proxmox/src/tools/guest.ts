import { z } from 'zod'
import { attempt, ifAllowed } from '../attempt.ts'
import { ageText, archivesOf } from '../backups.ts'
import type { ProxmoxClient } from '../client.ts'
import { findGuest } from '../find-guest.ts'
import { bindMounts, disksOf, isSet, networksOf, passedThrough, shownConfig, shutdownSeconds } from '../guest-config.ts'
import { detailOf } from '../guest-details.ts'
import type { Guest } from '../resources.ts'
import { isManaged, realSnapshots, snapshotCapability } from '../snapshots.ts'
import { gibibytes } from '../verdict.ts'
import { defineTool, guestInput, some, unanswered } from './define-tool.ts'

/** Shows one guest whole. */
export const getGuest = defineTool({
  name: 'get_guest',
  title: 'Look at a guest',
  description: 'One VM or container: status, addresses, agent, disks, network, configuration, snapshots possible, HA, backups.',
  access: 'observe',
  toolset: 'guests',
  input: z.object({ guest: guestInput }),
  output: z.object({
    id: z.number().describe('Id.'),
    name: z.string().describe('Name.'),
    kind: z.string().describe('Virtual machine (qemu) or container (lxc).'),
    status: z.string().describe('Status.'),
    node: z.string().describe('Node it is on.'),
    lock: z.string().optional().describe('What holds it.'),
    uptime: z.string().optional().describe('Since it was started.'),
    processors: z.string().optional().describe('Count, and how busy they are.'),
    memory: z.string().optional().describe('Used of all.'),
    addresses: z.array(z.string()).describe('From configuration, cloud-init and agent.'),
    agent: z.string().optional().describe('Whether its guest agent answers.'),
    agent_responsive: z.boolean().optional().describe('True where it does.'),
    snapshot_capable: z.boolean().optional().describe('Whether it can be snapshotted.'),
    snapshot_reason: z.string().optional().describe('Why not, or in which way.'),
    snapshots: z.string().describe('How many, and how many of them managed.'),
    backups: z.string().describe('Newest archive, and how many.'),
    ha: z.string().optional().describe('State, and the group or rules.'),
    replication: z.array(z.string()).optional().describe('Where to, and when.'),
    starts_at_boot: z.boolean().describe('Whether its node starts it.'),
    protected: z.boolean().optional().describe('True where Proxmox refuses to delete it.'),
    shutdown_seconds: z.number().describe('Given to it to end by itself.'),
    tags: z.string().optional().describe('Tags.'),
    pool: z.string().optional().describe('Pool.'),
    passthrough: z.array(z.string()).optional().describe('Devices of the node it holds.'),
    bind_mounts: z.array(z.string()).optional().describe('Paths of the node in it.'),
    description: z.string().optional().describe('Notes.'),
    networks: z.array(
      z.object({
        device: z.string().describe('Device.'),
        mac: z.string().optional().describe('Hardware address.'),
        bridge: z.string().optional().describe('Bridge.'),
        vlan: z.string().optional().describe('VLAN.'),
        fixed: z.string().optional().describe('Addresses it is given.'),
      }),
    ),
    disks: z.array(
      z.object({
        device: z.string().describe('Device.'),
        volume: z.string().describe('Where it is.'),
        size: z.string().optional().describe('Size.'),
        path: z.string().optional().describe('Mount point.'),
        backed_up: z.boolean().describe('Whether backups have it.'),
      }),
    ),
    config: z.record(z.string(), z.string()).describe('Everything else it is made of, without secrets.'),
    unanswered,
  }),
  untrusted: true,
  async run({ guest: reference }, { client, signal }) {
    const view = await client.resources(signal)
    const guest = findGuest(view.guests, reference)
    const [config, status] = await Promise.all([client.guestConfig(guest, signal), client.status(guest, signal)])
    const live = { ...guest, status: status.status }
    const [detail, snapshots, capability, backups, replication, ha] = await Promise.all([
      detailOf(client, live, config, signal),
      ifAllowed(client.snapshots(guest, signal)),
      ifAllowed(snapshotCapability(client, guest, config, view, signal)),
      archivesOf(client, view, signal, { guest: guest.id }),
      attempt(2_000, signal, async (own) => client.replicationJobs(own)),
      haOf(client, guest, signal),
    ])
    const rest = shownConfig(config)
    for (const key of Object.keys(rest)) if (/^(?:net|ipconfig|rootfs|mp|scsi|virtio|sata|ide|hostpci)\d*$/.test(key)) delete rest[key]
    const own = backups.archives.filter((archive) => archive.guest === guest.id)
    const [newest] = own
    const taken = realSnapshots(snapshots ?? [])
    return {
      id: guest.id,
      name: guest.name,
      kind: guest.kind,
      status: guest.isTemplate ? 'template' : (status.qmpstatus ?? status.status),
      node: guest.node,
      lock: status.lock,
      uptime: status.status === 'running' ? ageText((status.uptime ?? 0) * 1_000) : undefined,
      processors: status.cpus === undefined ? undefined : `${status.cpus}, ${Math.round((status.cpu ?? 0) * 100)} % busy`,
      memory: status.maxmem === undefined ? undefined : `${gibibytes(status.mem)} of ${gibibytes(status.maxmem)} GiB`,
      addresses: [...detail.addresses],
      agent: detail.agent,
      agent_responsive: detail.agent === 'answers' ? true : detail.agent === 'does not answer' ? false : undefined,
      snapshot_capable: capability?.isCapable,
      snapshot_reason: capability?.reason,
      snapshots: snapshots === undefined ? 'not told' : `${taken.length}, ${taken.filter(({ name }) => isManaged(name)).length} managed`,
      backups: newest === undefined ? 'none seen' : `${own.length}; newest ${ageText(view.at - newest.at)} old on ${newest.storage}`,
      ha: status.ha?.managed === true ? [status.ha.state ?? guest.ha ?? 'managed', ...ha].join('; ') : undefined,
      replication: some(
        (replication.value ?? [])
          .filter((job) => job.guest === guest.id)
          .map(({ target, schedule, disable }) => `to ${target}, ${disable ? 'disabled' : (schedule ?? '*/15')}`),
      ),
      starts_at_boot: isSet(config['onboot']),
      protected: isSet(config['protection']) ? true : undefined,
      shutdown_seconds: shutdownSeconds(guest.kind, config),
      tags: guest.tags.length === 0 ? undefined : guest.tags.join(', '),
      pool: guest.pool,
      passthrough: some(passedThrough(config)),
      bind_mounts: some(bindMounts(guest.kind, config).map(({ volume, path }) => `${volume} → ${path}`)),
      description: config['description'],
      networks: networksOf(config).map(({ key, mac, bridge, vlan, addresses }) => ({
        device: key,
        mac,
        bridge,
        vlan,
        fixed: addresses.length === 0 ? undefined : addresses.join(', '),
      })),
      disks: disksOf(guest.kind, config).map(({ key, volume, size, path, isBackedUp }) => ({
        device: key,
        volume,
        size,
        path,
        backed_up: isBackedUp,
      })),
      config: rest,
      unanswered: some(backups.unread),
    }
  },
})

/** What binds a guest under HA to nodes: a group until 8, rules from 9 on. */
async function haOf(client: ProxmoxClient, guest: Guest, signal: AbortSignal): Promise<string[]> {
  if (guest.ha === undefined) return []
  const sid = `${guest.kind === 'qemu' ? 'vm' : 'ct'}:${guest.id}`
  const isOwn = (line: string | undefined) => (line ?? '').split(',').some((one) => one.trim() === sid)
  const told = await attempt(2_000, signal, async (own) => {
    if ((await client.major(own)) >= 9)
      return (await client.haRules(own))
        .filter(({ resources, disable }) => isOwn(resources) && !disable)
        .map(({ rule, type, nodes }) => `rule ${rule} (${type}${nodes === undefined ? '' : ` ${nodes}`})`)
    return (await client.ha(own)).flatMap(({ sid: of, group }) => (of === sid && group !== undefined ? [`group ${group}`] : []))
  })
  return told.value ?? []
}
