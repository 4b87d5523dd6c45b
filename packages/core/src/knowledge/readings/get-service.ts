import { z } from 'zod'
import { lowestTier } from '../../define/access.ts'
import { ToolError } from '../../define/error.ts'
import { didYouMean } from '../../define/nearest-names.ts'
import { toolsFor } from '../../define/tool.ts'
import { askEverybody } from '../../facets/ask.ts'
import type { Lab } from '../../facets/lab.ts'
import { pitfallsOf } from '../service-pitfalls.ts'

/** One service whole: how its instances are, what may be done with it, and what surprises about it. */
export const getService = toolsFor<Lab>()({
  name: 'get_service',
  title: 'A service',
  description: 'One service: its instances now, its tier, its tools and its pitfalls.',
  access: 'observe',
  input: z.object({ service: z.string().describe('Its name.') }),
  output: z.object({
    title: z.string().describe('What it is.'),
    tier: z.string().describe('Highest access granted.'),
    missing: z.string().optional().describe('Variables that would configure it.'),
    instances: z
      .array(
        z.object({
          instance: z.string().describe('Instance.'),
          status: z.string().describe('How it is.'),
          version: z.string().optional().describe('Version of the system.'),
          evidence: z.string().describe('What was seen, or why nothing was.'),
        }),
      )
      .describe('Its targets.'),
    tools: z
      .array(
        z.object({
          tool: z.string().describe('Name.'),
          access: z.string().describe('Tier it needs.'),
          description: z.string().describe('What it does.'),
        }),
      )
      .describe('Its tools, those above the tier too.'),
    pitfalls: z.array(z.string()).optional().describe('What surprises about it.'),
  }),
  budgetTokens: 4_000,
  run: async ({ service }, { client: { mounts, runtime, tier }, signal }) => {
    const mount = mounts.find((one) => one.service === service)
    if (mount === undefined) {
      const names = mounts.map((one) => one.service)
      throw new ToolError('not_found', `There is no service '${service}' here.${didYouMean(service, names)}`, {
        hint: `There are: ${names.join(', ') || 'none'}.`,
      })
    }
    const asked = await askEverybody([mount], runtime, signal, async (one, client, context) => one.facets?.health(client, context))
    const pitfalls = await pitfallsOf(mount)
    return {
      title: mount.title,
      tier: lowestTier(tier, mount.tier),
      ...(mount.instances.length > 0 || mount.missing.length === 0 ? {} : { missing: mount.missing.join(', ') }),
      instances: asked.map(({ instance, answer, error }) => ({
        instance: instance.name,
        status: error !== undefined ? 'down' : answer?.degraded === true ? 'degraded' : 'ok',
        ...(answer?.version === undefined ? {} : { version: answer.version }),
        evidence: error === undefined ? (answer?.evidence ?? '') : `${error.code}: ${error.message}`,
      })),
      tools: [...mount.tools.values()]
        .filter((tool) => !tool.internal)
        .map(({ name, access, description }) => ({ tool: `${mount.prefix}${name}`, access, description })),
      ...(pitfalls.length === 0 ? {} : { pitfalls: pitfalls.map(({ title, text }) => `${title}: ${text}`) }),
    }
  },
})
