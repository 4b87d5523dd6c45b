import { z } from 'zod'
import { gibibytes, spanOf } from '../amounts.ts'
import { interfacesOf, networkPart, reachableAddresses } from '../network.ts'
import { fileSystemsOf, storagePart } from '../storage.ts'
import { systemOf, systemPart } from '../system.ts'
import { defineTool } from './define-tool.ts'

/** Names every host that answers, one row each; core adds which and who does not. */
export const listHosts = defineTool({
  name: 'list_hosts',
  title: 'List hosts',
  description: 'All machines: Linux distribution, kernel, IP addresses, uptime; those that do not answer are named.',
  access: 'observe',
  toolset: 'hosts',
  input: z.object({}),
  output: z.object({
    hosts: z.array(
      z.object({
        name: z.string().describe('Its own name.'),
        way: z.string().describe('How it is reached.'),
        system: z.string().describe('Distribution.'),
        kernel: z.string().describe('Kernel that runs.'),
        up: z.string().describe('How long it is up.'),
        root: z.boolean().describe('True where root is at hand for what needs it.'),
        addresses: z.string().optional().describe('IP addresses.'),
      }),
    ),
  }),
  async run(_, { client, signal }) {
    const { sections, seconds } = await client.ask([systemPart, networkPart], { signal, asRoot: true })
    const { hostname, distribution, kernel, uptimeSeconds, isRoot } = systemOf(sections, seconds)
    return {
      hosts: [
        {
          name: hostname,
          way: client.address,
          system: distribution,
          kernel,
          up: spanOf(uptimeSeconds),
          root: isRoot,
          addresses: reachableAddresses(interfacesOf(sections)).slice(0, 6).join(', ') || undefined,
        },
      ],
    }
  },
})

/** Tells what a host is and how it does. */
export const getHostInfo = defineTool({
  name: 'get_host_info',
  title: 'Look at a host',
  description: "A server's CPU, load, memory (RAM), swap, free disk space, inodes, temperatures, uptime, kernel, clock.",
  access: 'observe',
  toolset: 'hosts',
  input: z.object({}),
  output: z.object({
    name: z.string().describe('Its own name.'),
    system: z.string().describe('Distribution.'),
    kernel: z.string().describe('Kernel that runs, and architecture.'),
    virtualization: z.string().optional().describe('What it runs in; absent on bare metal.'),
    board: z.string().optional().describe('Maker and model.'),
    processor: z.string().describe('Count and model.'),
    load: z.string().describe('Over 1, 5 and 15 minutes.'),
    memory_gib: z.number().describe('Memory.'),
    memory_available_gib: z.number().describe('What programs can still have.'),
    swap_gib: z.number().describe('Swap.'),
    swap_used_gib: z.number().describe('Swap in use.'),
    stalled: z.string().optional().describe('Share of the last minute work waited.'),
    up: z.string().describe('How long it is up.'),
    booted: z.string().describe('When it booted.'),
    clock: z.string().describe('How its clock stands.'),
    temperatures: z.string().optional().describe('Sensors, hottest first.'),
    storage: z
      .object({
        filesystems: z.array(
          z.object({
            point: z.string().describe('Where it is mounted.'),
            type: z.string().describe('File system.'),
            size_gib: z.number().describe('Size.'),
            free_gib: z.number().describe('What is left.'),
            used_percent: z.number().describe('How full.'),
            inodes_percent: z.number().optional().describe('How full in files.'),
            device: z.string().describe('What holds it.'),
          }),
        ),
      })
      .describe('What is mounted from its own disks.'),
  }),
  async run(_, { client, signal }) {
    const { sections, seconds } = await client.ask([systemPart, storagePart], { signal })
    const system = systemOf(sections, seconds)
    const { memory, pressure, clock } = system
    const stalls = Object.entries(pressure).map(([kind, share]) => `${kind} ${share} %`)
    return {
      name: system.hostname,
      system: system.distribution,
      kernel: `${system.kernel} ${system.architecture}`.trim(),
      virtualization: system.virtualization,
      board: system.board,
      processor: [String(system.cpus), system.cpuModel].filter(Boolean).join(' × '),
      load: system.load.join(' '),
      memory_gib: gibibytes(memory.total),
      memory_available_gib: gibibytes(memory.available),
      swap_gib: gibibytes(memory.swapTotal),
      swap_used_gib: gibibytes(memory.swapTotal - memory.swapFree),
      stalled: stalls.join(', ') || undefined,
      up: spanOf(system.uptimeSeconds),
      booted: new Date(system.now - system.uptimeSeconds * 1000).toISOString().replace('.000', ''),
      clock: [
        clock.offsetSeconds === 0
          ? 'agrees with ours'
          : `${Math.abs(clock.offsetSeconds)} s ${clock.offsetSeconds < 0 ? 'behind' : 'ahead of'} ours`,
        ...(clock.synchronised === undefined ? [] : [clock.synchronised ? 'synchronised' : 'not synchronised']),
      ].join(', '),
      temperatures:
        system.temperatures
          .toSorted((first, second) => second.celsius - first.celsius)
          .slice(0, 8)
          .map(({ sensor, celsius }) => `${sensor} ${celsius} °C`)
          .join(', ') || undefined,
      storage: {
        filesystems: fileSystemsOf(sections).map((own) => ({
          point: own.point,
          type: own.isReadOnly ? `${own.type} (read-only)` : own.type,
          size_gib: gibibytes(own.size),
          free_gib: gibibytes(own.available),
          used_percent: own.usedPercent,
          inodes_percent: own.inodesPercent,
          device: own.device,
        })),
      },
    }
  },
})
