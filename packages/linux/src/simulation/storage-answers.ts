import type { PretendHost } from './host.ts'
import type { Printed } from './printed.ts'
import type { SimulatedDisk, SimulatedPool } from './world.ts'

const kibPerGib = 1024 ** 2

/** What the part `storage` prints. */
export function storageAnswer({ given }: PretendHost): Printed {
  const all = given.fileSystems ?? []
  const row = (device: string, size: number, percent: number, point: string) => {
    const used = Math.floor((size * percent) / 100)
    return `${device} ${Math.round(size)} ${used} ${Math.round(size) - used} ${percent}% ${point}`
  }
  return {
    'storage:mounts': all.map(({ device, type, point }) => [device, type, 'rw', point].join('\t')).join('\n'),
    'storage:space': [
      'Filesystem',
      ...all.map(({ device, gib, usedPercent, point }) => row(device, gib * kibPerGib, usedPercent, point)),
    ].join('\n'),
    'storage:inodes': [
      'Filesystem',
      ...all.map(({ device, gib, inodesPercent = 0, point }) => row(device, gib * 65_536, inodesPercent, point)),
    ].join('\n'),
  }
}

/** What the part `disks` prints. */
export function disksAnswer({ given }: PretendHost): Printed {
  const disks = given.disks ?? []
  return {
    'disks:block': disks
      .map(({ name, gib, kind, model }) => [name, gib * 2 * kibPerGib, kind === 'hdd' ? 1 : 0, model].join('\t'))
      .join('\n'),
    ...(disks.length === 0 ? {} : { 'disks:version': 'smartctl 7.4 2023-08-01 r5530' }),
    ...Object.fromEntries(
      disks.map((disk) => [
        disk.kind === 'nvme' ? `disks:smart:/dev/${disk.name.replace(/n1$/, '')} nvme` : `disks:smart:/dev/${disk.name} sat`,
        JSON.stringify(disk.kind === 'nvme' ? nvmeReport(disk) : ataReport(disk)),
      ]),
    ),
  }
}

function reportOf({ name, model, serial, gib, hours = 9000, celsius = 35, isFailing }: SimulatedDisk) {
  return {
    json_format_version: [1, 0],
    smartctl: { version: [7, 4], exit_status: isFailing === true ? 8 : 0 },
    device: { name: `/dev/${name}` },
    model_name: model,
    serial_number: serial,
    firmware_version: '82.00A82',
    user_capacity: { bytes: gib * 1024 ** 3 },
    smart_status: { passed: isFailing !== true },
    power_on_time: { hours },
    temperature: { current: celsius },
  }
}

function ataReport(disk: SimulatedDisk) {
  const attribute = (id: number, name: string, raw: number, value = 200, when_failed = '') => ({
    id,
    name,
    value,
    when_failed,
    raw: { value: raw },
  })
  return {
    ...reportOf(disk),
    rotation_rate: disk.kind === 'hdd' ? 5400 : 0,
    ata_smart_attributes: {
      table: [
        attribute(
          5,
          'Reallocated_Sector_Ct',
          disk.reallocated ?? 0,
          disk.isFailing === true ? 1 : 200,
          disk.isFailing === true ? 'now' : '',
        ),
        ...(disk.kind === 'ssd' ? [attribute(231, 'SSD_Life_Left', disk.wearPercent ?? 0, 100 - (disk.wearPercent ?? 0))] : []),
        attribute(197, 'Current_Pending_Sector', disk.pending ?? 0),
        attribute(198, 'Offline_Uncorrectable', disk.uncorrectable ?? 0),
        attribute(199, 'UDMA_CRC_Error_Count', 0),
      ],
    },
  }
}

function nvmeReport(disk: SimulatedDisk) {
  return {
    ...reportOf(disk),
    nvme_smart_health_information_log: {
      critical_warning: disk.isFailing === true ? 4 : 0,
      available_spare: 100,
      available_spare_threshold: 10,
      percentage_used: disk.wearPercent ?? 0,
      media_errors: disk.uncorrectable ?? 0,
    },
  }
}

/** What the part `pools` prints. */
export function poolsAnswer({ given, now }: PretendHost): Printed {
  const pools = given.pools ?? []
  const size = ({ gib }: SimulatedPool) => gib * 1024 ** 3
  return {
    'pools:now': String(Math.floor(now / 1000)),
    ...(pools.length === 0
      ? {}
      : {
          'pools:zfs:list': pools
            .map((pool) =>
              [pool.name, size(pool), Math.floor((size(pool) * pool.usedPercent) / 100), pool.usedPercent, 11, stateOf(pool)].join('\t'),
            )
            .join('\n'),
          'pools:zfs:status': pools.map((pool) => statusOf(pool, now)).join('\n'),
        }),
  }
}

function stateOf({ faulted = [] }: SimulatedPool): string {
  return faulted.length > 0 ? 'DEGRADED' : 'ONLINE'
}

function statusOf(pool: SimulatedPool, now: number): string {
  const scrubbed = new Date(now - (pool.scrubDays ?? 10) * 86_400_000)
  const [weekday, day, month, year] = scrubbed.toUTCString().split(/,? /)
  const row = (depth: number, name: string, state: string) => `\t${' '.repeat(depth)}${name}  ${state}  0  0  0`
  return [
    `  pool: ${pool.name}`,
    ` state: ${stateOf(pool)}`,
    `  scan: scrub repaired 0B in 06:12:44 with 0 errors on ${weekday} ${month} ${day} ${scrubbed.toISOString().slice(11, 19)} ${year}`,
    'config:',
    '',
    '\tNAME  STATE  READ WRITE CKSUM',
    row(0, pool.name, stateOf(pool)),
    row(2, `${pool.layout}-0`, stateOf(pool)),
    ...pool.disks.map((disk) => row(4, disk, pool.faulted?.includes(disk) === true ? 'FAULTED' : 'ONLINE')),
    '',
    'errors: No known data errors',
    '',
  ].join('\n')
}
