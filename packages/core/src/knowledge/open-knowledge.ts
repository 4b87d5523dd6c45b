import type { View } from '../call/view.ts'
import { askEverybody } from '../facets/ask.ts'
import { callLine, callToolFor, madeLine } from '../facets/call-line.ts'
import type { Mount } from '../runtime/mount.ts'
import { openCompletion } from './completion.ts'
import type { Documents } from './documents.ts'
import type { KnowledgeOptions } from './knowledge.ts'
import type { AtHand } from './prompts/at-hand.ts'
import { openPrompts } from './prompts.ts'
import { grantedTools } from './readings/list-services.ts'
import { openResources } from './resources.ts'
import { createWatches } from './watches.ts'

/** Makes resources, prompts and completion over the lab of now. */
export function openKnowledge(options: KnowledgeOptions, documents: Documents) {
  const { runtime, prefixed, prefix, labOf, call } = options
  const watches = createWatches({
    documents,
    runtime,
    health: async (view) => healthOf(labOf(view).mounts, options),
    latestChange: async (view) => {
      const { journal, mounts } = labOf(view)
      for await (const change of journal.list()) if (mounts.some(({ service }) => service === change.service)) return change.id
      return ''
    },
  })
  return {
    resources: openResources({ documents, watches, prefixed, clock: runtime.clock, secrets: runtime.secrets, call }),
    prompts: openPrompts((view) => atHand(view, options), prefix),
    complete: openCompletion({ documents, labOf, prefix }),
    watches,
  }
}

async function healthOf(mounts: readonly Mount[], { runtime }: KnowledgeOptions): Promise<string> {
  const asked = await askEverybody(mounts, runtime, new AbortController().signal, async (mount, client, context) =>
    mount.facets?.health(client, context),
  )
  return JSON.stringify(
    asked.map(({ mount, instance, answer, error }) => [mount.service, instance.name, error?.code ?? answer?.degraded ?? false]),
  )
}

/** The tools of a caller, as they are called here. */
function atHand(view: View, { labOf, configuration, command, prefix }: KnowledgeOptions): AtHand {
  const lab = labOf(view)
  const { mounts, tier, directory } = lab
  const { approval, notify } = configuration()
  const toolsIn = (mount: Mount, names?: readonly string[]) =>
    grantedTools(lab, mount).filter(({ tool }) => names?.includes(tool.name) ?? true)
  return {
    tier,
    writes: mounts.some((mount) => toolsIn(mount).some(({ tool }) => tool.writes)),
    isToldByPhone: notify !== undefined && approval?.channels.includes('notify') === true,
    services: mounts.map((mount) => ({
      service: mount.service,
      title: mount.title,
      isConfigured: mount.instances.length > 0,
      missing: mount.missing,
    })),
    own: (name, input = {}) => {
      const tool = directory.granted(`${prefix}${name}`)
      if (tool === undefined) return undefined
      return tool.isListed ? callLine(tool.name, input) : madeLine(lab, tool.name, tool.access, input)
    },
    tools: (...names) => names.flatMap((name) => mounts.flatMap((mount) => toolsIn(mount, [name]).map(({ listedName }) => listedName))),
    toolsOf: (service) => {
      const all = mounts.filter((mount) => mount.service === service).flatMap((mount) => toolsIn(mount))
      const told = (writes: boolean) => all.filter(({ tool }) => tool.writes === writes).map(({ listedName }) => listedName)
      return { reads: told(false), writes: told(true) }
    },
    callThrough: lab.exposure === 'all' ? undefined : callLine(`${prefix}${callToolFor('observe')}`, { tool: '<name>', input: '{…}' }),
    command,
  }
}
