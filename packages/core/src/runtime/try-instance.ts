import { askEverybody } from '../facets/ask.ts'
import { resolveReference } from '../config/environment.ts'
import { parseValues } from '../config/load.ts'
import { ToolError } from '../define/error.ts'
import type { Health } from '../define/facet.ts'
import type { Service } from '../define/service.ts'
import { createInstance, type Instance } from './instance.ts'
import { mountService } from './mount.ts'
import type { Runtime } from './runtime.ts'

/** What opening a service with some values came to: how it is, or why it cannot be reached. */
export type Trial = { health: Health; problem?: undefined } | { health?: undefined; problem: ToolError }

/** Opens a service with raw values, references among them, asks for its health within 2 seconds, and lets go of it. */
export async function tryInstance(service: Service, raw: Readonly<Record<string, unknown>>, runtime: Runtime): Promise<Trial> {
  try {
    return await withInstance(service, raw, runtime, async (instance) => {
      const mount = mountService(service, { toolsOff: [], instances: [], missing: [], off: false }, [instance], false)
      const [asked] = await askEverybody([mount], runtime, new AbortController().signal, async (_, client, context) =>
        service.health(client, context),
      )
      return asked?.answer === undefined
        ? { problem: asked?.error ?? new ToolError('upstream', 'It did not say how it is.') }
        : { health: asked.answer }
    })
  } catch (problem) {
    if (ToolError.isInstance(problem)) return { problem }
    throw problem
  }
}

/** Opens a service with raw values, references among them, lets something be done with its client, and lets go of it. */
export async function withClient<Result>(
  service: Service,
  raw: Readonly<Record<string, unknown>>,
  runtime: Runtime,
  work: (client: unknown) => Promise<Result>,
): Promise<Result> {
  return withInstance(service, raw, runtime, async (instance) => work(await instance.client()))
}

async function withInstance<Result>(
  service: Service,
  raw: Readonly<Record<string, unknown>>,
  runtime: Runtime,
  work: (instance: Instance) => Promise<Result>,
): Promise<Result> {
  const values: Record<string, unknown> = {}
  for (const [field, value] of Object.entries(raw)) values[field] = await resolveReference(value, runtime.environment)
  const configuration = { name: 'default', source: 'trial', values: parseValues(service, values, runtime.secrets) }
  const instance = createInstance({ service, configuration, log: runtime.log })
  try {
    return await work(instance)
  } finally {
    await instance.close()
  }
}
