import { ToolError } from '@rackwarden/core'
import { z } from 'zod'
import type { Fields } from './api.ts'
import { propertiesIn } from './guest-config.ts'
import type { GuestConfig } from './guest-schema.ts'
import { newGuestShape } from './new-guest.ts'

const address = z
  .string()
  .regex(/^(?:dhcp|(?:\d{1,3}\.){3}\d{1,3}\/\d{1,2})$/, 'is neither dhcp nor an address with its prefix, 10.0.0.20/24')

/** What a new guest is to be. */
export const creationInput = z.object({
  from: z.string().min(1).describe('As list_templates has it.'),
  ...newGuestShape,
  cores: z.number().int().min(1).max(512).optional().describe('Cores.'),
  memory_mib: z.number().int().min(64).optional().describe('Memory MiB.'),
  disk_gib: z.number().int().min(1).max(65_536).optional().describe('Disk GiB.'),
  bridge: z
    .string()
    .regex(/^[a-z][a-z0-9_.-]*$/i, 'is not the name of a bridge')
    .optional()
    .describe('Bridge.'),
  vlan: z.number().int().min(1).max(4_094).optional().describe('VLAN.'),
  address: address.optional().describe('dhcp or CIDR.'),
  gateway: z.ipv4().optional().describe('Gateway.'),
  user: z
    .string()
    .regex(/^[a-z_][a-z0-9_-]*$/, 'is no user name')
    .optional()
    .describe('User.'),
  ssh_keys: z
    .array(z.string().regex(/^(?:ssh-|ecdsa-|sk-)[\w@.-]+ [A-Za-z0-9+/=]+(?: [^\r\n]*)?$/, 'is no public key'))
    .optional()
    .describe('SSH keys.'),
  tags: z
    .array(z.string().regex(/^[a-z0-9_][a-z0-9_\-+.]*$/i, 'is no tag'))
    .optional()
    .describe('Tags.'),
  starts_at_boot: z.boolean().optional().describe('Starts at boot.'),
})

/** What a new guest is to be. */
export type CreationInput = z.output<typeof creationInput>

const usual = { cores: 2, memory: 2_048, containerMemory: 512, bridge: 'vmbr0', containerDisk: 8 } as const

/** Refuses what does not go together, whatever it is made from. */
export function refuseContradictions({ address: given, gateway, user }: CreationInput, kind: 'qemu' | 'lxc'): void {
  if (gateway !== undefined && (given === undefined || given === 'dhcp'))
    throw new ToolError('invalid_input', 'A gateway belongs to a fixed address.', { hint: 'Set address, or leave gateway out.' })
  if (user !== undefined && kind === 'lxc')
    throw new ToolError('invalid_input', 'A container is given no user: its keys are for root.', { hint: 'Leave user out.' })
}

function addressLine({ address: given = 'dhcp', gateway }: CreationInput): string {
  return `ip=${given}${gateway === undefined ? '' : `,gw=${gateway}`}`
}

function commonFields(
  { tags, starts_at_boot: startsAtBoot, pool }: CreationInput,
  isCloned: boolean,
): Record<string, string | boolean | undefined> {
  return {
    tags: tags === undefined ? undefined : [...new Set(tags.map((tag) => tag.toLowerCase()))].join(';'),
    onboot: startsAtBoot === true ? true : undefined,
    ...(isCloned ? {} : { pool }),
  }
}

/** A virtual machine from a disk image with cloud-init in it. */
export function machineFields(input: CreationInput, { id, storage, image }: { id: number; storage: string; image: string }): Fields {
  const { name, cores = usual.cores, memory_mib: memory = usual.memory, bridge = usual.bridge, vlan, user, ssh_keys: keys } = input
  return {
    vmid: id,
    name,
    ostype: 'l26',
    cpu: 'x86-64-v2-AES',
    cores,
    memory: String(memory),
    agent: '1',
    scsihw: 'virtio-scsi-single',
    scsi0: `${storage}:0,import-from=${image},discard=on,iothread=1`,
    ide2: `${storage}:cloudinit`,
    boot: 'order=scsi0',
    // Cloud images talk to a serial console.
    serial0: 'socket',
    net0: `virtio,bridge=${bridge}${vlan === undefined ? '' : `,tag=${vlan}`}`,
    ipconfig0: addressLine(input),
    ciuser: user,
    sshkeys: keysLine(keys),
    ...commonFields(input, false),
  }
}

