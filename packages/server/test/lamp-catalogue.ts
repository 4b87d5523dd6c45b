import {
  createRuntime,
  defaultApproval,
  openCatalogue,
  type Catalogue,
  type Configuration,
  type Runtime,
  type Tracing,
} from '@rackwarden/core/runtime'
import { onTestFinished } from 'vitest'
import { lamp } from './fixture-service.ts'
import { temporaryDirectory } from './lab.ts'

/** What a lamp is opened with, where that is not the usual. */
export interface LampOptions {
  configuration?: Partial<Configuration>
  tracing?: Tracing | undefined
}

/** A lamp, and where it keeps what it did. */
export interface OpenLamp {
  catalogue: Catalogue
  runtime: Runtime
  stateDirectory: string
}

/** A lamp behind the real call path; it is closed at the end of the test, if nobody did before. */
export async function openLamp({ configuration = {}, tracing }: LampOptions = {}): Promise<OpenLamp> {
  const stateDirectory = await temporaryDirectory()
  const runtime = createRuntime({ version: '1.2.3', environment: {}, stateDirectory, log: () => undefined, tracing })
  const catalogue = openCatalogue({
    name: 'lamp',
    title: 'Lamp',
    services: [lamp],
    prefixed: false,
    runtime,
    configuration: { tier: 'operate', services: {}, approval: defaultApproval, ...configuration },
    simulations: new Map([['lamp', await (await lamp.simulate()).default()]]),
  })
  onTestFinished(async () => {
    await catalogue.close(0)
    await runtime.close()
  })
  return { catalogue, runtime, stateDirectory }
}
