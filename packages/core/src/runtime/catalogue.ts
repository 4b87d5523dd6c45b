import type { Announce } from '../approve/approval-request.ts'
import { createApprovalRequests, type ApprovalRequests } from '../approve/approval-requests.ts'
import { openOwner } from '../approve/owner.ts'
import { createStandingRules } from '../approve/standing-rules.ts'
import { createCallRate } from '../call/call-rate.ts'
import { auditRefused, callTool } from '../call/call-tool.ts'
import { resumeLeft } from '../call/pause-watchers.ts'
import { mayBeWatched } from '../call/watching.ts'
import { createOperations } from '../call/operations.ts'
import { createPlanStore } from '../call/plan-store.ts'
import { registeredTool, type RegisteredTool } from '../call/registered-tool.ts'
import { listedSchema } from '../call/reserved.ts'
import { didYouMean } from '../define/nearest-names.ts'
import type { CallRequest, Surface, ToolListing } from '../call/surface.ts'
import type { View } from '../call/view.ts'
import type { Configuration } from '../config/configuration.ts'
import { defaultLimits } from '../config/limits.ts'
import { parseValues } from '../config/load.ts'
import { allows, highestTier, lowestTier, type Tier } from '../define/access.ts'
import { ToolError } from '../define/error.ts'
import type { Service, Simulation } from '../define/service.ts'
import { describeHomelab } from '../facets/describe-homelab.ts'
import { findAsset } from '../facets/find-asset.ts'
import { serviceHealth } from '../facets/service-health.ts'
import type { Lab } from '../facets/lab.ts'
import { needsAttention } from '../facets/needs-attention.ts'
import { getChange, listChanges, undoChange } from '../facets/change-tools.ts'
import { listApprovals } from '../facets/list-approvals.ts'
import { cancelOperation, getOperation } from '../facets/operation-tools.ts'
import { planDecommission } from '../facets/plan-decommission.ts'
import { queryAudit } from '../facets/query-audit.ts'
import { verifyAuditChains } from '../facets/verify-audit.ts'
import { whatChanged } from '../facets/what-changed.ts'
import { createProtectedSet } from '../policy/protected-set.ts'
import { defaultApproval } from '../policy/required-approval.ts'
import { createJournal } from '../record/journal.ts'
import { createPartialWrites } from '../record/partial-writes.ts'
import { createPauses } from '../record/pauses.ts'
import { createSequences } from '../record/sequences.ts'
import { createSealer } from '../record/seal.ts'
import { createInstance, type Instance } from './instance.ts'
import { instructionsFor } from './instructions.ts'
import { mountService, type Mount } from './mount.ts'
import type { Runtime } from './runtime.ts'

/** What a process serves, and from what. */
export interface CatalogueOptions {
  name: string
  title: string
  services: readonly Service[]
  /** True where several services share one surface, each under its prefix. */
  prefixed: boolean
  /** Put before every name instead, those of the tools over all services included: beside tools that are not ours. */
  prefix?: string
  /** Unprefixed names of the tools there are; all of them when not given. */
  only?: readonly string[]
  runtime: Runtime
  configuration: Configuration
  /** Stands in for the real upstream of each service: the demo and the tests. */
  simulations?: ReadonlyMap<string, Simulation>
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
  readonly mounts: readonly Mount[]
  readonly requests: ApprovalRequests
  /** Resumes what watches and was left paused by a process that is gone. */
  resumeWatchers(): Promise<void>
  /** The tool behind a listed name, whoever may call it. */
  readonly tool: (name: string) => RegisteredTool | undefined
  /** Finishes or aborts what is under way (10 s), then lets go of every client; the runtime stays its owner's. */
  close(graceMs?: number): Promise<void>
}

const ownService = 'rackwarden'
const inlineBudgetMs = 45_000
const closeGraceMs = 10_000

