import { z } from 'zod'
import { toolsFor } from '../../define/tool.ts'
import type { Lab } from '../../facets/lab.ts'
import type { Documents } from '../documents.ts'
import { pitfallsOf } from '../service-pitfalls.ts'

/** What surprises about the configured systems, and what the owner wrote down besides. */
export function listPitfalls(documents: Documents) {
  return toolsFor<Lab>()({
    name: 'list_pitfalls',
    title: 'Pitfalls',
    description: "Known traps of the configured systems, and the owner's own.",
    access: 'observe',
    input: z.object({}),
    output: z.object({
      services: z
        .array(
          z.object({
            title: z.string().describe('The system.'),
            pitfalls: z
              .array(z.object({ title: z.string().describe('What surprises.'), text: z.string().describe('What to do.') }))
              .describe('One each.'),
          }),
        )
        .describe('Those that are configured.'),
      owner: z.string().optional().describe('What the owner wrote.'),
    }),
    untrusted: true,
    budgetTokens: 9_000,
    text: ({ services, owner }) =>
      [
        ...services.flatMap(({ title, pitfalls }) => [
          `# ${title}`,
          ...pitfalls.map((pitfall) => `- **${pitfall.title}**: ${pitfall.text}`),
          '',
        ]),
        ...(owner === undefined ? [] : ["# The owner's own", owner]),
        ...(services.length === 0 && owner === undefined ? ['None are known of what is configured.'] : []),
      ]
        .join('\n')
        .trimEnd(),
    run: async (_, { client: { mounts, isWhole } }) => {
      const configured = mounts.filter((mount) => mount.instances.length > 0 && mount.pitfalls !== undefined)
      const services = await Promise.all(
        configured.map(async (mount) => ({ title: mount.title, pitfalls: [...(await pitfallsOf(mount))] })),
      )
      // What the owner wrote is about the whole lab.
      const file = isWhole ? await documents.ownersPitfalls() : undefined
      const owner = file === undefined ? undefined : await documents.read(file)
      return { services, ...(owner === undefined ? {} : { owner }) }
    },
  })
}
