import { ToolError } from '@rackwarden/core'
import { z } from 'zod'
import type { UptimeKumaClient } from './client.ts'
import { derive, offeredTypes, type Derived } from './derivation.ts'
import { findMonitor, monitorIfAny } from './find-monitor.ts'
import type { Monitor } from './kuma-schema.ts'
import { namesWatched } from './monitor-facts.ts'
import { atMost, host } from './text-limit.ts'
import { bears, notificationIds, tagsOfNeighbours } from './tag-facts.ts'
import { shownUrl } from './withheld.ts'

/** What a monitor is made from. */
export const creationInput = z.object({
  name: atMost(150).describe('Name.'),
  type: z.string().pipe(z.enum(offeredTypes)).optional().describe('dns, push, group.'),
  url: z.string().optional().describe('Url.'),
  host: host.optional().describe('Host.'),
  port: z.number().int().min(1).max(65_535).optional().describe('Port.'),
  container: z.string().min(1).optional().describe('Container.'),
  keyword: z.string().min(1).optional().describe('Keyword.'),
  json_path: z.string().min(1).optional().describe('JSON path.'),
  expected_value: z.string().optional().describe('Expected value.'),
  interval: z.number().int().min(20).max(2_073_600).default(60).describe('Seconds.'),
  retries: z.number().int().min(0).max(100).optional().describe('Retries.'),
  group: z.string().min(1).optional().describe('Group.'),
  tags: z.array(z.string().trim().min(1)).optional().describe('Tags.'),
  notifications: z.array(z.string()).optional().describe('Notifications.'),
})
export type CreationInput = z.output<typeof creationInput>

/** What a monitor is to be, and what is there of that name. */
export interface Creation {
  existing: Monitor | undefined
  derived: Derived
  parent: { id: number; name: string } | undefined
  tags: string[]
  /** Those of the tags that are not there yet. */
  newTags: string[]
  notifications: number[]
  dockerHost: number | undefined
  /** What is not the same, a line each, where there is one of that name. */
  differences: string[]
}

/** Reads what a creation depends on. */
export async function creationOf(input: CreationInput, client: UptimeKumaClient, signal: AbortSignal): Promise<Creation> {
  const derived = derive(input)
  const [monitors, known] = await Promise.all([client.refresh(signal), client.tags(signal)])
  const existing = oneNamed(monitors, input.name)
  const parent = input.group === undefined ? undefined : groupNamed(monitors, input.group)
  const tags = [...new Set(input.tags ?? (existing === undefined ? tagsOfNeighbours(monitors, hostOf(derived)) : []))]
  const notifications = notificationIds(client, input.notifications)
  const dockerHost = derived.type === 'docker' ? dockerHostOf(client) : undefined
  return {
    existing,
    derived,
    parent: parent === undefined ? undefined : { id: parent.id, name: parent.name },
    tags,
    newTags: tags.filter((name) => !known.some((tag) => tag.name.toLowerCase() === name.toLowerCase())),
    notifications,
    dockerHost,
    differences: existing === undefined ? [] : differencesOf(existing, input, { derived, parent, tags, notifications }),
  }
}

/** The one of that name; a name it has twice already is nobody's to decide about. */
export function oneNamed(monitors: readonly Monitor[], name: string): Monitor | undefined {
  const found = monitors.filter((monitor) => monitor.name === name)
  if (found.length > 1)
    throw new ToolError('conflict', `${found.length} monitors are called '${name}' already: #${found.map(({ id }) => id).join(', #')}.`, {
      hint: 'Choose another name.',
    })
  return found[0]
}

/** Finds a group by its name or id. */
export function groupNamed(monitors: readonly Monitor[], reference: string): Monitor {
  const group = monitorIfAny(
    monitors.filter(({ type }) => type === 'group'),
    reference,
  )
  if (group !== undefined) return group
  const found = findMonitor(monitors, reference)
  throw new ToolError('invalid_input', `${found.name} is no group.`, { hint: 'create_monitor type=group makes one.' })
}

function hostOf({ type, fields }: Derived): string {
  const { names, addresses } = namesWatched({
    type,
    url: String(fields['url'] ?? ''),
    hostname: String(fields['hostname'] ?? ''),
    docker_container: '',
  } as Monitor)
  return [...names, ...addresses][0] ?? ''
}

function dockerHostOf(client: UptimeKumaClient): number {
  const [first, ...others] = client.picture.dockerHosts()
  if (first === undefined)
    throw new ToolError('conflict', 'This Uptime Kuma knows no Docker engine, so it cannot watch a container.', {
      hint: 'Its owner adds one in its web page: Settings, Docker Hosts. Or watch what the container serves, by url.',
    })
  if (others.length === 0) return first.id
  throw new ToolError(
    'conflict',
    `This Uptime Kuma knows ${others.length + 1} Docker engines, and which one is meant cannot be said here.`,
    {
      hint: 'Its owner adds this monitor in the web page. Or watch what the container serves, by url.',
    },
  )
}

/** What of a monitor that is there is not what was asked for; what was not asked for may be anything. */
function differencesOf(
  existing: Monitor,
  input: CreationInput,
  { derived, parent, tags, notifications }: Pick<Creation, 'derived' | 'tags' | 'notifications'> & { parent: Monitor | undefined },
): string[] {
  const used = Object.keys(existing.notificationIDList ?? {}).map(Number)
  const fields: Record<string, unknown> = existing
  const pairs: [string, unknown, unknown][] = [
    ['type', existing.type, derived.type],
    ...Object.entries(derived.fields).map(([name, value]): [string, unknown, unknown] => [name, fields[name], value]),
    ['interval', existing.interval, input.interval],
    ...(input.retries === undefined ? [] : [['retries', existing.maxretries ?? 0, input.retries] as [string, number, number]]),
    ...(input.group === undefined ? [] : [['group', existing.parent ?? 'none', parent?.id] as [string, unknown, unknown]]),
  ]
  return [
    ...pairs.filter(([, is, wanted]) => is !== wanted).map(([name, is, wanted]) => `${name} is ${shown(is)}, not ${shown(wanted)}`),
    ...tags.filter((name) => !bears(existing, name, '')).map((name) => `it does not bear the tag ${name}`),
    ...(input.notifications === undefined || sameMembers(used, notifications) ? [] : ['its notifications are others']),
  ]
}

function sameMembers(first: readonly number[], second: readonly number[]): boolean {
  return first.length === second.length && first.every((id) => second.includes(id))
}

function shown(value: unknown): string {
  return typeof value === 'string' && value !== '' ? shownUrl(value) : typeof value === 'number' ? String(value) : 'none'
}
