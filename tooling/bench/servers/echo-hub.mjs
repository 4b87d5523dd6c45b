// A hub of five services that only echo: what is left of a call is ours.
import { defineService, toolsFor } from '@rackwarden/core'
import { run } from '@rackwarden/server'
import { z } from 'zod'
import { groups, names, words } from './echo-tools.mjs'

const defineTool = toolsFor()
const services = groups.map((group) =>
  defineService({
    name: group,
    title: group,
    description: 'Gives back what it is given.',
    instances: 'single',
    config: { url: z.string().describe('Not used.') },
    connect: () => ({}),
    health: () => ({ evidence: 'always here' }),
    simulate: () => Promise.reject(new Error('There is nothing to simulate.')),
    tools: names.map((name) =>
      defineTool({
        name,
        ...words,
        access: 'observe',
        input: z.object({ text: z.string().describe('Text to give back.') }),
        output: z.object({ text: z.string().describe('The same text.') }),
        run: ({ text }) => ({ text }),
      }),
    ),
  }),
)

await run({ name: 'bench', title: 'Bench', version: '0.0.0', services, prefixed: true })
