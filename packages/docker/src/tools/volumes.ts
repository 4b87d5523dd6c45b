import { page, paging } from '@rackwarden/core'
import { z } from 'zod'
import { nameOf, projectOf } from '../container-facts.ts'
import { megabytes } from '../numbers.ts'
import { defineTool } from './define-tool.ts'

/** Lists volumes, orphans first. */
export const listVolumes = defineTool({
  name: 'list_volumes',
  title: 'List volumes',
  description: 'Docker volumes and the containers that mount them; orphans, unused by any, first.',
  access: 'observe',
  toolset: 'images',
  input: z.object({
    name: z.string().optional().describe('Part of the name.'),
    orphan: z.boolean().optional().describe('Only those nothing mounts.'),
    sizes: z.boolean().default(false).describe('Measure each; may take minutes.'),
    ...paging,
  }),
  output: z.object({
    volumes: z.array(
      z.object({
        name: z.string().describe('Name.'),
        orphan: z.boolean().describe('True where no container, running or not, mounts it.'),
        containers: z.string().optional().describe('Containers that mount it.'),
        project: z.string().optional().describe('Compose project.'),
        driver: z.string().describe('What keeps it.'),
        created: z.string().optional().describe('Day it was made.'),
        size_mb: z.number().optional().describe('Size on disk, where asked for.'),
      }),
    ),
    next_cursor: z.string().optional().describe('Pass as `cursor` for more.'),
  }),
  async run({ name, orphan, sizes, ...window }, { client, signal }) {
    const [volumes, containers, measured] = await Promise.all([
      client.volumes(signal),
      client.containers(signal),
      sizes ? client.volumeSizes(signal) : undefined,
    ])
    const users = new Map<string, string[]>()
    for (const container of containers)
      for (const { Type, Name } of container.Mounts) if (Type === 'volume') users.set(Name, [...(users.get(Name) ?? []), nameOf(container)])
    const found = volumes
      .map((volume) => {
        const mounting = users.get(volume.Name)
        const size = measured?.get(volume.Name)
        return {
          name: volume.Name,
          orphan: mounting === undefined,
          containers: mounting?.toSorted().join(', '),
          project: projectOf(volume),
          driver: volume.Driver,
          created: volume.CreatedAt.slice(0, 10) || undefined,
          size_mb: size === undefined ? undefined : megabytes(size),
        }
      })
      .filter((volume) => (name === undefined || volume.name.includes(name)) && (orphan === undefined || volume.orphan === orphan))
      .toSorted(
        (first, second) =>
          Number(second.orphan) - Number(first.orphan) ||
          (second.size_mb ?? 0) - (first.size_mb ?? 0) ||
          (first.name < second.name ? -1 : 1),
      )
    const { rows, ...rest } = page(found, window)
    return { volumes: rows, ...rest }
  },
})
