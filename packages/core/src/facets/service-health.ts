import { z } from 'zod'
import { toolsFor } from '../define/tool.ts'
import { askEverybody } from './ask.ts'
import type { Lab } from './lab.ts'

const status = z.enum(['ok', 'degraded', 'down']).describe('How it is.')

/** One row per instance of every configured service. */
export const serviceHealth = toolsFor<Lab>()({
  name: 'service_health',
  title: 'Health of every service',
  description: 'Is everything up? Connection to every service: status, version, latency. Start here.',
  access: 'observe',
  input: z.object({}),
  output: z.object({
    status,
    services: z
      .array(
        z.object({
          service: z.string().describe('Service.'),
          instance: z.string().describe('Instance.'),
          status,
          latency_ms: z.number().describe('What asking took.'),
          version: z.string().optional().describe('Version of the system.'),
          evidence: z.string().describe('What was seen, or why nothing was.'),
          hint: z.string().optional().describe('What to do about it.'),
        }),
      )
      .describe('The worst first.'),
    not_configured: z.array(z.string()).optional().describe('Services nothing configures.'),
  }),
  run: async (_, { client: { mounts, runtime }, signal }) => {
    const asked = await askEverybody(mounts, runtime, signal, async (mount, client, context) => mount.facets?.health(client, context))
    const services = asked
      .map(({ mount, instance, answer, error, milliseconds }) => ({
        service: mount.service,
        instance: instance.name,
        status: error !== undefined ? ('down' as const) : answer?.degraded === true ? ('degraded' as const) : ('ok' as const),
        latency_ms: Math.round(milliseconds),
        ...(answer?.version === undefined ? {} : { version: answer.version }),
        evidence: error === undefined ? (answer?.evidence ?? '') : `${error.code}: ${error.message}`,
        ...(error?.hint === undefined ? {} : { hint: error.hint }),
      }))
      .toSorted((first, second) => rank[first.status] - rank[second.status])
    const unconfigured = mounts.filter((mount) => mount.facets !== undefined && mount.instances.length === 0).map((mount) => mount.service)
    return { status: services[0]?.status ?? 'ok', services, ...(unconfigured.length === 0 ? {} : { not_configured: unconfigured }) }
  },
})

const rank = { down: 0, degraded: 1, ok: 2 }
