import { page, paging } from '@rackwarden/core'
import { z } from 'zod'
import { imageName, shortId } from '../container-facts.ts'
import { megabytes } from '../numbers.ts'
import { defineTool } from './define-tool.ts'

/** Lists images, what could go first. */
export const listImages = defineTool({
  name: 'list_images',
  title: 'List images',
  description: 'Docker images by size; dangling and unused ones, fit to be cleaned up, first.',
  access: 'observe',
  toolset: 'images',
  input: z.object({
    name: z.string().optional().describe('Part of a tag.'),
    unused: z.boolean().optional().describe('Of no container; false: the others.'),
    ...paging,
  }),
  output: z.object({
    images: z.array(
      z.object({
        tags: z.string().describe('Names it goes by; `<none>` where it lost them.'),
        id: z.string().describe('First digits of the id.'),
        size_mb: z.number().describe('Size on disk; layers may be shared with others.'),
        created: z.string().describe('Day it was built.'),
        dangling: z.boolean().describe('True where it has no name left.'),
        unused: z.boolean().describe('True where no container, running or not, was made of it.'),
      }),
    ),
    next_cursor: z.string().optional().describe('Pass as `cursor` for more.'),
  }),
  async run({ name, unused, ...window }, { client, signal }) {
    const [images, containers] = await Promise.all([client.images(signal), client.containers(signal)])
    const used = new Set(containers.map(({ ImageID }) => ImageID))
    const found = images
      .map(({ Id, RepoTags, RepoDigests, Size, Created }) => {
        const tags = RepoTags.filter((tag) => tag !== '<none>:<none>')
        const pulled = RepoDigests.map(imageName).filter((digest) => !digest.startsWith('<none>'))
        return {
          // An image pulled by digest has no tag, and is not dangling for that.
          tags: [...new Set(tags.length > 0 ? tags : pulled)].join(', ') || '<none>',
          id: shortId(Id),
          size_mb: megabytes(Size),
          created: new Date(Created * 1000).toISOString().slice(0, 10),
          dangling: tags.length === 0 && pulled.length === 0,
          unused: !used.has(Id),
        }
      })
      .filter((image) => (name === undefined || image.tags.includes(name)) && (unused === undefined || image.unused === unused))
      .toSorted(
        (first, second) =>
          Number(second.dangling) - Number(first.dangling) ||
          Number(second.unused) - Number(first.unused) ||
          second.size_mb - first.size_mb ||
          (first.tags < second.tags ? -1 : 1),
      )
    const { rows, ...rest } = page(found, window)
    return { images: rows, ...rest }
  },
})
