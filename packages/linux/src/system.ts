import { sh, type Part } from './script.ts'
import { numberOf, pairsOf, type Sections } from './sections.ts'

/** What a host is and how it does, as far as the kernel tells everybody. */
export const systemPart: Part = {
  name: 'system',
  body: sh`
section system:name; uname -n
section system:kernel; uname -r; uname -m
section system:release; cat /etc/os-release || cat /usr/lib/os-release
section system:cpu; grep -c '^processor' /proc/cpuinfo
sed -n '/^model name/{s/^[^:]*: *//p;q;}' /proc/cpuinfo
section system:board; tr -d '\000' </proc/device-tree/model || cat /sys/class/dmi/id/sys_vendor /sys/class/dmi/id/product_name
section system:memory; cat /proc/meminfo
sed -n 's/^\(size\|c_min\) .* /arc_\1: /p' /proc/spl/kstat/zfs/arcstats
section system:load; cat /proc/loadavg
section system:uptime; cat /proc/uptime
section system:pressure
for kind in cpu memory io; do sed -n "s/^some/$kind/p" "/proc/pressure/$kind"; done
section system:sensors
for file in /sys/class/hwmon/hwmon*/temp*_input; do
  of "$file"; degrees=$value
  [ -n "$degrees" ] || continue
  of "\${file%/*}/name"; chip=$value
  of "\${file%_input}_label"; label=$value
  of "\${file%_input}_crit"
  printf '%s\t%s\t%s\t%s\n' "$chip" "$label" "$degrees" "$value"
done
section system:zones
for zone in /sys/class/thermal/thermal_zone*; do
  of "$zone/temp"; degrees=$value
  [ -n "$degrees" ] || continue
  of "$zone/type"
  printf '%s\t\t%s\t\n' "$value" "$degrees"
done
section system:virtualization
if has systemd-detect-virt; then systemd-detect-virt
elif [ -e /run/.containerenv ]; then echo podman
elif [ -e /.dockerenv ]; then echo docker
elif grep -q '^flags.* hypervisor' /proc/cpuinfo; then echo vm
fi
section system:clock; echo "$now $sent"
if has_systemd && has timedatectl; then limited 2 timedatectl show -p NTP -p NTPSynchronized
elif has chronyc; then limited 2 chronyc -n tracking | sed -n 's/^Leap status *: */Leap=/p'
fi
section system:init; of /proc/1/comm; echo "$value"
section system:user; id -u`,
}

/** What one sensor says. */
export interface Temperature {
  sensor: string
  celsius: number
  critical: number | undefined
}

/** What a host is and how it does. */
export interface System {
  hostname: string
  distribution: string
  kernel: string
  architecture: string
  virtualization: string | undefined
  board: string | undefined
  cpuModel: string | undefined
  cpus: number
  /** Bytes. */
  memory: { total: number; available: number; swapTotal: number; swapFree: number }
  load: [number, number, number]
  uptimeSeconds: number
  /** The host's own clock, in milliseconds since the epoch. */
  now: number
  /** Share of the last minute somebody waited, in percent; the kernel may not count it. */
  pressure: { cpu?: number; memory?: number; io?: number }
  temperatures: Temperature[]
  clock: { offsetSeconds: number; synchronised: boolean | undefined }
  init: string
  isRoot: boolean
}

