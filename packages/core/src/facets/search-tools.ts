import { z } from 'zod'
import { toolsFor } from '../define/tool.ts'
import { inputsOf, oneLine } from '../search/inputs.ts'
import { callToolFor } from './call-line.ts'
import type { Lab } from './lab.ts'

const [fewest, most] = [5, 20]

/** The tools a task needs, found by its words. */
export const searchTools = toolsFor<Lab>()({
  name: 'search_tools',
  title: 'Search the tools',
  description: 'Which tool does that? Say the task in plain words; answers the best tools with their inputs.',
  access: 'observe',
  input: z.object({
    query: z.string().min(1).describe('Task.'),
    limit: z.number().int().min(1).max(most).optional(),
  }),
  output: z.object({
    tools: z
      .array(
        z.object({
          name: z.string().describe('Its name.'),
          call: z.string().describe('Tool to call it with; its own name where it is listed.'),
          description: z.string().describe('What it does.'),
          inputs: z.string().optional().describe('Its inputs: name, type, and what it is.'),
          missing: z.string().optional().describe('What keeps the caller from it.'),
        }),
      )
      .describe('The best first.'),
    total: z.number().describe('Tools any of the words leads to.'),
    grants: z.array(z.string()).describe('How the owner grants what is missing.'),
  }),
  text: ({ tools, total, grants }) => {
    if (tools.length === 0)
      return 'No tool is led to by these words. Say what it is about: the thing, and what is to be done or known of it.'
    const lines = tools.map(({ name, call, description, inputs = '', missing }) =>
      [
        `${name} (${missing === undefined ? (call === name ? 'listed' : call) : `needs ${missing}`}): ${description}`,
        ...(inputs === '' ? [] : [`  ${inputs}`]),
      ].join('\n'),
    )
    return [...lines, ...grants, ...(total > tools.length ? [`${tools.length} of ${total} shown; limit shows more.`] : [])].join('\n')
  },
  run: async ({ query, limit = fewest }, { client: { directory, prefix } }) => {
    const found = await directory.search(query)
    const shown = found.slice(0, limit)
    return {
      tools: shown.map(({ name, access, description, inputSchema, isListed, missing }) => ({
        name,
        call: isListed ? name : `${prefix}${callToolFor(access)}`,
        description: oneLine(description),
        // Who cannot call it, or has its schema, needs no more of it.
        ...(isListed || missing !== undefined ? {} : { inputs: inputsOf(inputSchema) }),
        ...(missing === undefined ? {} : { missing: missing.what }),
      })),
      total: found.length,
      grants: [
        ...new Map(
          shown.flatMap(({ missing }) => (missing === undefined ? [] : [[missing.hint, `${missing.what}: ${missing.hint}`] as const])),
        ).values(),
      ],
    }
  },
})