/** Holds every service ready. Nobody is contacted. */
export function openCatalogue(options: CatalogueOptions): Catalogue {
  const { runtime, configuration, prefixed, prefix = '', only } = options
  const tier = lowestTier(highestTier(runtime.environment), configuration.tier)
  const operations = createOperations(runtime, options.inlineBudgetMs ?? inlineBudgetMs, prefix)
  const rate = createCallRate(runtime, (configuration.limits ?? defaultLimits).callsPerMinute)
  const mounts = options.services
    .filter((service) => configuration.services[service.name]?.off !== true)
    .map((service) => mountOf(service, options))
  const journal = createJournal(runtime.store, createSealer(runtime.store, runtime.random), runtime)
  const partialWrites = createPartialWrites(runtime.store)
  const pauses = createPauses(runtime.store)
  const sequences = createSequences(runtime.store, runtime.clock)
  const owner = openOwner(runtime)
  // What this process began with is what it goes on with: a key that is put there later is not believed.
  void owner.isSet().catch((error: unknown) => runtime.log('error', error instanceof Error ? error.message : String(error)))
  const requests = createApprovalRequests(runtime, owner)
  const own = ownMount(
    (view) => ({
      mounts: visible(mounts, view),
      isWhole: view.service === undefined && view.caller.services === undefined,
      runtime,
      operations,
      journal,
      partialWrites,
      pauses,
      sequences,
      requests,
      principal: view.caller.principal,
    }),
    prefixed,
    prefix,
  )
  const all = [own, ...mounts]
  const named = new Map(
    all.flatMap((mount) =>
      [...mount.tools.values()]
        .filter((tool) => !tool.internal && (only === undefined || only.includes(tool.name)))
        .map((tool) => [`${mount.prefix}${tool.name}`, { mount, tool }] as const),
    ),
  )
  const environment = {
    runtime,
    tier,
    operations,
    rate,
    plans: createPlanStore(runtime, async (id) => (await requests.get(id))?.decision?.decision === 'rejected'),
    journal,
    partialWrites,
    pauses,
    sequences,
    approval: configuration.approval ?? defaultApproval,
    requests,
    rules: createStandingRules(runtime, owner),
    protectedSet: createProtectedSet(configuration.protect),
    announce: options.announce,
    command: options.command ?? ((words: string) => `rackwarden ${words}`),
    mounts: (view: View) => visible(mounts, view),
    resolve,
  }
  const lists = new Map<string, readonly ToolListing[]>()

  function resolve({ name, ...view }: CallRequest): { mount: Mount; tool: RegisteredTool } {
    const found = named.get(name)
    if (found !== undefined && isVisible(found.mount, view)) return found
    const names = [...named].filter(([, { mount }]) => isVisible(mount, view)).map(([listedName]) => listedName)
    throw new ToolError('not_found', `There is no tool '${name}' here.${didYouMean(name, names)}`, {
      hint: 'List the tools to see what there is.',
    })
  }

  return {
    name: options.name,
    title: options.title,
    version: runtime.version,
    tier,
    runtime,
    configuration,
    mounts,
    requests,
    services: mounts.map((mount) => mount.service),
    list: (view, { structured = false } = {}) => {
      const key = JSON.stringify([view.service, view.caller.tier, view.caller.services, structured])
      const known = lists.get(key)
      if (known !== undefined) return known
      const listing = [...named]
        .filter(
          ([, { mount, tool }]) =>
            isVisible(mount, view) && mount.instances.length > 0 && allows(lowestTier(tier, mount.tier, view.caller.tier), tool.access),
        )
        .map(([name, { mount, tool }]) => listed(name, mount, tool, { structured, isWatched: isWatched(mount, mounts) }))
        .toSorted((first, second) => (first.name < second.name ? -1 : 1))
      lists.set(key, listing)
      return listing
    },
    tool: (name) => named.get(name)?.tool,
    call: (request) => callTool(environment, request),
    resumeWatchers: () => resumeLeft(environment, mounts),
    refused: (request, why) => auditRefused(environment, request, why),
    instructions: (view) =>
      instructionsFor({ title: options.title, tier: lowestTier(tier, view.caller.tier), mounts: visible(mounts, view), prefixed, prefix }),
    close: async (graceMs = closeGraceMs) => {
      await operations.close(graceMs)
      rate.close()
      await Promise.all(mounts.flatMap((mount) => mount.instances.map((instance) => instance.close())))
    },
  }
}

