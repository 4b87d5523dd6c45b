import { page, paging } from '@rackwarden/core'
import { z } from 'zod'
import { recordsOf } from '../records.ts'
import { defineTool } from './define-tool.ts'

/** Local DNS records of every instance, merged; one that not all have says who does. */
export const listRecords = defineTool({
  name: 'list_records',
  title: 'List DNS records',
  description: 'Local DNS records (A, AAAA, CNAME) and which Pi-hole has each.',
  access: 'observe',
  input: z.object({ text: z.string().optional().describe('Part of it.'), ...paging }),
  output: z.object({
    records: z.array(
      z.object({
        name: z.string().describe('Name.'),
        type: z.string().describe('Type.'),
        value: z.string().describe('Address, or the name it leads to.'),
        on: z.string().optional().describe("Who has it: 'all', or names of instances."),
      }),
    ),
    total: z.number().describe('How many there are.'),
    next_cursor: z.string().optional().describe('Pass as `cursor` for more.'),
  }),
  run: async (_, { client, signal }) => recordsOf(await client.lines(signal)),
  gather(answers, { text = '', ...window }) {
    const wanted = text.trim().toLowerCase()
    const holders = new Map<string, string[]>()
    for (const { instance, output } of answers)
      for (const { name, type, value } of output) {
        if (!name.includes(wanted) && !value.includes(wanted)) continue
        const key = `${name}\t${type}\t${value}`
        const known = holders.get(key)
        if (known === undefined) holders.set(key, [instance])
        else if (known.at(-1) !== instance) known.push(instance)
      }
    const { rows, ...rest } = page([...holders.keys()].toSorted(), window)
    return {
      records: rows.map((key) => {
        const [name = '', type = '', value = ''] = key.split('\t')
        const on = holders.get(key) ?? []
        return { name, type, value, ...(answers.length > 1 && { on: on.length === answers.length ? 'all' : on.join(', ') }) }
      }),
      total: holders.size,
      ...rest,
    }
  },
})
