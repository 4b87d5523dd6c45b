import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { adminAcknowledgement, type Tier } from '../define/access.ts'
import type { Service, Simulation } from '../define/service.ts'
import type { Caller } from '../call/view.ts'
import type { CallResult } from '../call/result.ts'
import { parseValues } from '../config/load.ts'
import { defaultApproval } from '../policy/required-approval.ts'
import { openCatalogue, type Catalogue } from '../runtime/catalogue.ts'
import { createRuntime } from '../runtime/create-runtime.ts'
import type { Clock } from '../runtime/runtime.ts'

/** A catalogue of one service on its simulator, with a state directory of its own. */
export interface SimulatedLab {
  readonly catalogue: Catalogue
  readonly simulation: Simulation
  readonly stateDirectory: string
  /** Calls as `local:tester` with the highest tier, unless told otherwise. */
  call: (name: string, input?: Record<string, unknown>, caller?: Partial<Caller>) => Promise<CallResult>
  close: () => Promise<void>
}

/** What a simulated lab can be given. */
export interface SimulatedLabOptions {
  tier?: Tier
  /** Replaces values of the simulation's configuration, and its connection by a real one to them. */
  configuration?: Record<string, unknown>
  world?: unknown
  clock?: Clock
}

/** Opens one service alone on its simulator; what it logs is dropped. */
export async function openSimulatedLab(service: Service, options: SimulatedLabOptions = {}): Promise<SimulatedLab> {
  const stateDirectory = await mkdtemp(join(tmpdir(), 'rackwarden-test-'))
  const runtime = createRuntime({
    version: '0.0.0',
    environment: { RACKWARDEN_ADMIN: adminAcknowledgement },
    stateDirectory,
    log: () => undefined,
    ...(options.clock === undefined ? {} : { clock: options.clock }),
  })
  const simulation = await (await service.simulate()).default(options.world)
  const replaced = options.configuration
  const values = replaced === undefined ? undefined : parseValues(service, { ...simulation.config, ...replaced }, runtime.secrets)
  const catalogue = openCatalogue({
    name: service.name,
    title: service.title,
    services: [service],
    prefixed: false,
    runtime,
    configuration: {
      tier: options.tier ?? 'admin',
      // That a person is asked is core's part, and tested there: what a service does once they agreed is seen with a token.
      approval: { ...defaultApproval, tiers: { ...defaultApproval.tiers, admin: 'token' } },
      services: {
        [service.name]: {
          toolsOff: [],
          missing: [],
          off: false,
          instances: values === undefined ? [] : [{ name: 'default', source: 'test', values }],
        },
      },
    },
    ...(values === undefined ? { simulations: new Map([[service.name, simulation]]) } : {}),
  })
  return {
    catalogue,
    simulation,
    stateDirectory,
    call: (name, input = {}, caller = {}) =>
      catalogue.call({ name, input, caller: { principal: 'local:tester', tier: 'admin', ...caller } }),
    close: async () => {
      await catalogue.close(0)
      await runtime.close()
      await simulation.close?.()
      await rm(stateDirectory, { recursive: true, force: true })
    },
  }
}