function mountOf(service: Service, { configuration, runtime, prefixed, prefix, simulations }: CatalogueOptions): Mount {
  const held = configuration.services[service.name] ?? { toolsOff: [], instances: [], missing: [], off: false }
  const simulation = simulations?.get(service.name)
  const simulated = simulation === undefined ? undefined : (simulation.instances ?? { default: simulation })
  const found =
    simulated === undefined
      ? held.instances
      : Object.entries(simulated).map(([name, { config }]) => ({
          name,
          source: 'simulated',
          values: parseValues(service, config, runtime.secrets),
        }))
  const instances = found.map((own) =>
    createInstance({
      service,
      configuration: own,
      connection: simulated?.[own.name]?.connection,
      log: runtime.log,
      admits: { ...(configuration.limits ?? defaultLimits), ...held.limits, clock: runtime.clock },
    }),
  )
  const mount = mountService(service, held, instances, prefixed)
  return prefix === undefined ? mount : { ...mount, prefix }
}

/** The tools over all services; their client is what the caller may see of the lab. */
function ownMount(labOf: (view: View) => Lab, prefixed: boolean, prefix: string): Mount {
  const defined = [
    serviceHealth,
    needsAttention,
    describeHomelab,
    getOperation,
    cancelOperation,
    listChanges,
    getChange,
    listApprovals,
    queryAudit,
    verifyAuditChains,
    whatChanged,
    ...(prefixed ? [findAsset, planDecommission] : []),
  ]
  const tools = [...defined.map(registeredTool), undoChange]
  const instance: Instance = {
    name: 'default',
    host: undefined,
    jump: undefined,
    problem: undefined,
    client: (view) =>
      view === undefined ? Promise.reject(new TypeError('The tools over all services need a view.')) : Promise.resolve(labOf(view)),
    dropAfter: () => undefined,
    close: () => Promise.resolve(),
  }
  return {
    service: ownService,
    title: 'Rackwarden',
    prefix,
    tier: undefined,
    tools: new Map(tools.map((tool) => [tool.name, tool])),
    instances: [instance],
    isMirrored: false,
    missing: [],
    facets: undefined,
    watchers: undefined,
    fields: {},
  }
}

function isVisible(mount: Mount, { service, caller }: View): boolean {
  if (mount.service === ownService) return true
  return (service === undefined || service === mount.service) && (caller.services === undefined || caller.services.includes(mount.service))
}

function visible(mounts: readonly Mount[], view: View): Mount[] {
  return mounts.filter((mount) => isVisible(mount, view))
}

/** Whether another service may watch what this one writes to. */
function isWatched(mount: Mount, mounts: readonly Mount[]): boolean {
  return mayBeWatched(mount) && mounts.some(({ watchers, instances }) => watchers !== undefined && instances.length > 0)
}

function listed(
  name: string,
  mount: Mount,
  tool: RegisteredTool,
  { structured, isWatched: watched }: { structured: boolean; isWatched: boolean },
): ToolListing {
  return {
    name,
    description: tool.description,
    inputSchema: listedSchema(mount, tool, watched),
    ...(structured ? { outputSchema: structuredSchema(mount, tool) } : {}),
    annotations: annotationsOf(tool),
  }
}

function annotationsOf({ access, writes, write }: RegisteredTool): ToolListing['annotations'] {
  if (!writes) return { readOnlyHint: true }
  return { ...(access === 'admin' ? {} : { destructiveHint: false }), ...(write?.idempotent === true ? { idempotentHint: true } : {}) }
}

/** The shape of a structured result: what kind it is, and the output where it is done. Several instances merge into rows of their own. */
function structuredSchema(mount: Mount, tool: RegisteredTool): Record<string, unknown> {
  const output = mount.instances.length > 1 && !tool.writes ? { type: 'object' } : tool.output.jsonSchema
  return { type: 'object', properties: { kind: { type: 'string' }, output }, required: ['kind'] }
}
