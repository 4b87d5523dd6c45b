import { z } from 'zod'
import { megabytes } from '../numbers.ts'
import { pruneOne, unusedOf, unusedTarget, type Unused } from '../pruning.ts'
import { targetOf } from '../targets.ts'
import { defineTool } from './define-tool.ts'

/** Deletes what nothing uses, thing by thing. */
export const prune = defineTool({
  name: 'prune',
  title: 'Prune what nothing uses',
  description: 'Free disk space: delete stopped containers, unused images, networks and build cache. Volumes only on request.',
  access: 'admin',
  wayBackFirst: true,
  toolset: 'images',
  input: z.object({
    images: z.enum(['untagged', 'unused']).default('untagged').describe('Images.'),
    volumes: z.boolean().default(false).describe('Also those nothing mounts, with their data.'),
    keep: z.array(z.string()).default([]).describe('Names to leave alone.'),
  }),
  output: z.object({
    removed: z.array(z.string()).describe('What is gone, kind and name.'),
    freed_mb: z.number().describe('What that took on disk; layers shared with others are counted, too.'),
    left: z
      .array(z.object({ what: z.string().describe('Kind and name.'), why: z.string().describe('Why it is still there.') }))
      .describe('What was planned and is used by now.'),
    gone_before: z.array(z.string()).describe('What was planned and had vanished.'),
  }),
  state: async (input, { client, signal }) => {
    const [unused, info] = await Promise.all([unusedOf(input, client, signal), client.info(signal)])
    return { unused, host: info.Name }
  },
  basis: ({ unused }) => unused.map(({ kind, id }) => `${kind} ${id}`),
  plan(_, { state: { unused, host }, instance }) {
    const engine = targetOf(instance, 'engine', host)
    if (unused.length === 0)
      return { summary: `Nothing on ${host} is unused: there is nothing to prune.`, targets: [engine], nothing: true }
    return {
      summary: `Delete ${countsOf(unused)} on ${host}, ${sizeOf(unused)} MB`,
      targets: [engine, ...unused.map((one) => unusedTarget(instance, one))],
      diff: unused.map((one) => `${labelOf(one)}${one.note === '' ? '' : ` (${one.note})`}, ${megabytes(one.bytes)} MB → gone`),
      warnings: [
        ...(unused.some(({ kind }) => kind === 'volume') ? ['The data in the volumes is gone for good.'] : []),
        ...(unused.some(({ kind }) => kind === 'container')
          ? ['Stopped containers lose what they wrote beside their volumes, and their logs.']
          : []),
        'Layers that images share are counted with each, so less may be freed.',
      ],
    }
  },
  async run(_, { state: { unused }, client, instance, signal, touch, progress }) {
    const removed: Unused[] = []
    const left: { what: string; why: string }[] = []
    const goneBefore: string[] = []
    for (const [index, one] of unused.entries()) {
      signal.throwIfAborted()
      progress(`removing ${labelOf(one)}`, index, unused.length)
      touch(unusedTarget(instance, one))
      const outcome = await pruneOne(one, client, signal)
      if (outcome === 'removed') removed.push(one)
      else if (outcome === 'gone before') goneBefore.push(labelOf(one))
      else left.push({ what: labelOf(one), why: outcome.left })
    }
    return { removed: removed.map(labelOf), freed_mb: sizeOf(removed), left, gone_before: goneBefore }
  },
  undo: 'irreversible',
})

function labelOf({ kind, name }: Unused): string {
  return `${kind} ${name}`
}

function sizeOf(unused: readonly Unused[]): number {
  return megabytes(unused.reduce((sum, { bytes }) => sum + bytes, 0))
}

function countsOf(unused: readonly Unused[]): string {
  const counts = new Map<string, number>()
  for (const { kind } of unused) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return [...counts].map(([kind, count]) => `${count} × ${kind}`).join(', ')
}
