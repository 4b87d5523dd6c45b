import type { View } from '../call/view.ts'
import { lowestTier } from '../define/access.ts'
import { askEverybody } from '../facets/ask.ts'
import { callLine } from '../facets/call-line.ts'
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
function atHand(view: View, { labOf, own, offers, configuration, command }: KnowledgeOptions): AtHand {
  const { mounts, tier } = labOf(view)
  const configured = mounts.filter((mount) => mount.instances.length > 0 && mount.isWithdrawn !== true)
  const granted = (mount: Mount) => grantedTools(mount, lowestTier(tier, mount.tier))
  const { approval, notify } = configuration()
  return {
    tier,
    writes: configured.some((mount) => granted(mount).some((tool) => tool.writes)),
    isToldByPhone: notify !== undefined && approval?.channels.includes('notify') === true,
    services: mounts.map((mount) => ({
      service: mount.service,
      title: mount.title,
      isConfigured: mount.instances.length > 0,
      missing: mount.missing,
    })),
    own: (name, input = {}) => {
      const tool = own.tools.get(name)
      return tool === undefined || !offers(view, `${own.prefix}${name}`) ? undefined : callLine(`${own.prefix}${name}`, input)
    },
    tools: (...names) =>
      names.flatMap((name) =>
        configured.flatMap((mount) =>
          namesOf(
            mount,
            granted(mount).filter((tool) => tool.name === name),
          ),
        ),
      ),
    toolsOf: (service) => {
      const mount = configured.find((one) => one.service === service)
      const all = mount === undefined ? [] : granted(mount)
      const told = (writes: boolean) =>
        mount === undefined
          ? []
          : namesOf(
              mount,
              all.filter((tool) => tool.writes === writes),
            )
      return { reads: told(false), writes: told(true) }
    },
    command,
  }
}

function namesOf(mount: Mount, tools: readonly { name: string }[]): string[] {
  return tools.map(({ name }) => `${mount.prefix}${name}`)
}
