import { expect, test } from 'vitest'
import { z } from 'zod'
import { defineService, toolsFor } from '../../src/index.ts'
import { checkSurface, surfaceViolations } from '../../src/testing/surface-checks.ts'

const defineTool = toolsFor<undefined>()

/** A service of one tool, which a model would find its way in. */
function serviceWith(tool: { name?: string; description?: string; input?: z.ZodObject }) {
  return defineService({
    name: 'k3s',
    title: 'K3s',
    description: 'A small cluster.',
    instances: 'single',
    config: { url: z.string().describe('Address.') },
    connect: () => undefined,
    health: () => ({ evidence: 'up' }),
    simulate: () => Promise.reject(new Error('not simulated')),
    tools: [
      defineTool({
        name: 'list_pods',
        title: 'List pods',
        description: 'Pods.',
        access: 'observe',
        input: z.object({}),
        output: z.object({ pods: z.array(z.object({ name: z.string().describe('Name.') })) }),
        run: () => Promise.resolve({ pods: [] }),
        ...tool,
      }),
    ],
  })
}

test('a service a model finds its way in has nothing wrong with it', () => {
  expect(() => checkSurface(serviceWith({}))).not.toThrow()
})

test('everything that is wrong is said at once, each with what to do', () => {
  const input = z.object({ state: z.string(), owner: z.string() })
  expect(surfaceViolations(serviceWith({ name: 'poke_pod', description: 'x'.repeat(121), input }))).toEqual([
    expect.stringMatching(/^poke_pod begins with 'poke', which is none of the verbs: get, list, .*core\/src\/define\/verbs\.ts/),
    'The description of poke_pod has 121 characters; 120 are allowed.',
    'poke_pod input.state is not described: .describe() says what it is.',
    'poke_pod input.owner is not described: .describe() says what it is.',
  ])
})

test('a word every object knows is no verb', () => {
  expect(surfaceViolations(serviceWith({ name: 'constructor_pod' }))).toEqual([expect.stringContaining("begins with 'constructor'")])
})
