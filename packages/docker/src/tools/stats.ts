import { page, paging, ToolError } from '@rackwarden/core'
import { z } from 'zod'
import { nameOf, projectOf } from '../container-facts.ts'
import { findContainer } from '../find-container.ts'
import { mebibytes, megabytes, rounded } from '../numbers.ts'
import { usageOf } from '../usage.ts'
import { defineTool } from './define-tool.ts'

/** Measures what running containers use. */
export const getStats = defineTool({
  name: 'get_stats',
  title: 'Measure containers',
  description: 'CPU, memory (RAM) and network usage of running containers, highest memory first.',
  access: 'observe',
  toolset: 'containers',
  input: z.object({
    container: z.string().min(1).optional().describe('Only this one.'),
    project: z.string().optional().describe('Compose project.'),
    ...paging,
  }),
  output: z.object({
    containers: z.array(
      z.object({
        name: z.string().describe('Name.'),
        memory_mib: z.number().describe('Memory in use, without file cache.'),
        limit_mib: z.number().optional().describe('Most it may use; absent where there is no limit.'),
        memory_percent: z.number().describe('Of its limit, or of the host where it has none.'),
        cpu_percent: z.number().describe('Of one core; 200 is two cores.'),
        received_mb: z.number().describe('Received since its start.'),
        sent_mb: z.number().describe('Sent since its start.'),
        processes: z.number().describe('Processes and threads.'),
      }),
    ),
    next_cursor: z.string().optional().describe('Pass as `cursor` for more.'),
  }),
  async run({ container, project, ...window }, { client, signal, progress }) {
    const [all, { MemTotal }] = await Promise.all([client.containers(signal), client.info(signal)])
    const one = container === undefined ? undefined : findContainer(all, container)
    if (one !== undefined && one.State !== 'running')
      throw new ToolError('conflict', `${nameOf(one)} is ${one.State}; only a running container can be measured.`)
    const measured = (one === undefined ? all : [one]).filter(
      (summary) => summary.State === 'running' && (project === undefined || projectOf(summary) === project),
    )
    const names = new Map(measured.map((summary) => [summary.Id, nameOf(summary)]))
    let done = 0
    const rows = await client.each([...names.keys()], async (id) => {
      const usage = usageOf(await client.stats(id, signal))
      done += 1
      progress('Measuring containers', done, names.size)
      const isLimited = usage.memoryLimitBytes > 0 && (MemTotal === 0 || usage.memoryLimitBytes < MemTotal)
      const limit = isLimited ? usage.memoryLimitBytes : MemTotal
      return {
        name: names.get(id) ?? id,
        memory_mib: mebibytes(usage.memoryBytes),
        limit_mib: isLimited ? mebibytes(limit) : undefined,
        memory_percent: limit === 0 ? 0 : rounded((usage.memoryBytes / limit) * 100),
        cpu_percent: rounded(usage.cpuPercent),
        received_mb: megabytes(usage.receivedBytes),
        sent_mb: megabytes(usage.sentBytes),
        processes: usage.processes,
      }
    })
    const { rows: containers, ...rest } = page(
      rows.toSorted((first, second) => second.memory_mib - first.memory_mib),
      window,
    )
    return { containers, ...rest }
  },
})
