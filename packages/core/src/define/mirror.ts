import { z } from 'zod'
import type { MirroredFacts } from './facet.ts'
import { paging } from './field.ts'
import { page } from './page.ts'
import { toolsFor, type InstanceAnswer, type ReadContext, type ReadTool } from './tool.ts'

/** One fact that is not the same on every instance. */
export interface Difference {
  kind: string
  name: string
  /** By instance; undefined where it has none. */
  values: Readonly<Record<string, string | undefined>>
}

/** Everything that is not the same on every instance that answered, in the order of kinds and names. */
export function differencesOf(answers: readonly InstanceAnswer<MirroredFacts>[]): Difference[] {
  const kinds = [...new Set(answers.flatMap(({ output }) => Object.keys(output)))]
  return kinds.flatMap((kind) => {
    const names = new Set(answers.flatMap(({ output }) => Object.keys(output[kind] ?? {})))
    return [...names].toSorted().flatMap((name): Difference[] => {
      const values = answers.map(({ instance, output }) => [instance, output[kind]?.[name]] as const)
      return values.every(([, value]) => value === values[0]?.[1]) ? [] : [{ kind, name, values: Object.fromEntries(values) }]
    })
  })
}

/** The tool that tells what is not the same on every instance of a mirrored service. */
export function diffInstances<Client>(
  title: string,
  mirrored: (client: Client, context: ReadContext<Client>) => Promise<MirroredFacts>,
): ReadTool<Client> {
  return toolsFor<Client>()({
    name: 'diff_instances',
    title: 'Compare the instances',
    description: `What is not the same on every ${title}: who has what. Empty where they are alike.`,
    access: 'observe',
    input: z.object({ kind: z.string().optional().describe('Kind.'), ...paging }),
    output: z.object({
      differences: z
        .array(
          z.object({
            kind: z.string().describe('Of what kind.'),
            name: z.string().describe('What differs.'),
            values: z.record(z.string(), z.string().nullable()).describe('By instance; null where it has none.'),
          }),
        )
        .describe('A row each.'),
      compared: z.array(z.string()).describe('Instances that answered.'),
      next_cursor: z.string().optional().describe('Cursor of the next page.'),
    }),
    text: ({ differences, compared, next_cursor: next }) =>
      differences.length === 0
        ? `Nothing differs between ${compared.join(' and ')}.`
        : [
            ...differences.map(({ kind, name, values }) => `${kind} ${name}: ${valuesText(values)}`),
            ...(next === undefined ? [] : [`next_cursor: ${next}`]),
          ].join('\n'),
    run: async (_, context) => mirrored(context.client, context),
    gather: (answers, { kind, ...paged }) => {
      const all = differencesOf(answers).filter((difference) => kind === undefined || difference.kind === kind)
      const { rows, ...rest } = page(all, paged)
      return {
        differences: rows.map(({ values, ...row }) => ({
          ...row,
          values: Object.fromEntries(Object.entries(values).map(([instance, value]) => [instance, value ?? null])),
        })),
        compared: answers.map(({ instance }) => instance),
        ...rest,
      }
    },
  })
}

function valuesText(values: Readonly<Record<string, string | null>>): string {
  return Object.entries(values)
    .map(([instance, value]) => `${instance} ${value ?? '(none)'}`)
    .join(', ')
}
