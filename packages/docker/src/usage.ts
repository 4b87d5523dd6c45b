import type { ContainerStats } from './engine-schema.ts'

/** What a container uses, in the numbers `docker stats` shows. */
export interface Usage {
  /** Of one core: 150 is one and a half. */
  cpuPercent: number
  memoryBytes: number
  memoryLimitBytes: number
  receivedBytes: number
  sentBytes: number
  processes: number
}

/** Computes usage from one sample and the one before it, the way the Docker CLI does. */
export function usageOf(stats: ContainerStats): Usage {
  const networks = Object.values(stats.networks)
  return {
    cpuPercent: cpuPercent(stats),
    memoryBytes: memoryBytes(stats),
    memoryLimitBytes: stats.memory_stats?.limit ?? 0,
    receivedBytes: networks.reduce((sum, network) => sum + network.rx_bytes, 0),
    sentBytes: networks.reduce((sum, network) => sum + network.tx_bytes, 0),
    processes: stats.pids_stats?.current ?? 0,
  }
}

function cpuPercent({ cpu_stats: now, precpu_stats: before }: ContainerStats): number {
  if (now?.cpu_usage == null || before?.cpu_usage == null) return 0
  const used = now.cpu_usage.total_usage - before.cpu_usage.total_usage
  const passed = now.system_cpu_usage - before.system_cpu_usage
  if (used <= 0 || passed <= 0 || before.system_cpu_usage === 0) return 0
  return (used / passed) * (now.online_cpus || now.cpu_usage.percpu_usage.length || 1) * 100
}

// File cache the kernel gives back when asked is not the container's need: cgroup v1 names it one way, v2 another.
function memoryBytes({ memory_stats: memory }: ContainerStats): number {
  if (memory == null) return 0
  const cache = memory.stats['total_inactive_file'] ?? memory.stats['inactive_file'] ?? 0
  return cache < memory.usage ? memory.usage - cache : memory.usage
}
