import { page, paging } from '@rackwarden/core'
import { z } from 'zod'
import { sourcesOf, type Source } from '../sources.ts'
import { gibibytes } from '../verdict.ts'
import { defineTool, nextCursor, some, unanswered } from './define-tool.ts'

/** Lists what guests can be made from. */
export const listTemplates = defineTool({
  name: 'list_templates',
  title: 'List templates',
  description: 'What new guests can be made from: VM and LXC templates, cloud images, container templates; for create_guest.',
  access: 'observe',
  toolset: 'lifecycle',
  input: z.object({ ...paging }),
  output: z.object({
    templates: z.array(
      z.object({
        from: z.string().describe('What create_guest takes.'),
        makes: z.string().describe('Virtual machine or container.'),
        what: z.string().describe('What it is.'),
        name: z.string().optional().describe('Name.'),
        where: z.string().describe('Node, or shared.'),
        gib: z.number().optional().describe('Size.'),
      }),
    ),
    unanswered,
    next_cursor: nextCursor,
  }),
  async run(window, { client, signal }) {
    const { sources, unread } = await sourcesOf(client, await client.resources(signal), signal)
    const { rows, ...rest } = page(sources, window)
    return { templates: rows.map(rowOf), unanswered: some(unread), ...rest }
  },
})

function rowOf(source: Source) {
  if (source.kind === 'template') {
    const { guest } = source
    const makes = guest.kind === 'qemu' ? 'virtual machine' : 'container'
    return { from: String(guest.id), makes, what: 'template', name: guest.name, where: guest.node, gib: undefined }
  }
  const { volume, storage, bytes, kind } = source
  return {
    from: volume,
    makes: kind === 'image' ? 'virtual machine' : 'container',
    what: kind === 'image' ? 'cloud image' : 'container template',
    name: undefined,
    where: storage.isShared ? 'shared' : storage.node,
    gib: gibibytes(bytes),
  }
}
