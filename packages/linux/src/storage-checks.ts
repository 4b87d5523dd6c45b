import { sizeOf } from './amounts.ts'
import { checkOf, type Check } from './check.ts'
import type { Disk } from './disks.ts'
import type { Pool } from './pool.ts'
import type { FileSystem } from './storage.ts'
import { targetOf } from './targets.ts'
import { judged } from './verdict.ts'

const full = { warn: 85, crit: 95 }

/** Judges how full each file system is; those that cannot be written are as full as they should be. */
export function fileSystemChecks(fileSystems: readonly FileSystem[], instance: string): Check[] {
  return onePerPool(fileSystems).map((own) => {
    const inodes = own.inodesPercent ?? 0
    return checkOf(
      {
        section: 'storage',
        probe: `space on ${own.point}`,
        verdict: judged(Math.max(own.usedPercent, inodes), full),
        evidence: `${own.usedPercent} % of ${sizeOf(own.size)} used, ${sizeOf(own.available)} left${inodes >= full.warn ? `; ${inodes} % of the inodes` : ''}`,
      },
      () => ({
        target: targetOf(instance, 'filesystem', own.point),
        id: own.usedPercent >= inodes ? 'space' : 'inodes',
        title: `${own.point} is ${inodes > own.usedPercent ? 'running out of inodes' : own.usedPercent >= 100 ? 'full' : 'filling up'}`,
        // What cannot be written is lost.
        stake: 'data',
        next: { tool: 'get_host_info', input: {} },
      }),
    )
  })
}

// Data sets of one ZFS pool share its space, and would all say the same.
function onePerPool(fileSystems: readonly FileSystem[]): FileSystem[] {
  const pools = new Set<string>()
  return fileSystems.filter(({ type, device, isReadOnly }) => {
    if (isReadOnly) return false
    const pool = type === 'zfs' ? (device.split('/')[0] ?? device) : device + type
    if (type === 'zfs' && pools.has(pool)) return false
    pools.add(pool)
    return true
  })
}

/** Passes the verdict of each disk on. */
export function diskChecks(disks: readonly Disk[], instance: string): Check[] {
  return disks.map(({ name, model, verdict, evidence, hours, celsius }) =>
    checkOf(
      {
        section: 'storage',
        probe: `disk ${name}`,
        verdict,
        evidence: [evidence, ...(celsius === undefined ? [] : [`${celsius} °C`]), ...(hours === undefined ? [] : [`${hours} hours`])].join(
          ', ',
        ),
      },
      () => ({
        target: diskTarget(instance, name),
        id: 'smart',
        title: `Disk ${name}${model === '' ? '' : ` (${model})`} ${verdict === 'crit' ? 'is failing' : 'shows signs of wear'}`,
        stake: 'data',
        next: { tool: 'check_disks', input: { disk: name } },
      }),
    ),
  )
}

/** Passes the verdict of each pool on, with the disk that probably causes it. */
export function poolChecks(pools: readonly Pool[], disks: readonly Disk[], instance: string): Check[] {
  return pools.map(({ kind, name, verdict, health, evidence, usedPercent, errors }) => {
    const culprit = disks.find(
      (disk) =>
        disk.verdict === 'crit' &&
        (mentions(evidence, disk.name) || (disk.serial !== undefined && disk.serial !== '' && evidence.includes(disk.serial))),
    )
    const isMerelyFull = (usedPercent ?? 0) >= full.warn && errors === 0 && /^(?:ONLINE|clean)$/.test(health)
    return checkOf({ section: 'storage', probe: `${kind} pool ${name}`, verdict, evidence }, () => ({
      target: targetOf(instance, 'pool', name),
      id: isMerelyFull ? 'space' : 'health',
      title: `Pool ${name} ${isMerelyFull ? 'is filling up' : `is ${health.toLowerCase() === 'online' || health === 'clean' ? 'counting errors' : health.toLowerCase()}`}`,
      ...(isMerelyFull ? {} : { stake: 'data' as const }),
      cause: culprit === undefined ? undefined : diskTarget(instance, culprit.name),
      next: { tool: 'check_pools', input: {} },
    }))
  })
}

function diskTarget(instance: string, name: string): string {
  return targetOf(instance, 'disk', name.replaceAll(' ', '+'))
}

function mentions(text: string, disk: string): boolean {
  return new RegExp(String.raw`(?:^|[\s/])${disk}(?:p?\d+)?(?:[\s,;]|$)`).test(text)
}
