import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { adminAcknowledgement, type Service, type Simulation, type Tier } from '@rackwarden/core'
import {
  createRuntime,
  openCatalogue,
  type ApprovalPolicy,
  type CallResult,
  type Catalogue,
  type DocsConfiguration,
  type InstanceConfiguration,
} from '@rackwarden/core/runtime'
import { createLab, type Lab } from '@rackwarden/simlab'
import { onTestFinished } from 'vitest'
import { services } from '../src/services.ts'

/** The hub on the pretend lab, and the way to call it. */
export interface LabHub {
  catalogue: Catalogue
  call: (name: string, input?: Record<string, unknown>) => Promise<CallResult>
}

/** A service that is reached otherwise than the lab would have it. */
export interface Elsewhere {
  service: Service
  instances: readonly InstanceConfiguration[]
}

/** What the hub is opened with beside its tier. */
export interface LabHubOptions {
  elsewhere?: Elsewhere
  docs?: DocsConfiguration
  approval?: ApprovalPolicy
  /** Pretend upstreams in place of those of the lab, by service. */
  instead?: Readonly<Record<string, (lab: Lab) => Promise<Simulation>>>
}

/** Opens the hub on a lab of its own; everything is gone when the test ends. */
export async function openLabHub(tier: Tier, { elsewhere, docs, approval, instead = {} }: LabHubOptions = {}): Promise<LabHub> {
  const directory = await mkdtemp(join(tmpdir(), 'rackwarden-hub-'))
  const runtime = createRuntime({
    version: '0.0.0',
    environment: { RACKWARDEN_ADMIN: adminAcknowledgement },
    stateDirectory: directory,
    log: () => undefined,
  })
  const lab = createLab()
  const simulations = new Map<string, Simulation>()
  for (const { name } of services.filter((service) => service !== elsewhere?.service)) {
    const simulation = await (instead[name]?.(lab) ?? lab.simulationOf(name))
    if (simulation !== undefined) simulations.set(name, simulation)
  }
  const catalogue = openCatalogue({
    name: 'rackwarden',
    title: 'Rackwarden',
    services,
    prefixed: true,
    runtime,
    simulations,
    configuration: {
      tier,
      ...(docs === undefined ? {} : { docs }),
      ...(approval === undefined ? {} : { approval }),
      services:
        elsewhere === undefined
          ? {}
          : { [elsewhere.service.name]: { toolsOff: [], missing: ['THE_VARIABLE'], off: false, instances: elsewhere.instances } },
    },
  })
  onTestFinished(async () => {
    await catalogue.close(0)
    await runtime.close()
    for (const simulation of simulations.values()) await simulation.close?.()
    await rm(directory, { recursive: true, force: true })
  })
  return { catalogue, call: (name, input = {}) => catalogue.call({ name, input, caller: { principal: 'local:tester', tier } }) }
}
