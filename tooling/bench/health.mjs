import { defineService } from '@rackwarden/core'
import { createRuntime, openCatalogue } from '@rackwarden/core/runtime'
import { z } from 'zod'

const limitMs = 2_000
const services = 12

/**
 * How long service_health takes over a dozen services, one of which never answers, against the limit that one is given.
 * @param {string} stateDirectory
 * @returns {Promise<number>}
 */
export async function hungServiceRatio(stateDirectory) {
  const runtime = createRuntime({ version: '0.0.0', environment: {}, stateDirectory, log: () => undefined })
  const all = Array.from({ length: services }, (_, index) => service(`service-${index}`, index === 0))
  const instances = [{ name: 'default', source: 'bench', values: { url: 'http://127.0.0.1' } }]
  const catalogue = openCatalogue({
    name: 'bench',
    title: 'Bench',
    services: all,
    prefixed: true,
    runtime,
    configuration: {
      tier: 'observe',
      services: Object.fromEntries(all.map(({ name }) => [name, { toolsOff: [], missing: [], off: false, instances }])),
    },
  })
  const start = performance.now()
  const result = await catalogue.call({ name: 'service_health', input: {}, caller: { principal: 'local:bench', tier: 'observe' } })
  const took = performance.now() - start
  if (result.kind !== 'done' || !result.text.includes('no answer within 2 s')) throw new Error(`service_health answered: ${result.text}`)
  await catalogue.close(0)
  await runtime.close()
  return took / limitMs
}

/**
 * @param {string} name
 * @param {boolean} hangs
 */
function service(name, hangs) {
  return defineService({
    name,
    title: name,
    description: 'Answers at once, or never.',
    instances: 'single',
    config: { url: z.string().describe('Not used.') },
    connect: () => ({}),
    health: () => (hangs ? new Promise(() => undefined) : Promise.resolve({ evidence: 'here' })),
    simulate: () => Promise.reject(new Error('There is nothing to simulate.')),
    tools: [],
  })
}
