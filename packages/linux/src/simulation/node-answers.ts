import { isIP } from 'node:net'
import type { Printed } from './printed.ts'
import type { PretendHost } from './host.ts'

const kibPerGib = 1024 ** 2

/** What the part `system` prints. */
export function systemAnswer({ given, now, kernel, boots }: PretendHost, isRoot: boolean): Printed {
  const memory = (given.memoryGib ?? 8) * kibPerGib
  const used = (given.memoryUsedGib ?? 2) * kibPerGib
  const swap = (given.swapGib ?? 0) * kibPerGib
  const [one, five, fifteen] = given.load ?? [0.2, 0.2, 0.2]
  return {
    'system:name': given.hostname,
    'system:kernel': `${kernel}\nx86_64`,
    'system:release': `PRETTY_NAME="${given.distribution ?? 'Debian GNU/Linux 13 (trixie)'}"`,
    'system:cpu': `${given.cpus ?? 4}\n${given.cpuModel ?? 'Intel(R) N100'}`,
    'system:board': given.board ?? '',
    'system:memory': `MemTotal: ${memory} kB\nMemAvailable: ${Math.round(memory - used)} kB\nSwapTotal: ${swap} kB\nSwapFree: ${swap} kB`,
    'system:load': `${one} ${five} ${fifteen} 1/214 4711`,
    'system:uptime': `${boots > 1 ? 40 : (given.upDays ?? 30) * 86_400}.00 1.00`,
    'system:pressure': ['cpu', 'memory', 'io'].map((kind) => `${kind} avg10=0.00 avg60=0.00 avg300=0.00 total=0`).join('\n'),
    'system:sensors': Object.entries(given.temperatures ?? {})
      .map(([sensor, celsius]) => `${sensor.replace(' ', '\t')}\t${celsius * 1000}\t100000`)
      .join('\n'),
    'system:zones': '',
    'system:virtualization': given.virtualization ?? 'none',
    // Its story has a time of its own; how far its clock is off is told beside it.
    'system:clock': `${Math.floor(now / 1000)} ${Math.floor(now / 1000) - (given.clockOffsetSeconds ?? 0)}\nNTP=yes\nNTPSynchronized=yes`,
    'system:init': 'systemd',
    'system:user': isRoot ? '0' : '1000',
  }
}

/** What the part `network` prints. */
export function networkAnswer({ given }: PretendHost): Printed {
  const interfaces = given.interfaces ?? []
  const [first] = interfaces
  const lo = 'name=lo\nmtu=65536\naddress=00:00:00:00:00:00\noperstate=unknown\ncarrier=1\ntype=772'
  return {
    'network:links': [
      lo,
      ...interfaces.map(({ name, mtu = 1500, mac, isDown, speed, kind, master, driver, firmware }) =>
        [
          `name=${name}`,
          `mtu=${mtu}`,
          `address=${mac}`,
          `operstate=${isDown === true ? 'down' : 'up'}`,
          `carrier=${isDown === true ? 0 : 1}`,
          `speed=${isDown === true ? -1 : (speed ?? '')}`,
          `duplex=${isDown === true || speed === undefined ? 'unknown' : 'full'}`,
          'type=1',
          'rx_errors=0',
          'tx_errors=0',
          'rx_dropped=0',
          'tx_dropped=0',
          'rx_crc_errors=0',
          ...(kind === undefined ? [] : [`DEVTYPE=${kind}`]),
          ...(master === undefined ? [] : [`master=${master}`]),
          ...(driver === undefined ? [] : ['device=yes', `driver=${driver}`]),
          ...(firmware === undefined ? [] : [`firmware=${firmware}`]),
        ].join('\n'),
      ),
    ].join('\n\n'),
    'network:addresses': [
      '1: lo    inet 127.0.0.1/8 scope host lo',
      ...interfaces.flatMap(({ name, addresses = [] }, index) =>
        addresses.map((address) => `${index + 2}: ${name}    ${address.includes(':') ? 'inet6' : 'inet'} ${address} scope global ${name}`),
      ),
    ].join('\n'),
    'network:route': given.gateway === undefined || first === undefined ? '' : `default via ${given.gateway} dev ${first.name}`,
    'network:resolvers': given.gateway ?? '',
  }
}

/** What the parts `updates` and `reboot` print. */
export function updatesAnswer({ updates, now }: PretendHost): Printed {
  return {
    'updates:now': String(Math.floor(now / 1000)),
    'updates:apt': [
      'Listing...',
      ...updates.map((update) => {
        const [name, from, to, security] = update.split(' ')
        return `${name}/stable${security === undefined ? '' : '-security'} ${to} amd64 [upgradable from: ${from}]`
      }),
    ].join('\n'),
    'updates:age': String(Math.floor(now / 1000) - 7200),
  }
}

/** What the part `reboot` prints. */
export function rebootAnswer({ given, rebootFor, kernel }: PretendHost): Printed {
  return {
    'reboot:required': rebootFor === undefined ? '' : ['yes', ...rebootFor].join('\n'),
    'reboot:kernels': [kernel, kernel, ...(given.newerKernel === undefined ? [] : [given.newerKernel])].join('\n'),
  }
}

/** What the parts that probe print. */
export function probeAnswer({ given, now }: PretendHost, part: 'tcp' | 'http', parameters: readonly string[]): Printed {
  const before = BigInt(now) * 1_000_000n
  if (part === 'http') {
    const [url = ''] = parameters
    const status = given.pages?.[url]
    const { address, tcpPort } = placeOf(url)
    const said =
      status === undefined
        ? `* connect to ${address} port ${tcpPort} failed: Connection refused\nstatus=000\nseconds=0.004`
        : `< HTTP/1.1 ${status} OK\nstatus=${status}\nseconds=0.012\nverify=0\naddress=${address}\ntype=text/html`
    return { 'http:from': given.hostname, 'http:with': 'curl', 'http:said': said, 'http:facts': `code=${status === undefined ? 7 : 0}` }
  }
  const [address = '', tcpPort = ''] = parameters
  const outcome = given.ports?.[`${address}:${tcpPort}`]
  const [code, said] = outcome === 'open' ? [0, ''] : outcome === 'timeout' ? [124, ''] : [1, `probe: connect: Connection refused`]
  return {
    'tcp:from': given.hostname,
    'tcp:with': 'bash',
    'tcp:said': said,
    'tcp:facts': `code=${code}\nbefore=${before}\nafter=${before + 3_000_000n}`,
  }
}

// Every name of the pretend network leads to one machine.
function placeOf(url: string): { address: string; tcpPort: string } {
  const { hostname, port, protocol } = new URL(URL.canParse(url) ? url : 'http://unknown')
  const address = hostname.replace(/^\[|\]$/g, '')
  return { address: isIP(address) === 0 ? '10.20.0.9' : address, tcpPort: port || (protocol === 'https:' ? '443' : '80') }
}