/** Reads what the part printed; `seconds` is how long it was under way. */
export function systemOf(sections: Sections, seconds: number): System {
  const [kernel = '', architecture = ''] = sections.lines('system:kernel')
  const release = pairsOf(sections.text('system:release'))
  const [processors, cpuModel] = sections.lines('system:cpu')
  const [now = 0, sent = 0] = sections.lines('system:clock')[0]?.split(' ').map(Number) ?? []
  const virtualization = sections.lines('system:virtualization')[0]?.trim()
  const board = sections.lines('system:board').join(' ').trim()
  return {
    hostname: sections.lines('system:name')[0] ?? '',
    distribution: unquoted(release['PRETTY_NAME'] ?? release['NAME'] ?? 'unknown distribution'),
    kernel,
    architecture,
    virtualization: virtualization === '' || virtualization === 'none' ? undefined : virtualization,
    board: board === '' ? undefined : board,
    cpuModel,
    cpus: Number(processors ?? 1) || 1,
    memory: memoryOf(sections.text('system:memory')),
    load: loadOf(sections.text('system:load')),
    uptimeSeconds: Math.floor(Number(sections.text('system:uptime').trim().split(' ')[0]) || 0),
    now: now * 1000,
    pressure: pressureOf(sections.lines('system:pressure')),
    temperatures: temperaturesOf(sections),
    clock: { offsetSeconds: offsetOf(now - sent, seconds), synchronised: synchronisedOf(pairsOf(sections.text('system:clock'))) },
    init: sections.text('system:init').trim(),
    isRoot: sections.text('system:user').trim() === '0',
  }
}

// The host looked at its clock somewhere between the question and the answer; only what that cannot explain is an offset.
function offsetOf(difference: number, seconds: number): number {
  if (difference < 0) return Math.min(0, difference + 1)
  return Math.max(0, Math.floor(difference - seconds))
}

function synchronisedOf(clock: Record<string, string>): boolean | undefined {
  if (clock['NTPSynchronized'] !== undefined) return clock['NTPSynchronized'] === 'yes'
  return clock['Leap'] === undefined ? undefined : clock['Leap'] !== 'Not synchronised'
}

function memoryOf(text: string): System['memory'] {
  const bytes = (name: string) => {
    const value = new RegExp(String.raw`^${name}:\s+(\d+)`, 'm').exec(text)?.[1]
    return value === undefined ? undefined : Number(value) * 1024
  }
  const arc = (name: string) => Number(new RegExp(`^arc_${name}: (\\d+)`, 'm').exec(text)?.[1] ?? 0)
  // Kernels before 3.14 do not say what is available.
  const available = bytes('MemAvailable') ?? (bytes('MemFree') ?? 0) + (bytes('Buffers') ?? 0) + (bytes('Cached') ?? 0)
  return {
    total: bytes('MemTotal') ?? 0,
    // What ZFS holds as its cache it gives back, though the kernel counts it as used.
    available: available + Math.max(0, arc('size') - arc('c_min')),
    swapTotal: bytes('SwapTotal') ?? 0,
    swapFree: bytes('SwapFree') ?? 0,
  }
}

function loadOf(text: string): System['load'] {
  const [one = 0, five = 0, fifteen = 0] = text.trim().split(' ').slice(0, 3).map(Number)
  return [one || 0, five || 0, fifteen || 0]
}

function pressureOf(lines: readonly string[]): System['pressure'] {
  return Object.fromEntries(
    lines.flatMap((line) => {
      const [, kind = '', share] = /^(cpu|memory|io) .*avg60=([\d.]+)/.exec(line) ?? []
      return share === undefined ? [] : [[kind, Number(share)]]
    }),
  )
}

// Thermal zones mostly repeat what the sensors say better.
function temperaturesOf(sections: Sections): Temperature[] {
  const sensors = sections.lines('system:sensors').flatMap(temperatureOf)
  return sensors.length > 0 ? sensors : sections.lines('system:zones').flatMap(temperatureOf)
}

function temperatureOf(line: string): Temperature[] {
  const [chip = '', label = '', milli, critical] = line.split('\t')
  const celsius = (numberOf(milli) ?? Number.NaN) / 1000
  // What is not connected reads as far below zero, or as more than glows.
  if (!(celsius > -40 && celsius < 150)) return []
  const limit = (numberOf(critical) ?? 0) / 1000
  return [
    {
      sensor: [chip, label].filter((word) => word !== '').join(' ') || 'sensor',
      celsius: Math.round(celsius),
      critical: limit > 40 && limit < 150 ? Math.round(limit) : undefined,
    },
  ]
}

function unquoted(text: string): string {
  return text.replaceAll(/^["']|["']$/g, '')
}
