import { page, paging } from '@rackwarden/core'
import { z } from 'zod'
import { attempt, ifAllowed } from '../attempt.ts'
import { ageText, archivesOf, newestReal } from '../backups.ts'
import { isSet } from '../guest-config.ts'
import { detailsOf } from '../guest-details.ts'
import { blindSpots, holds } from '../privileges.ts'
import type { Guest } from '../resources.ts'
import { gibibytes } from '../verdict.ts'
import { defineTool, nextCursor, some, unanswered } from './define-tool.ts'
import { findNode } from './node.ts'

/** Lists virtual machines and containers together. */
export const listGuests = defineTool({
  name: 'list_guests',
  title: 'List guests',
  description: 'Virtual machines and containers (VMs, LXC): status, node, IP addresses, tags, backup age; those in trouble first.',
  access: 'observe',
  toolset: 'guests',
  input: z.object({
    name: z.string().optional().describe('Part of the name.'),
    status: z.enum(['running', 'stopped', 'unknown', 'template', 'locked']).optional().describe('Status.'),
    node: z.string().optional().describe('Node.'),
    kind: z.enum(['qemu', 'lxc']).optional().describe('Kind.'),
    tag: z.string().optional().describe('Tag.'),
    pool: z.string().optional().describe('Pool.'),
    ...paging,
  }),
  output: z.object({
    total: z.number().describe('Guests that match.'),
    guests: z.array(
      z.object({
        id: z.number().describe('Id.'),
        name: z.string().describe('Name.'),
        kind: z.string().describe('Virtual machine (qemu) or container (lxc).'),
        status: z.string().describe('Status.'),
        node: z.string().describe('Node it is on.'),
        addresses: z.string().optional().describe('From configuration, cloud-init and agent.'),
        memory_gib: z.number().optional().describe('Memory.'),
        uptime: z.string().optional().describe('Since it was started.'),
        starts_at_boot: z.boolean().optional().describe('True where its node starts it.'),
        backup_age: z.string().optional().describe('Of the newest archive.'),
        tags: z.string().optional().describe('Tags.'),
        pool: z.string().optional().describe('Pool.'),
        lock: z.string().optional().describe('What holds it.'),
        ha: z.string().optional().describe('State HA has it in.'),
      }),
    ),
    silent_agents: z.string().optional().describe('Guests whose agent is configured and does not answer.'),
    unanswered,
    hidden: z.array(z.string()).optional().describe('What the token may not see.'),
    next_cursor: nextCursor,
  }),
  untrusted: true,
  async run({ name, status, node, kind, tag, pool, ...window }, { client, signal }) {
    const [view, permissions] = await Promise.all([client.resources(signal), ifAllowed(client.permissions(signal))])
    const place = node === undefined ? undefined : findNode(view, node).name
    const found = view.guests.filter(
      (guest) =>
        (name === undefined || guest.name.toLowerCase().includes(name.toLowerCase()) || String(guest.id) === name) &&
        (status === undefined || statusHolds(guest, status)) &&
        (place === undefined || guest.node === place) &&
        (kind === undefined || guest.kind === kind) &&
        (tag === undefined || guest.tags.includes(tag.toLowerCase()) || guest.tags.includes(tag)) &&
        (pool === undefined || guest.pool === pool),
    )
    const { rows, ...rest } = page(worstFirst(found), window)
    const [{ details, silent }, backups] = await Promise.all([
      detailsOf(client, rows, signal),
      attempt(2_500, signal, async (own) => archivesOf(client, view, own)),
    ])
    const newest = newestReal(backups.value?.archives ?? [])
    const isWhole = backups.value !== undefined && backups.value.unread.length === 0
    const seesAll = permissions === undefined || holds(permissions, '/vms', 'VM.Audit')
    const mute = details.filter(({ agent }) => agent === 'does not answer').map(({ guest }) => guest.name)
    return {
      total: found.length,
      guests: details.map(({ guest, config, addresses }) => {
        const archive = newest.get(guest.id)
        return {
          id: guest.id,
          name: guest.name,
          kind: guest.kind,
          status: guest.isTemplate ? 'template' : guest.status,
          node: guest.node,
          addresses: addresses.length === 0 ? undefined : addresses.join(', '),
          memory_gib: gibibytes(guest.maxMemory),
          uptime: guest.status === 'running' ? ageText(guest.uptime * 1_000) : undefined,
          starts_at_boot: isSet(config?.['onboot']) ? true : undefined,
          backup_age: archive === undefined ? (isWhole && !guest.isTemplate ? 'none' : undefined) : ageText(view.at - archive.at),
          tags: guest.tags.length === 0 ? undefined : guest.tags.join(', '),
          pool: guest.pool,
          lock: guest.lock,
          ha: guest.ha,
        }
      }),
      silent_agents: mute.length === 0 ? undefined : mute.join(', '),
      unanswered: some([
        ...[...silent].map(([silentNode, why]) => `${silentNode}: ${why}`),
        ...(backups.value?.unread ?? ['backups: they were not told in time']),
      ]),
      hidden: seesAll ? undefined : some(blindSpots(permissions, { guests: view.guests.length }).slice(0, 1)),
      ...rest,
    }
  },
})

function statusHolds(guest: Guest, status: string): boolean {
  if (status === 'template') return guest.isTemplate
  return status === 'locked' ? guest.lock !== undefined : guest.status === status && !guest.isTemplate
}

function worstFirst(guests: readonly Guest[]): Guest[] {
  const trouble = ({ ha, lock, status, isTemplate }: Guest) =>
    ha === 'error' ? 0 : status === 'unknown' ? 1 : lock !== undefined ? 2 : isTemplate ? 5 : status === 'running' ? 3 : 4
  return guests.toSorted((first, second) => trouble(first) - trouble(second) || first.id - second.id)
}
