import { sh, type Part } from './script.ts'
import { blocksOf, numberOf, type Sections } from './sections.ts'

/** The interfaces of a host, their addresses and drivers. */
export const networkPart: Part = {
  name: 'network',
  body: sh`
section network:links
for link in /sys/class/net/*; do
  [ -e "$link/mtu" ] || continue
  name=\${link##*/}
  echo "name=$name"
  for field in mtu address operstate speed duplex carrier type; do
    of "$link/$field"; echo "$field=$value"
  done
  for field in rx_errors tx_errors rx_dropped tx_dropped rx_crc_errors; do
    of "$link/statistics/$field"; echo "$field=$value"
  done
  [ ! -e "$link/master" ] || { master=$(readlink "$link/master"); echo "master=\${master##*/}"; }
  while IFS= read -r line; do case $line in DEVTYPE=*) echo "$line" ;; esac; done <"$link/uevent"
  [ ! -d "$link/wireless" ] || echo DEVTYPE=wlan
  [ ! -e "$link/tun_flags" ] || echo DEVTYPE=tun
  if [ -e "$link/device" ]; then
    echo device=yes
    driver=$(readlink "$link/device/driver"); echo "driver=\${driver##*/}"
    has ethtool && limited 2 ethtool -i "$name" | sed -n 's/^version: */driver_version=/p; s/^firmware-version: */firmware=/p'
  fi
  echo
done
section network:addresses
ip -o addr show || ifconfig -a
section network:route
ip route show default || route -n | sed -n 's/^0\.0\.0\.0 *\([0-9.]*\).* \([^ ]*\)$/default via \1 dev \2/p'
section network:resolvers; sed -n 's/^nameserver *//p' /etc/resolv.conf`,
}

/** One interface. */
export interface Interface {
  name: string
  /** `physical`, `bridge`, `bond`, `vlan`, `wlan`, `tun`, `wireguard`, `loopback`, `virtual` … */
  kind: string
  state: string
  mtu: number
  mac: string
  /** With the length of the prefix. */
  addresses: string[]
  /** Mbit/s. */
  speed: number | undefined
  duplex: string | undefined
  errors: { received: number; sent: number; crc: number }
  dropped: { received: number; sent: number }
  /** The bridge or bond it is part of. */
  master: string | undefined
  driver: string | undefined
  firmware: string | undefined
  hasDefaultRoute: boolean
}

/** Reads what the part printed. */
export function interfacesOf(sections: Sections): Interface[] {
  const addresses = addressesOf(sections.text('network:addresses'))
  const ways = new Set(sections.lines('network:route').flatMap((line) => /\bdev (\S+)/.exec(line)?.[1] ?? []))
  return blocksOf(sections.text('network:links')).map((link) => {
    const count = (field: string) => numberOf(link[field]) ?? 0
    const name = link['name'] ?? ''
    const speed = numberOf(link['speed'])
    const version = link['driver_version']
    return {
      name,
      kind: kindOf(name, link),
      state: link['operstate'] === 'unknown' && link['carrier'] === '1' ? 'up' : (link['operstate'] ?? 'unknown'),
      mtu: count('mtu'),
      mac: /^(?:00:){5}00$/.test(link['address'] ?? '') ? '' : (link['address'] ?? ''),
      addresses: addresses.get(name) ?? [],
      // What is down says -1, or that there is no such number.
      speed: speed !== undefined && speed > 0 && speed < 4_294_967_295 ? speed : undefined,
      duplex: link['duplex'] === 'full' || link['duplex'] === 'half' ? link['duplex'] : undefined,
      errors: { received: count('rx_errors'), sent: count('tx_errors'), crc: count('rx_crc_errors') },
      dropped: { received: count('rx_dropped'), sent: count('tx_dropped') },
      master: link['master'],
      driver: [link['driver'], version].filter(Boolean).join(' ') || undefined,
      firmware: link['firmware'] === undefined || /^(?:N\/A)?$/.test(link['firmware']) ? undefined : link['firmware'],
      hasDefaultRoute: ways.has(name),
    }
  })
}

function kindOf(name: string, link: Record<string, string>): string {
  const told = link['DEVTYPE']
  if (link['type'] === '772') return 'loopback'
  if (told !== undefined && told !== '') return told
  return link['device'] === 'yes' ? 'physical' : name.startsWith('veth') ? 'veth' : 'virtual'
}

/** Addresses by interface, from `ip -o addr` or `ifconfig -a`. */
function addressesOf(text: string): Map<string, string[]> {
  const found = new Map<string, string[]>()
  const add = (name: string, address: string) => found.set(name, [...(found.get(name) ?? []), address])
  let current = ''
  for (const line of text.split('\n')) {
    const [, name, address] = /^\d+:\s+(\S+?)(?:@\S+)?\s+inet6?\s+(\S+)/.exec(line) ?? []
    if (name !== undefined && address !== undefined) add(name, address)
    else current = interfaceOfIfconfig(line, current, add)
  }
  return found
}

function interfaceOfIfconfig(line: string, current: string, add: (name: string, address: string) => void): string {
  const name = /^([\w.@-]+?)(?:@\S+)?:?\s+(?:Link |flags=)/.exec(line)?.[1] ?? current
  const [, address, mask] = /\binet (?:addr:)?([\d.]+).*?(?:Mask:|netmask )(\S+)/.exec(line) ?? []
  if (address !== undefined) add(name, `${address}/${prefixOf(mask ?? '')}`)
  const [, six, length] = /\binet6 (?:addr: ?)?([\da-f:]+)(?:\/(\d+)|.*prefixlen (\d+))/i.exec(line) ?? []
  if (six !== undefined) add(name, `${six}/${length ?? /prefixlen (\d+)/.exec(line)?.[1] ?? '128'}`)
  return name
}

function prefixOf(mask: string): number {
  const bits = mask.startsWith('0x')
    ? Number(mask).toString(2)
    : mask
        .split('.')
        .map((part) => Number(part).toString(2))
        .join('')
  return bits.replaceAll('0', '').length
}

/** The IPv4 network an address with its prefix is in, as `10.0.0.0/24`; undefined for anything else. */
export function networkOf(address: string): string | undefined {
  const [, ip, length] = /^(\d+\.\d+\.\d+\.\d+)\/(\d+)$/.exec(address) ?? []
  if (ip === undefined || length === undefined || Number(length) > 31) return undefined
  const bits = ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
  const size = 2 ** (32 - Number(length))
  const start = Math.floor(bits / size) * size
  return `${[24, 16, 8, 0].map((shift) => Math.floor(start / 2 ** shift) % 256).join('.')}/${length}`
}

/** The addresses others can reach the host at, without prefix. */
export function reachableAddresses(interfaces: readonly Interface[]): string[] {
  return interfaces
    .filter(({ kind }) => kind !== 'loopback' && kind !== 'veth')
    .flatMap(({ addresses }) => addresses.map((address) => address.replace(/\/.*$/, '')))
    .filter((address) => !/^fe80:/i.test(address))
}
