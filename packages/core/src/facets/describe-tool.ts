import { z } from 'zod'
import { toolsFor } from '../define/tool.ts'
import { callToolFor } from './call-line.ts'
import type { Lab } from './lab.ts'

/** One tool with the whole schema of its input. */
export const describeTool = toolsFor<Lab>()({
  name: 'describe_tool',
  title: 'Describe a tool',
  description: 'The whole input schema of one tool, where what search_tools says is not enough.',
  access: 'observe',
  input: z.object({ tool: z.string().describe('Its name.') }),
  output: z.object({
    name: z.string().describe('Its name.'),
    call: z.string().describe('Tool to call it with; its own name where it is listed.'),
    description: z.string().describe('What it does.'),
    input: z.string().describe('JSON Schema of its input.'),
    missing: z.string().optional().describe('What keeps the caller from it, and how the owner grants it.'),
  }),
  text: ({ name, call, description, input, missing }) =>
    [
      `${name}: ${description}`,
      ...(call === name ? [] : [`call with: ${call}`]),
      ...(missing === undefined ? [] : [`needs ${missing}`]),
      `input: ${input}`,
    ].join('\n'),
  run: ({ tool }, { client: { directory, prefix } }) => {
    const { name, description, access, isListed, inputSchema, missing } = directory.get(tool)
    return {
      name,
      call: isListed ? name : `${prefix}${callToolFor(access)}`,
      description,
      input: JSON.stringify(inputSchema),
      ...(missing === undefined ? {} : { missing: `${missing.what}. ${missing.hint}` }),
    }
  },
})
