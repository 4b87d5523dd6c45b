// A hub with one service that only echoes: what is left of a call is ours.
import { defineService, toolsFor } from '@rackwarden/core'
import { run } from '@rackwarden/server'
import { z } from 'zod'

const echo = toolsFor()({
  name: 'get_echo',
  title: 'Echo a text',
  description: 'Give back the text it was given.',
  access: 'observe',
  input: z.object({ text: z.string().describe('Text to give back.') }),
  output: z.object({ text: z.string().describe('The same text.') }),
  run: ({ text }) => ({ text }),
})

const service = defineService({
  name: 'echo',
  title: 'Echo',
  description: 'Gives back what it is given.',
  instances: 'single',
  config: { url: z.string().describe('Not used.') },
  connect: () => ({}),
  health: () => ({ evidence: 'always here' }),
  simulate: () => Promise.reject(new Error('There is nothing to simulate.')),
  tools: [echo],
})

await run({ name: 'bench', title: 'Bench', version: '0.0.0', services: [service], prefixed: true })
