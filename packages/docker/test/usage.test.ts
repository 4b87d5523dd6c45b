import { expect, test } from 'vitest'
import { containerStats } from '../src/engine-schema.ts'
import { usageOf } from '../src/usage.ts'

// From a Docker 20.10 engine on cgroup v1, trimmed.
const sample = {
  cpu_stats: { cpu_usage: { total_usage: 73885291, percpu_usage: [40795951, 33089340] }, system_cpu_usage: 1687930000000, online_cpus: 2 },
  precpu_stats: {
    cpu_usage: { total_usage: 64302009, percpu_usage: [32035610, 32266399] },
    system_cpu_usage: 1685960000000,
    online_cpus: 2,
  },
  memory_stats: { usage: 1069056, stats: { total_inactive_file: 69056 }, limit: 67108864 },
  networks: { eth0: { rx_bytes: 806, tx_bytes: 0 }, eth1: { rx_bytes: 4, tx_bytes: 2 } },
  pids_stats: { current: 3 },
}

test('usage is what the Docker CLI shows', () => {
  const usage = usageOf(containerStats.parse(sample))
  expect(usage.cpuPercent).toBeCloseTo((9583282 / 1970000000) * 2 * 100, 6)
  expect(usage).toMatchObject({ memoryBytes: 1_000_000, memoryLimitBytes: 67108864, receivedBytes: 810, sentBytes: 2, processes: 3 })
})

test('file cache is left out on cgroup v2, too, but never below nothing', () => {
  const memory = (stats: Record<string, number>) =>
    usageOf(containerStats.parse({ memory_stats: { usage: 500, limit: 1000, stats } })).memoryBytes
  expect([memory({ inactive_file: 120 }), memory({ inactive_file: 900 }), memory({})]).toEqual([380, 500, 500])
})

test('without a sample before, or of a container that is down, there is no use', () => {
  const none = { cpu_usage: { total_usage: 0 } }
  expect(usageOf(containerStats.parse({ ...sample, precpu_stats: none })).cpuPercent).toBe(0)
  expect(usageOf(containerStats.parse({ cpu_stats: none, precpu_stats: none, memory_stats: {}, pids_stats: {} }))).toEqual({
    cpuPercent: 0,
    memoryBytes: 0,
    memoryLimitBytes: 0,
    receivedBytes: 0,
    sentBytes: 0,
    processes: 0,
  })
})

test('an engine that does not count its processors is counted by its samples', () => {
  const without = { ...sample.cpu_stats, online_cpus: undefined }
  expect(usageOf(containerStats.parse({ ...sample, cpu_stats: without })).cpuPercent).toBeCloseTo(0.9729, 3)
})
