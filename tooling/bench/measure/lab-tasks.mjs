import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRuntime, openCatalogue } from '@rackwarden/core/runtime'
import { createLab } from '../../../packages/simlab/dist/index.js'
import { services } from '../../../apps/hub/dist/services.js'
import { playTask } from './scripted-model.mjs'
import { tasks } from './tasks.mjs'

/** Plays every task on a pretend lab of its own, with every tool listed and in search mode. */
export async function measureTasks() {
  const played = []
  for (const { name, steps } of tasks) {
    const [all, search] = [await onLab('all', steps), await onLab('search', steps)]
    played.push({ name, all, search })
  }
  return played
}

/**
 * @param {import('@rackwarden/core/runtime').Exposure} exposure
 * @param {readonly import('./scripted-model.mjs').Step[]} steps
 */
async function onLab(exposure, steps) {
  const stateDirectory = await mkdtemp(join(tmpdir(), 'rackwarden-tasks-'))
  const runtime = createRuntime({ version: '0.0.0', environment: {}, stateDirectory, log: () => undefined })
  const lab = createLab()
  /** @type {Map<string, import('@rackwarden/core').Simulation>} */
  const simulations = new Map()
  for (const { name } of services) {
    const simulation = await lab.simulationOf(name)
    if (simulation !== undefined) simulations.set(name, simulation)
  }
  const catalogue = openCatalogue({
    name: 'rackwarden',
    title: 'Rackwarden',
    services,
    prefixed: true,
    runtime,
    simulations,
    configuration: { tier: 'configure', services: {} },
  })
  const view = { caller: /** @type {const} */ ({ principal: 'local:model', tier: 'configure' }), exposure }
  try {
    return await playTask({
      list: catalogue.list(view),
      instructions: catalogue.instructions(view),
      call: (name, input) => catalogue.call({ ...view, name, input }),
      accessOf: (tool) => catalogue.tool(tool)?.access ?? 'observe',
      steps,
    })
  } finally {
    await catalogue.close(0)
    await runtime.close()
    for (const simulation of simulations.values()) await simulation.close?.()
    await rm(stateDirectory, { recursive: true, force: true })
  }
}
