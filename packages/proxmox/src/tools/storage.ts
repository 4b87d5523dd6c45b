import { nearestNames, page, paging, ToolError } from '@rackwarden/core'
import { z } from 'zod'
import { attempt } from '../attempt.ts'
import type { StoragePoint } from '../node-schema.ts'
import { distinctStorages, type Storage } from '../resources.ts'
import { gibibytes, percentOf } from '../verdict.ts'
import { defineTool, nextCursor, some, unanswered } from './define-tool.ts'

/** Lists storages with how full they are, and until when that lasts. */
export const listStorage = defineTool({
  name: 'list_storage',
  title: 'List storage',
  description: 'Storage of the hypervisors: usage, free space, growth, days until full, what each holds; the fullest first.',
  access: 'observe',
  toolset: 'cluster',
  input: z.object({
    storage: z.string().optional().describe('Storage.'),
    node: z.string().optional().describe('Node.'),
    ...paging,
  }),
  output: z.object({
    storages: z.array(
      z.object({
        name: z.string().describe('Name.'),
        node: z.string().describe('Where it is; shared where several nodes reach it.'),
        type: z.string().describe('Type.'),
        state: z.string().describe('Whether it is available.'),
        used_percent: z.number().optional().describe('In use.'),
        free_gib: z.number().optional().describe('Free.'),
        total_gib: z.number().optional().describe('Size.'),
        growth_gib_per_day: z.number().optional().describe('Over the last month.'),
        days_until_full: z.number().optional().describe('At that growth.'),
        holds: z.string().describe('What it takes.'),
      }),
    ),
    unanswered,
    next_cursor: nextCursor,
  }),
  async run({ storage, node, ...window }, { client, signal }) {
    const view = await client.resources(signal)
    const seen = node === undefined ? distinctStorages(view.storages) : view.storages.filter((one) => one.node === node)
    const found = seen.filter(({ name }) => storage === undefined || name === storage)
    if (found.length === 0 && (storage !== undefined || node !== undefined)) throw noStorage(seen, storage ?? node ?? '')
    const { rows, ...rest } = page(found.toSorted(fullestFirst), window)
    const unread: string[] = []
    const storages = await Promise.all(
      rows.map(async (one) => {
        const { value, problem } = one.isAvailable
          ? await attempt(2_000, signal, async (own) => client.usage(one.node, one.name, own))
          : { value: undefined, problem: undefined }
        if (problem !== undefined) unread.push(`growth of ${one.name}: ${problem.message}`)
        const growth = growthOf(value ?? [])
        const free = one.total === undefined || one.used === undefined ? undefined : one.total - one.used
        return {
          name: one.name,
          node: one.isShared ? 'shared' : one.node,
          type: one.type,
          state: one.isAvailable ? 'available' : 'NOT AVAILABLE',
          used_percent: percentOf(one.used, one.total),
          free_gib: gibibytes(free),
          total_gib: gibibytes(one.total),
          growth_gib_per_day: growth === undefined ? undefined : Math.round((growth / 1024 ** 3) * 100) / 100,
          days_until_full: growth === undefined || growth <= 0 || free === undefined ? undefined : Math.floor(free / growth),
          holds: one.content.join(', '),
        }
      }),
    )
    return { storages, unanswered: some(unread), ...rest }
  },
})

function fullestFirst(first: Storage, second: Storage): number {
  const rank = (one: Storage) => (one.isAvailable ? (percentOf(one.used, one.total) ?? 0) : 1_000)
  return rank(second) - rank(first) || (first.name < second.name ? -1 : 1)
}

function noStorage(seen: readonly Storage[], name: string): ToolError {
  const names = [...new Set(seen.map((one) => one.name))]
  const near = nearestNames(name, names)
  return new ToolError('not_found', `There is no storage '${name}' that this token can see.`, {
    hint: near.length > 0 ? `Is it ${near.join(' or ')}?` : `The storages are: ${names.slice(0, 20).join(', ') || 'none it may see'}.`,
  })
}

/** Bytes a day, by the line that fits what was recorded best; nothing where too little was. */
export function growthOf(points: readonly StoragePoint[]): number | undefined {
  const known = points.flatMap(({ time, used }) => (used === undefined ? [] : [{ day: time / 86_400, used }]))
  const [first, last] = [known[0], known.at(-1)]
  if (first === undefined || last === undefined || known.length < 4 || last.day - first.day < 2) return undefined
  const meanDay = known.reduce((sum, { day }) => sum + day, 0) / known.length
  const meanUsed = known.reduce((sum, { used }) => sum + used, 0) / known.length
  const together = known.reduce((sum, { day, used }) => sum + (day - meanDay) * (used - meanUsed), 0)
  return together / known.reduce((sum, { day }) => sum + (day - meanDay) ** 2, 0)
}
