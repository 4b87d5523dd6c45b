import { ToolError } from '@rackwarden/core'
import { z } from 'zod'
import type { ProxmoxClient } from './client.ts'
import { locateGuest } from './find-guest.ts'
import { propertiesIn } from './guest-config.ts'
import type { GuestConfig } from './guest-schema.ts'
import type { GuestPlace } from './guest-place.ts'

/** What may be changed of a guest, as a caller says it. */
export const changeShape = {
  name: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i, 'is not a DNS name')
    .max(63)
    .optional()
    .describe('Name.'),
  cores: z.number().int().min(1).max(8_192).optional().describe('Cores.'),
  memory_mib: z.number().int().min(16).optional().describe('Memory MiB.'),
  balloon_mib: z.number().int().min(0).optional().describe('Balloon MiB.'),
  swap_mib: z.number().int().min(0).optional().describe('Swap MiB.'),
  starts_at_boot: z.boolean().optional().describe('Starts at boot.'),
  startup: z
    .string()
    .regex(/^(?:(?:order=)?\d+|up=\d+|down=\d+)(?:,(?:order=\d+|up=\d+|down=\d+))*$/, 'is not order=1,up=30,down=90')
    .optional()
    .describe('order=1,up=30,down=90'),
  tags: z
    .array(z.string().regex(/^[a-z0-9_][a-z0-9_\-+.]*$/i, 'is no tag'))
    .optional()
    .describe('All of them.'),
  description: z.string().max(8_000).optional().describe('Notes.'),
  protected: z.boolean().optional().describe('Protected.'),
} as const

/** What a caller wants changed. */
export type WantedChange = z.output<z.ZodObject<typeof changeShape>>

/** Values by key of the configuration; null is not set. */
export type ConfigValues = Readonly<Record<string, string | null>>

/** What changing a configuration depends on. */
export interface ConfigState extends GuestPlace {
  name: string
  status: string
  lock: string | undefined
  /** Of the whole configuration: whoever changed it meanwhile is not overwritten. */
  digest: string | undefined
  /** What may be changed, as it is. */
  values: ConfigValues
}

const keys = {
  both: ['cores', 'memory', 'onboot', 'startup', 'tags', 'description', 'protection'],
  qemu: ['name', 'balloon'],
  lxc: ['hostname', 'swap'],
} as const

/** The keys a kind of guest has of those that may be changed. */
export function changeableKeys(kind: GuestPlace['kind']): readonly string[] {
  return [...keys.both, ...keys[kind]]
}

/** Reads the part of a configuration that may be changed, with what it is held to. */
export async function configStateOf(reference: string, client: ProxmoxClient, signal: AbortSignal): Promise<ConfigState> {
  const { config, ...guest } = await configuredGuest(reference, client, signal)
  return { ...guest, values: valuesIn(guest.kind, config) }
}

/** Where a guest is, how it is, and its configuration with the digest that guards a change of it. */
export async function configuredGuest(reference: string, client: ProxmoxClient, signal: AbortSignal) {
  const { kind, node, id, name } = await locateGuest(reference, client, signal)
  const place = { kind, node, id }
  const [{ status, lock }, config] = await Promise.all([client.status(place, signal), client.guestConfig(place, signal)])
  return { ...place, name, status, lock, digest: config['digest'], config }
}

/** The part a plan is bound to. The digest guards what is sent, and is no part of it: a snapshot that is taken first makes another. */
export function configBasis({ id, node, lock, values }: ConfigState): unknown {
  return { id, node, lock: lock ?? null, values }
}

/** Values of what may be changed. */
export function valuesIn(kind: GuestPlace['kind'], config: GuestConfig): ConfigValues {
  return Object.fromEntries(changeableKeys(kind).map((key) => [key, config[key] ?? null]))
}

/** What a caller wants, as Proxmox keeps it; throws where a kind of guest has no such thing. */
export function wantedValues(wanted: WantedChange, kind: GuestPlace['kind']): ConfigValues {
  const { balloon_mib: balloon, swap_mib: swap } = wanted
  if (kind === 'lxc' && balloon !== undefined)
    throw new ToolError('invalid_input', 'A container has no balloon_mib.', { hint: 'Leave it out; memory_mib is its limit.' })
  if (kind === 'qemu' && swap !== undefined)
    throw new ToolError('invalid_input', 'A virtual machine has no swap_mib.', { hint: 'Leave it out; its swap is inside of it.' })
  const given: Record<string, string | null | undefined> = {
    [kind === 'qemu' ? 'name' : 'hostname']: wanted.name,
    cores: textOf(wanted.cores),
    memory: textOf(wanted.memory_mib),
    balloon: textOf(balloon),
    swap: textOf(swap),
    onboot: flagOf(wanted.starts_at_boot),
    startup: wanted.startup,
    tags: wanted.tags === undefined ? undefined : [...new Set(wanted.tags.map((tag) => tag.toLowerCase()))].join(';') || null,
    description: wanted.description === undefined ? undefined : wanted.description.trim() || null,
    protection: flagOf(wanted.protected),
  }
  return Object.fromEntries(Object.entries(given).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])))
}

function textOf(value: number | undefined): string | undefined {
  return value === undefined ? undefined : String(value)
}

function flagOf(value: boolean | undefined): string | null | undefined {
  return value === undefined ? undefined : value ? '1' : null
}

/** Whether two values of a key mean the same; what is not said is 0, and tags have no order. */
export function isSame(key: string, first: string | null | undefined, second: string | null | undefined): boolean {
  return meaning(key, first) === meaning(key, second)
}

function meaning(key: string, value: string | null | undefined): string {
  const given = value ?? ''
  if (key === 'onboot' || key === 'protection') return given === '1' || given === 'true' ? '1' : ''
  if (key === 'memory') return propertiesIn(given, 'current')['current'] ?? ''
  if (key === 'tags')
    return given
      .split(/[;,\s]+/)
      .filter((tag) => tag !== '')
      .toSorted()
      .join(';')
  return key === 'description' ? given.trim() : given
}

/** The values that are other than they are. */
export function changedValues(state: Pick<ConfigState, 'values'>, wanted: ConfigValues): ConfigValues {
  return Object.fromEntries(Object.entries(wanted).filter(([key, value]) => !isSame(key, state.values[key], value)))
}

/** What was there before, of what is changed. */
export function previousValues(state: Pick<ConfigState, 'values'>, changed: ConfigValues): ConfigValues {
  return Object.fromEntries(Object.keys(changed).map((key) => [key, state.values[key] ?? null]))
}

/** A change as Proxmox takes it: what is set, and what is deleted. */
export function changeFields(values: ConfigValues, digest: string | undefined): Record<string, string | undefined> {
  const gone = Object.entries(values).flatMap(([key, value]) => (value === null ? [key] : []))
  const set = Object.fromEntries(Object.entries(values).flatMap(([key, value]) => (value === null ? [] : [[key, value] as const])))
  return { ...set, delete: gone.length === 0 ? undefined : gone.join(','), digest }
}
