import { allows, highestTier, lowestTier, ToolError, type Service } from '@rackwarden/core'
import {
  openOwner,
  type CompletionRequest,
  type Configuration,
  type ForeignServers,
  type ListName,
  type Mount,
  type Runtime,
  type UpstreamEntry,
  type View,
} from '@rackwarden/core/runtime'
import { acceptancePath, readAcceptance, type Acceptance } from './acceptance.ts'
import { createEraRecords } from './era-record.ts'
import { foreignPrompts } from './foreign-prompts.ts'
import { completeForeign, foreignResources } from './foreign-resources.ts'
import type { ForeignView } from './foreign-view.ts'
import { createGuard } from './guard.ts'
import { nameProblem } from './own-words.ts'
import { refuseRaise } from './raised-access.ts'
import { createUpstream, type Upstream } from './upstream.ts'
import { mountProblem, mountUpstream, type HeldUpstream } from './upstream-mount.ts'
import { watchRecords } from './watched-records.ts'

/** What foreign servers are mounted from. */
export interface ForeignServersOptions {
  readonly runtime: Runtime
  readonly configuration: Configuration
  /** Ours, whose names are theirs. */
  readonly services: readonly Pick<Service, 'name'>[]
  /** How the owner says something at a shell. */
  readonly command: (words: string) => string
}

interface Held {
  entry: UpstreamEntry
  upstream?: Upstream
  acceptance: Acceptance
}

const unread: Acceptance = { why: 'its acceptance is not read yet' }

/** Mounts the foreign servers of a configuration from what was accepted of them; nobody is contacted. */
export async function createForeignServers(options: ForeignServersOptions): Promise<ForeignServers> {
  const { runtime, services, command } = options
  const owner = openOwner(runtime)
  const eras = createEraRecords(runtime.store, runtime.clock)
  const guard = createGuard(runtime.log)
  const watchers = new Set<(list: ListName) => void>()
  let configuration = options.configuration
  let held = new Map<string, Held>()
  let mounts: readonly Mount[] | undefined
  let [connects, closed] = [false, false]
  let stopWatching: (() => void) | undefined

  const changed = (list: ListName) => {
    mounts = undefined
    for (const tell of watchers) tell(list)
  }

  const hold = (entry: UpstreamEntry): Held => {
    const problem = entry.problem ?? nameProblem(entry.name, services)
    if (problem !== undefined) return { entry: { name: entry.name, problem }, acceptance: unread }
    const { name } = entry
    const upstream = createUpstream({ name, configuration: entry.configuration!, runtime, guard, eras, changed })
    return { entry, upstream, acceptance: unread }
  }

  const readAll = async (which: Iterable<Held>): Promise<boolean> => {
    const before = JSON.stringify([...held.values()].map(({ acceptance }) => acceptance))
    await Promise.all(
      [...which].map(async (one) => {
        if (one.entry.configuration === undefined) return
        const { identity } = one.entry.configuration
        one.acceptance = await readAcceptance({ name: one.entry.name, identity }, { store: runtime.store, owner }).catch(
          (error: unknown) => ({
            why: `the record of its acceptance cannot be read (${error instanceof Error ? error.message : String(error)})`,
          }),
        )
      }),
    )
    mounts = undefined
    return JSON.stringify([...held.values()].map(({ acceptance }) => acceptance)) !== before
  }

  const tellAll = () => {
    for (const list of ['tools', 'prompts', 'resources'] as const) changed(list)
  }

  const isConfigured = () => [...held.values()].some(({ upstream }) => upstream !== undefined)

  const watch = () => {
    if (stopWatching !== undefined || closed || !isConfigured()) return
    stopWatching = watchRecords(runtime.store, acceptancePath('any'), async () => {
      if (await readAll(held.values())) tellAll()
    })
  }

  const takeUp = async (fresh: readonly Held[]) => {
    await readAll(fresh)
    if (closed) return
    tellAll()
    if (!connects) return
    watch()
    for (const { upstream } of fresh) upstream?.connect()
  }

  const heldUpstreams = (): HeldUpstream[] =>
    [...held.values()].flatMap(({ upstream, acceptance }) => (upstream === undefined ? [] : [{ upstream, acceptance }]))

  const mounted = (): readonly Mount[] => {
    const taken = new Set<string>()
    return [...held.values()].map(({ entry, upstream, acceptance }) => {
      if (upstream === undefined)
        return mountProblem(entry.name, entry.problem ?? new ToolError('invalid_config', `${entry.name} is not configured.`))
      const mount = mountUpstream({ upstream, acceptance }, { runtime, taken, command })
      for (const name of mount.tools.keys()) taken.add(`${mount.prefix}${name}`)
      return mount
    })
  }

  const visible = (view: View) =>
    heldUpstreams().filter(({ upstream: { name, configuration: own }, acceptance }) => {
      const { caller, service } = view
      const isSeen = (service === undefined || service === name) && (caller.services === undefined || caller.services.includes(name))
      return isSeen && acceptance.accepted !== undefined && allows(lowestTier(tier(), own.tier, caller.tier), 'observe')
    })

  const tier = () => lowestTier(highestTier(runtime.environment), configuration.tier)

  const entriesOf = (next: Configuration) => [...(next.upstreams ?? [])].toSorted((first, second) => (first.name < second.name ? -1 : 1))

  held = new Map(entriesOf(configuration).map((entry) => [entry.name, hold(entry)]))
  await readAll(held.values())

  const view: ForeignView = { runtime, visible }
  return {
    mounts: () => (mounts ??= mounted()),
    resources: foreignResources(view),
    prompts: foreignPrompts(view),
    complete: (request: CompletionRequest) => completeForeign(view, request),
    watch: (tell) => {
      watchers.add(tell)
      return () => void watchers.delete(tell)
    },
    connect() {
      connects = true
      watch()
      for (const { upstream } of held.values()) upstream?.connect()
    },
    configure(next) {
      refuseRaise(
        [...held.values()].flatMap(({ entry, acceptance }) => [{ entry, acceptance }]),
        entriesOf(next),
      )
      configuration = next
      const before = held
      held = new Map(entriesOf(next).map((entry) => [entry.name, kept(before.get(entry.name), entry) ?? hold(entry)]))
      const fresh = [...held.values()].filter((one) => before.get(one.entry.name) !== one)
      for (const one of before.values()) if (held.get(one.entry.name) !== one) void one.upstream?.close()
      mounts = undefined
      void takeUp(fresh)
    },
    async close() {
      closed = true
      stopWatching?.()
      const ending = Promise.all([...held.values()].map(async ({ upstream }) => upstream?.close()))
      // What takes longer is ended by the guard, after us.
      await Promise.race([ending, new Promise((resolve) => setTimeout(resolve, inOrderMs))])
      await guard.close()
    },
  }
}

/** Programs that end in order have ended by then. */
const inOrderMs = 150

/** What was configured alike goes on as it is. */
function kept(before: Held | undefined, entry: UpstreamEntry): Held | undefined {
  if (before?.entry.configuration === undefined || entry.configuration === undefined) return undefined
  return JSON.stringify(before.entry.configuration) === JSON.stringify(entry.configuration) ? before : undefined
}
