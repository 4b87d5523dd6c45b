import type { GuestConfig } from './guest-schema.ts'
import type { Guest } from './resources.ts'

/** One network device of a guest, as its configuration says. */
export interface NetworkDevice {
  key: string
  mac: string | undefined
  bridge: string | undefined
  vlan: string | undefined
  /** Fixed addresses, without their prefix. */
  addresses: readonly string[]
  mtu: number | undefined
}

/** One disk, or mount point, of a guest. */
export interface GuestDisk {
  key: string
  /** None where a path of the node is mounted. */
  storage: string | undefined
  volume: string
  size: string | undefined
  /** False where a backup leaves it out. */
  isBackedUp: boolean
  /** Where a container sees it. */
  path: string | undefined
}

const macForm = /^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/i
const diskKey = /^(?:ide|sata|scsi|virtio)\d+$/
const stateKey = /^(?:efidisk|tpmstate)\d+$/

/** Reads `virtio=BC:24:11:00:00:01,bridge=vmbr0`; what has no name of its own is under the one given. */
export function propertiesIn(line: string, nameless = ''): Readonly<Record<string, string>> {
  const entries = line.split(',').flatMap((part) => {
    const at = part.indexOf('=')
    if (part.trim() === '') return []
    return [at === -1 ? [nameless, part.trim()] : [part.slice(0, at).trim(), part.slice(at + 1).trim()]]
  })
  return Object.fromEntries(entries) as Record<string, string>
}

/** Values of `net0`, `net1`, … in their order. */
export function numbered(config: GuestConfig, name: string): [key: string, value: string][] {
  const form = new RegExp(`^${name}\\d+$`)
  return Object.entries(config)
    .flatMap(([key, value]): [string, string][] => (form.test(key) && value !== undefined ? [[key, value]] : []))
    .toSorted(([first], [second]) => Number(first.slice(name.length)) - Number(second.slice(name.length)))
}

/** Network devices of a guest with the addresses its configuration, or its cloud-init, gives them. */
export function networksOf(config: GuestConfig): NetworkDevice[] {
  return numbered(config, 'net').map(([key, line]) => {
    const properties = propertiesIn(line)
    const cloudInit = propertiesIn(config[key.replace('net', 'ipconfig')] ?? '')
    const mac = properties['hwaddr'] ?? properties['macaddr'] ?? Object.values(properties).find((value) => macForm.test(value))
    const mtu = Number(properties['mtu'] ?? Number.NaN)
    return {
      key,
      mac: mac?.toLowerCase(),
      bridge: properties['bridge'],
      vlan: properties['tag'],
      addresses: [properties['ip'], properties['ip6'], cloudInit['ip'], cloudInit['ip6']].flatMap(fixedAddress),
      // 1 is that of the bridge.
      mtu: mtu > 1 ? mtu : undefined,
    }
  })
}

function fixedAddress(value: string | undefined): string[] {
  return value === undefined || ['dhcp', 'auto', 'manual', ''].includes(value) ? [] : [value.split('/')[0] ?? '']
}

/** Disks and mount points of a guest; drives without a disk of their own are none. */
export function disksOf(kind: Guest['kind'], config: GuestConfig): GuestDisk[] {
  return Object.entries(config).flatMap(([key, line]) => {
    if (line === undefined) return []
    const isDisk = kind === 'qemu' ? diskKey.test(key) || stateKey.test(key) : key === 'rootfs' || /^mp\d+$/.test(key)
    if (!isDisk) return []
    const properties = propertiesIn(line, 'volume')
    const volume = properties['volume'] ?? properties['file'] ?? ''
    if (properties['media'] === 'cdrom' || volume === '' || volume === 'none') return []
    const storage = volume.startsWith('/') ? undefined : /^([^:]+):/.exec(volume)?.[1]
    const saysBackup = properties['backup']
    const isBackedUp = kind === 'qemu' ? saysBackup !== '0' : key === 'rootfs' || (storage !== undefined && saysBackup === '1')
    return [{ key, storage, volume, size: properties['size'], isBackedUp, path: properties['mp'] }]
  })
}

/** Paths of the node that are mounted in a container. */
export function bindMounts(kind: Guest['kind'], config: GuestConfig): GuestDisk[] {
  return kind === 'lxc' ? disksOf(kind, config).filter(({ storage }) => storage === undefined) : []
}

/** Devices of the node that a guest holds: `hostpci0 0000:01:00`. */
export function passedThrough(config: GuestConfig): string[] {
  return ['hostpci', 'usb', 'virtiofs', 'dev'].flatMap((name) =>
    numbered(config, name)
      .filter(([, line]) => !/(?:^|[,=])spice(?:$|,)/.test(line))
      .map(([key, line]) => `${key} ${line.split(',')[0]}`),
  )
}

/** Whether the configuration says there is a guest agent. */
export function hasAgent(kind: Guest['kind'], config: GuestConfig): boolean {
  if (kind !== 'qemu') return false
  const enabled = propertiesIn(config['agent'] ?? '', 'enabled')['enabled']
  return enabled === '1' || enabled === 'true' || enabled === 'yes' || enabled === 'on'
}

/** True where a value of the configuration is 1. */
export function isSet(value: string | undefined): boolean {
  return value === '1' || value === 'true'
}

// What Proxmox itself waits where nothing else is said.
const usualShutdownSeconds = { qemu: 180, lxc: 60 } as const

/** How long a guest is given to end by itself. */
export function shutdownSeconds(kind: Guest['kind'], config: GuestConfig): number {
  const down = Number(propertiesIn(config['startup'] ?? '', 'order')['down'] ?? Number.NaN)
  return down > 0 ? down : usualShutdownSeconds[kind]
}

const withheld = /^(?:cipassword|sshkeys|vmgenid|smbios1|digest|meta|description|name|hostname|tags|parent|env|args|lock)$/

/** The configuration as it may be shown: without secrets, without what only a machine reads. */
export function shownConfig(config: GuestConfig): Record<string, string> {
  const shown = Object.entries(config).flatMap(([key, value]) => (withheld.test(key) || value === undefined ? [] : [[key, value]]))
  return Object.fromEntries(shown.toSorted(([first = ''], [second = '']) => (first < second ? -1 : 1))) as Record<string, string>
}
