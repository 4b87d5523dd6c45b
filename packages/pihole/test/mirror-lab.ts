import { createRuntime, defaultApproval, openCatalogue, type CallResult, type Catalogue } from '@rackwarden/core/runtime'
import type { SimulatedInstance, Simulation } from '@rackwarden/core'
import pihole from '../src/index.ts'

/** Time that passes only where somebody waits for it. */
export function steppedClock() {
  let now = Date.parse('2026-06-01T09:00:00Z')
  const alarms = new Map<() => void, number>()
  return {
    now: () => now,
    sleep: (milliseconds: number) => {
      now += milliseconds
      return Promise.resolve()
    },
    after: (milliseconds: number, then: () => void) => {
      alarms.set(then, now + milliseconds)
      return () => void alarms.delete(then)
    },
    /** Lets time pass, and what was to happen in it happen. */
    pass(milliseconds: number) {
      now += milliseconds
      for (const [then, at] of alarms)
        if (at <= now) {
          alarms.delete(then)
          then()
        }
    },
    get waiting() {
      return alarms.size
    },
  }
}

/** A process of ours over some Pi-holes, with the records of a state directory that may have served others before. */
export function openProcess(
  stateDirectory: string,
  instances: Readonly<Record<string, SimulatedInstance>>,
  { clock, prefixed = false }: { clock?: ReturnType<typeof steppedClock>; prefixed?: boolean } = {},
): { catalogue: Catalogue; call: (name: string, input?: Record<string, unknown>) => Promise<CallResult>; close: () => Promise<void> } {
  const runtime = createRuntime({
    version: '0.0.0',
    environment: {},
    stateDirectory,
    log: () => undefined,
    ...(clock === undefined ? {} : { clock }),
  })
  const simulation = { config: {}, instances, snapshot: () => undefined } as Simulation
  const catalogue = openCatalogue({
    name: 'pihole',
    title: 'Pi-hole',
    services: [pihole],
    prefixed,
    runtime,
    configuration: { tier: 'configure', approval: defaultApproval, services: {} },
    simulations: new Map([['pihole', simulation]]),
    inlineBudgetMs: Infinity,
  })
  return {
    catalogue,
    call: async (name, input = {}) => catalogue.call({ name, input, caller: { principal: 'local:tester', tier: 'configure' } }),
    async close() {
      await catalogue.close(0)
      await runtime.close()
    },
  }
}
