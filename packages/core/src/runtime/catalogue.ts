import { isDeepStrictEqual } from 'node:util'
import type { Announce } from '../approve/approval-request.ts'
import { createApprovalRequests, type ApprovalRequests } from '../approve/approval-requests.ts'
import { openOwner } from '../approve/owner.ts'
import { createStandingRules } from '../approve/standing-rules.ts'
import { createCallRate, type CallRate } from '../call/call-rate.ts'
import { auditRefused, callTool } from '../call/call-tool.ts'
import type { CallEnvironment } from '../call/call.ts'
import { createOperations } from '../call/operations.ts'
import { createParkedCalls } from '../call/parked-calls.ts'
import { resumeLeft } from '../call/pause-watchers.ts'
import { createPlanStore } from '../call/plan-store.ts'
import type { RegisteredTool } from '../call/registered-tool.ts'
import type { CallRequest, ListName, Surface } from '../call/surface.ts'
import type { View } from '../call/view.ts'
import type { Configuration } from '../config/configuration.ts'
import { defaultLimits, type Limits } from '../config/limits.ts'
import { lowestTier, type Tier } from '../define/access.ts'
import { ToolError } from '../define/error.ts'
import { didYouMean } from '../define/nearest-names.ts'
import type { Lab } from '../facets/lab.ts'
import { searchDocs } from '../facets/search-docs.ts'
import { createKnowledge, type Knowledge } from '../knowledge/knowledge.ts'
import { instanceMeasures } from '../measure/instance-measures.ts'
import { followBegun } from '../call/follow-begun.ts'
import { createBegunWrites } from '../record/begun-writes.ts'
import { createJournal } from '../record/journal.ts'
import { createPartialWrites } from '../record/partial-writes.ts'
import { createPauses } from '../record/pauses.ts'
import { createSealer } from '../record/seal.ts'
import { createSequences } from '../record/sequences.ts'
import { configured, type ConfiguredOptions } from './configured.ts'
import type { ForeignServers } from './foreign-servers.ts'
import { instructionsFor } from './instructions.ts'
import { joinCompletions, joinPrompts, joinResources } from './joined-offers.ts'
import { createListing, isVisible, type Listing, type NamedTool } from './listing.ts'
import type { Mount } from './mount.ts'
import { mountOwn } from './own-mount.ts'
import { refuseRaise } from './raised-rights.ts'
import type { Runtime } from './runtime.ts'
import { createDirectory } from '../search/directory.ts'

/** What a process serves, and from what. */
export interface CatalogueOptions extends ConfiguredOptions {
  name: string
  title: string
  /** Unprefixed names of the tools there are; all of them when not given. */
  only?: readonly string[]
  configuration: Configuration
  /** MCP servers of others, mounted beside the services. */
  foreign?: ForeignServers | undefined
  /** Told of every request for a person's approval. */
  announce?: Announce | undefined
  /** How the owner says something at a shell, where what serves is known by another name than `rackwarden`. */
  command?: ((words: string) => string) | undefined
  /** How long a call may take before it is detached; 45 seconds when not given. */
  inlineBudgetMs?: number
}

/** Every tool of a process behind the one call path. */
export interface Catalogue extends Surface {
  readonly tier: Tier
  readonly runtime: Runtime
  readonly configuration: Configuration
  /** The services, and the MCP servers of others as of now. */
  readonly mounts: readonly Mount[]
  readonly requests: ApprovalRequests
  readonly knowledge: Knowledge
  /**
   * Goes on with another configuration: sessions, operations and the clients of instances that stay the same are untouched.
   * Throws `denied`, and changes nothing, where it would raise anybody's rights: that takes a restart.
   * False where it is the same configuration.
   */
  configure(configuration: Configuration): boolean
  /** Resumes what watches and was left paused by a process that is gone. */
  resumeWatchers(): Promise<void>
  /** Finds out what became of writes that upstreams worked on while their process ended; over once all of it is known. */
  followBegun(): Promise<void>
  /** The tool behind a listed name, whoever may call it. */
  readonly tool: (name: string) => RegisteredTool | undefined
  /** Finishes or aborts what is under way (10 s), then lets go of every client; the runtime stays its owner's. */
  close(graceMs?: number): Promise<void>
}

