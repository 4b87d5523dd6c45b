import { services } from '../../../apps/hub/dist/services.js'
import { createLab } from '../../../packages/simlab/dist/index.js'
import { withCatalogue } from '../hub.mjs'
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
  const lab = createLab()
  /** @type {Map<string, import('@rackwarden/core').Simulation>} */
  const simulations = new Map()
  for (const { name } of services) {
    const simulation = await lab.simulationOf(name)
    if (simulation !== undefined) simulations.set(name, simulation)
  }
  const view = { caller: /** @type {const} */ ({ principal: 'local:model', tier: 'configure' }), exposure }
  return withCatalogue({ configuration: { tier: 'configure', services: {} }, simulations }, async (catalogue) =>
    playTask({
      list: catalogue.list(view),
      instructions: catalogue.instructions(view),
      call: (name, input) => catalogue.call({ ...view, name, input }),
      accessOf: (tool) => catalogue.tool(tool)?.access ?? 'observe',
      steps,
    }),
  )
}