/** A container from a container template. */
export function containerFields(
  input: CreationInput,
  { id, storage, template }: { id: number; storage: string; template: string },
): Fields {
  const {
    name,
    cores = usual.cores,
    memory_mib: memory = usual.containerMemory,
    bridge = usual.bridge,
    vlan,
    disk_gib: disk,
    ssh_keys: keys,
  } = input
  return {
    vmid: id,
    hostname: name,
    ostemplate: template,
    rootfs: `${storage}:${disk ?? usual.containerDisk}`,
    cores,
    memory,
    swap: 512,
    unprivileged: true,
    // systemd of today does not come up without.
    features: 'nesting=1',
    net0: `name=eth0,bridge=${bridge}${vlan === undefined ? '' : `,tag=${vlan}`},${addressLine(input)}`,
    'ssh-public-keys': keys === undefined || keys.length === 0 ? undefined : keys.join('\n'),
    ...commonFields(input, false),
  }
}

/** What a clone of a template is changed by, to be what was asked for. */
export function clonedFields(input: CreationInput, kind: 'qemu' | 'lxc', config: GuestConfig): Fields {
  const { cores, memory_mib: memory, bridge, vlan, address: given, user, ssh_keys: keys } = input
  const network = bridge === undefined && vlan === undefined && (kind === 'qemu' || given === undefined) ? undefined : config['net0']
  if (keys !== undefined && kind === 'lxc')
    throw new ToolError('invalid_input', 'Keys are put into a container only when it is made from a file of a container template.', {
      hint: 'Leave ssh_keys out; those of the template are in it.',
    })
  return {
    cores,
    memory,
    net0:
      network === undefined
        ? undefined
        : replaced(network, { bridge, tag: vlan, ...(kind === 'lxc' && given !== undefined && addressOf(input)) }),
    ...(kind === 'qemu' && { ipconfig0: given === undefined ? undefined : addressLine(input), ciuser: user, sshkeys: keysLine(keys) }),
    ...commonFields(input, true),
  }
}

function addressOf({ address: given, gateway }: CreationInput): Record<string, string | undefined> {
  return { ip: given, gw: gateway }
}

/** A line of properties with some of them replaced; those that are undefined stay. */
function replaced(line: string, given: Readonly<Record<string, string | number | undefined>>): string {
  const known = propertiesIn(line)
  const kept =
    given['ip'] !== undefined && given['gw'] === undefined ? Object.entries(known).filter(([key]) => key !== 'gw') : Object.entries(known)
  const wanted = Object.entries(given).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)] as const]))
  return Object.entries(Object.fromEntries([...kept, ...wanted]))
    .map(([key, value]) => `${key}=${value}`)
    .join(',')
}

/** Proxmox wants keys percent-encoded within the form that encodes them once more. */
function keysLine(keys: readonly string[] | undefined): string | undefined {
  return keys === undefined || keys.length === 0 ? undefined : encodeURIComponent(keys.join('\n'))
}

/** What a plan says of a new guest, a line each. */
export function creationLines({
  cores,
  memory_mib: memory,
  disk_gib: disk,
  address: given,
  gateway,
  bridge,
  vlan,
  user,
  ssh_keys: keys,
  tags,
}: CreationInput): string[] {
  const lines: [string, string | number | undefined][] = [
    ['cores', cores],
    ['memory', memory === undefined ? undefined : `${memory} MiB`],
    ['disk', disk === undefined ? undefined : `${disk} GiB`],
    [
      'network',
      bridge === undefined && vlan === undefined ? undefined : `${bridge ?? usual.bridge}${vlan === undefined ? '' : `, VLAN ${vlan}`}`,
    ],
    ['address', given === undefined ? undefined : `${given}${gateway === undefined ? '' : `, gateway ${gateway}`}`],
    ['user', user],
    ['keys', keys === undefined ? undefined : keys.map((key) => key.split(' ')[2] ?? key.slice(0, 24)).join(', ')],
    ['tags', tags?.join(', ')],
  ]
  return lines.flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]))
}