const inlineBudgetMs = 45_000
const closeGraceMs = 10_000

/** Holds every service ready. Nobody is contacted. */
export function openCatalogue(options: CatalogueOptions): Catalogue {
  const { runtime, prefixed, prefix = '', only, foreign } = options
  let held = configured(options, options.configuration)
  const operations = createOperations(runtime, options.inlineBudgetMs ?? inlineBudgetMs, prefix)
  let rate = rateOf(runtime, options.configuration)
  const sealer = createSealer(runtime.store, runtime.random)
  const journal = createJournal(runtime.store, sealer, runtime)
  const begun = createBegunWrites(runtime.store, sealer)
  const partialWrites = createPartialWrites(runtime.store)
  const pauses = createPauses(runtime.store)
  const sequences = createSequences(runtime.store, runtime.clock)
  const owner = openOwner(runtime)
  // What this process began with is what it goes on with: a key that is put there later is not believed.
  void owner.isSet().catch((error: unknown) => runtime.log('error', error instanceof Error ? error.message : String(error)))
  const requests = createApprovalRequests(runtime, owner)
  const mounts = () => [...held.mounts, ...(foreign?.mounts() ?? [])]
  const directory = createDirectory(listing)
  const labOf = (view: View): Lab => ({
    mounts: visible(mounts(), view),
    isWhole: view.service === undefined && view.caller.services === undefined,
    runtime,
    operations,
    journal,
    partialWrites,
    pauses,
    begun,
    sequences,
    requests,
    principal: view.caller.principal,
    tier: lowestTier(held.tier, view.caller.tier),
    passages: knowledge.passages,
    directory: directory(view),
    exposure: view.exposure ?? 'all',
    prefix,
  })
  const own = mountOwn(labOf, {
    prefixed,
    prefix,
    hasBackedUp: options.services.some(({ assetsAreBackedUp }) => assetsAreBackedUp === true),
  })
  const command = options.command ?? ((words: string) => `rackwarden ${words}`)
  const knowledge = createKnowledge({
    runtime,
    prefixed,
    prefix,
    configuration: () => held.configuration,
    mounts,
    labOf,
    command,
    // What is read by address takes the same path, and stands in the audit under the address.
    call: (request, tool) => callTool(Object.create(environment, { resolve: { value: () => ({ mount: own, tool }) } }), request),
  })
  const environment: CallEnvironment = {
    runtime,
    get tier() {
      return held.tier
    },
    operations,
    get rate() {
      return rate
    },
    parked: createParkedCalls(runtime),
    plans: createPlanStore(runtime, async (id) => (await requests.get(id))?.decision?.decision === 'rejected'),
    journal,
    partialWrites,
    pauses,
    begun,
    sequences,
    get approval() {
      return held.approval
    },
    requests,
    rules: createStandingRules(runtime, owner),
    get protectedSet() {
      return held.protectedSet
    },
    announce: options.announce,
    command,
    mounts: (view: View) => visible(mounts(), view),
    resolve,
  }
  const closing = new AbortController()
  const watchers = new Set<(list: ListName) => void>()
  let known: Listing | undefined
  const stopWatching = [foreign?.watch(changed), knowledge.watch(() => changed('resources'))]
  const stopMeasuring = runtime.measures.add(() => instanceMeasures(mounts()))

  function changed(list: ListName): void {
    if (list === 'tools') known = undefined
    for (const tell of watchers) tell(list)
  }

  /** The tools of now; what is foreign stands in for nothing of ours. */
  function listing(): Listing {
    known ??= createListing([...(foreign?.mounts() ?? []), ownOfUse(), ...held.mounts], held.tier, only)
    return known
  }

  /** A service alone has documents to search where somebody said which. */
  function ownOfUse(): Mount {
    if (prefixed || (held.configuration.docs?.folders.length ?? 0) > 0) return own
    return { ...own, tools: new Map([...own.tools].filter(([name]) => name !== searchDocs.definition.name)) }
  }

  function resolve({ name, ...view }: CallRequest): NamedTool {
    const { named } = listing()
    const found = named.get(name)
    if (found !== undefined && isVisible(found.mount, view)) return found
    const names = [...named.values()].filter(({ mount }) => isVisible(mount, view)).map((visibleTool) => visibleTool.name)
    throw new ToolError('not_found', `There is no tool '${name}' here.${didYouMean(name, names)}`, {
      hint: view.exposure === 'search' ? 'search_tools finds the one that is meant.' : 'List the tools to see what there is.',
    })
  }

  return {
    name: options.name,
    title: options.title,
    version: runtime.version,
    get tier() {
      return held.tier
    },
    runtime,
    get configuration() {
      return held.configuration
    },
    get mounts() {
      return mounts()
    },
    requests,
    knowledge,
    get services() {
      return mounts().map((mount) => mount.service)
    },
    get toolsets() {
      return mounts().flatMap(({ service, toolsets }) => [...(toolsets?.keys() ?? [])].map((name) => `${service}.${name}`))
    },
    list: (view, { structured = false } = {}) => listing().list(view, structured),
    watch: (tell) => {
      watchers.add(tell)
      return () => void watchers.delete(tell)
    },
    tool: (name) => listing().named.get(name)?.tool,
    call: (request) => callTool(environment, request),
    configure: (configuration) => {
      const before = held
      if (isDeepStrictEqual(before.configuration, configuration)) return false
      const next = configured(options, configuration, before.instances)
      refuseRaise(before, next)
      foreign?.configure(configuration)
      held = next
      if (limitsOf(configuration).callsPerMinute !== limitsOf(before.configuration).callsPerMinute) {
        rate.close()
        rate = rateOf(runtime, configuration)
      }
      changed('tools')
      if (!isDeepStrictEqual(before.configuration.docs, configuration.docs)) changed('resources')
      const kept = new Set(next.instances.map(({ instance }) => instance))
      for (const { instance } of before.instances) if (!kept.has(instance)) void instance.close('patiently')
      return true
    },
    resumeWatchers: () => resumeLeft(environment, held.mounts),
    followBegun: () => followBegun(environment, held.mounts, closing.signal),
    refused: (request, why) => auditRefused(environment, request, why),
    instructions: (view) =>
      instructionsFor({
        title: options.title,
        tier: lowestTier(held.tier, view.caller.tier),
        exposure: view.exposure ?? 'all',
        mounts: visible(mounts(), view),
        prefixed,
        prefix,
      }),
    ...offersOf([knowledge, ...(foreign === undefined ? [] : [foreign])]),
    close: async (graceMs = closeGraceMs) => {
      for (const stop of stopWatching) stop?.()
      knowledge.close()
      stopMeasuring()
      closing.abort()
      environment.parked.close()
      await operations.close(graceMs)
      rate.close()
      await Promise.all([...held.instances.map(({ instance }) => instance.close()), foreign?.close()])
    },
  }
}

/** What is offered beside tools, whoever offers it. */
function offersOf(sources: readonly Pick<ForeignServers, 'resources' | 'prompts' | 'complete'>[]): Partial<Surface> {
  return {
    resources: joinResources(sources.map(({ resources }) => resources)),
    prompts: joinPrompts(sources.map(({ prompts }) => prompts)),
    complete: joinCompletions(sources.map((source) => (request) => source.complete(request))),
  }
}

function limitsOf({ limits = defaultLimits }: Configuration): Limits {
  return limits
}

function rateOf(runtime: Runtime, configuration: Configuration): CallRate {
  return createCallRate(runtime, limitsOf(configuration).callsPerMinute)
}

function visible(mounts: readonly Mount[], view: View): Mount[] {
  return mounts.filter((mount) => isVisible(mount, view))
}
