import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRuntime, openCatalogue } from '@rackwarden/core/runtime'
import { services } from '../../apps/hub/dist/services.js'

/**
 * What is done with a hub over every service it can mount; it is gone afterwards, with all it kept.
 * @template Result
 * @param {{ configuration: import('@rackwarden/core/runtime').Configuration, environment?: NodeJS.ProcessEnv, simulations?: ReadonlyMap<string, import('@rackwarden/core').Simulation> }} made
 * @param {(catalogue: import('@rackwarden/core/runtime').Catalogue) => Promise<Result>} work
 * @returns {Promise<Result>}
 */
export async function withCatalogue({ configuration, environment = {}, simulations = new Map() }, work) {
  const stateDirectory = await mkdtemp(join(tmpdir(), 'rackwarden-bench-'))
  const runtime = createRuntime({ version: '0.0.0', environment, stateDirectory, log: () => undefined })
  const catalogue = openCatalogue({
    name: 'rackwarden',
    title: 'Rackwarden',
    services,
    prefixed: true,
    runtime,
    configuration,
    simulations,
  })
  try {
    return await work(catalogue)
  } finally {
    await catalogue.close(0)
    await runtime.close()
    for (const simulation of simulations.values()) await simulation.close?.()
    await rm(stateDirectory, { recursive: true, force: true })
  }
}
