import { z } from 'zod'
import type { RegisteredTool } from '../../call/registered-tool.ts'
import { lowestTier } from '../../define/access.ts'
import { toolsFor } from '../../define/tool.ts'
import { serviceHealth } from '../../facets/service-health.ts'
import type { Lab } from '../../facets/lab.ts'
import type { Mount } from '../../runtime/mount.ts'

/** What is configured, how it is now, and what may be done with it. */
export const listServices = toolsFor<Lab>()({
  name: 'list_services',
  title: 'Services',
  description: 'What is configured, whether it answers now, its tier and how many tools can be called.',
  access: 'observe',
  input: z.object({}),
  output: z.object({
    services: z
      .array(
        z.object({
          service: z.string().describe('Service.'),
          instance: z.string().describe('Instance.'),
          status: z.string().describe('How it is.'),
          version: z.string().optional().describe('Version of the system.'),
          tier: z.string().describe('Highest access granted.'),
          tools: z.number().describe('Tools that can be called.'),
          evidence: z.string().describe('What was seen, or why nothing was.'),
        }),
      )
      .describe('The worst first.'),
    not_configured: z.array(z.string()).optional().describe('Services nothing configures.'),
  }),
  run: async (_, context) => {
    const { mounts, tier } = context.client
    const health = (await serviceHealth.definition.run({}, context)) as z.output<typeof seen>
    const granted = new Map(mounts.map((mount) => [mount.service, mount]))
    return {
      services: health.services.map(({ service, instance, status, version, evidence }) => {
        const mount = granted.get(service)
        return {
          service,
          instance,
          status,
          ...(version === undefined ? {} : { version }),
          tier: lowestTier(tier, mount?.tier),
          tools: mount === undefined ? 0 : grantedTools(context.client, mount).length,
          evidence,
        }
      }),
      ...(health.not_configured === undefined ? {} : { not_configured: health.not_configured }),
    }
  },
})

const seen = z.object({
  services: z.array(
    z.object({ service: z.string(), instance: z.string(), status: z.string(), version: z.string().optional(), evidence: z.string() }),
  ),
  not_configured: z.array(z.string()).optional(),
})

/** The tools of a service its caller may call now, each with the name it is called by. */
export function grantedTools({ directory }: Lab, { tools, prefix }: Mount): { tool: RegisteredTool; listedName: string }[] {
  return [...tools.values()]
    .map((tool) => ({ tool, listedName: `${prefix}${tool.name}` }))
    .filter(({ listedName }) => directory.granted(listedName) !== undefined)
}
