import { ToolError, type Simulate, type SimulatedInstance } from '@rackwarden/core'
import { answer } from './simulation/answer.ts'
import { createResponder } from './simulation/dns-responder.ts'
import { SimulatedFtl } from './simulation/ftl.ts'
import { defaultWorld, type PiholeWorld } from './simulation/world.ts'

/** Makes pretend Pi-holes; time stands still in them. Sessions come and go with whoever reads, so no snapshot has them. */
const simulate: Simulate = (world) => {
  const { instances, virtualAddress } = (world as PiholeWorld | undefined) ?? defaultWorld
  const made = Object.entries(instances).map(([name, own]) => ({ name, ...instanceOf(new SimulatedFtl(own), virtualAddress) }))
  const [first] = made
  if (first === undefined) throw new TypeError('a world has at least one Pi-hole')
  return {
    ...first.instance,
    instances: Object.fromEntries(made.map(({ name, instance }) => [name, instance])),
    snapshot: () => Object.fromEntries(made.map(({ name, ftl }) => [name, ftl.snapshot()])),
    async close() {
      await Promise.all(made.map(({ close }) => close()))
    },
  }
}

export default simulate

/** One pretend Pi-hole, how it is reached, and how it is let go of. */
export function instanceOf(ftl: SimulatedFtl, virtualAddress?: string) {
  const responder = createResponder(ftl)
  const { password, totpSecret } = ftl.world
  const instance: SimulatedInstance = {
    config: {
      url: `http://${ftl.world.address}`,
      ...(password !== undefined && { password }),
      ...(totpSecret !== undefined && { totpSecret }),
      ...(virtualAddress !== undefined && { virtualAddress }),
    },
    connection: {
      fetch: (target, options = {}) => answer(ftl, target, options),
      exec: () => Promise.reject(new ToolError('invalid_config', 'A simulated Pi-hole runs no programs.', { hint: 'Use fetch.' })),
      dial: responder.dial,
      datagram: responder.datagram,
    },
  }
  return { ftl, instance, close: async () => responder.close() }
}
