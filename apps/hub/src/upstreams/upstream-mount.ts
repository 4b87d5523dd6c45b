import type { Access } from '@rackwarden/core'
import { prefixOf, ToolError, type Finding, type Health } from '@rackwarden/core'
import type { Facets, Instance, Mount, RegisteredTool, Runtime } from '@rackwarden/core/runtime'
import type { Acceptance, Accepted } from './acceptance.ts'
import { heldBack } from './acceptance.ts'
import { definitionHash, type Offered, type PromptDefinition, type ToolDefinition } from './definitions.ts'
import { foreignTool, type ForeignClient } from './foreign-tool.ts'
import { listedNames } from './listed-names.ts'
import { accessOf } from './tool-access.ts'
import type { Upstream } from './upstream.ts'

/** An upstream with what the owner accepted of it. */
export interface HeldUpstream {
  readonly upstream: Upstream
  readonly acceptance: Acceptance
}

/** What a mount of an upstream is made with. */
export interface MountOptions {
  readonly runtime: Runtime
  /** Names of tools that are listed already, prefixes included. */
  readonly taken: ReadonlySet<string>
  /** How the owner says something at a shell. */
  readonly command: (words: string) => string
}

/** Longest a look at its health waits for it to come up; whoever asks waits for two seconds in all. */
const healthMs = 1_700

/** Mounts an upstream: its accepted tools as of now, and how it is. */
export function mountUpstream(held: HeldUpstream, options: MountOptions): Mount {
  const { upstream } = held
  const { name, configuration } = upstream
  const prefix = prefixOf(name)
  const tools = new Map<string, RegisteredTool>()
  const offered = usableTools(held).flatMap((definition) => {
    const access = accessOf(definition, configuration)
    return access === 'off' ? [] : [{ definition, access }]
  })
  const names = listedNames(
    offered.map(({ definition }) => definition.name),
    prefix,
    options.taken,
  )
  for (const { definition, access } of offered) {
    const listed = names.get(definition.name) ?? definition.name
    tools.set(listed, foreignTool(upstream, definition, { listed, access: access satisfies Access, runtime: options.runtime }))
  }
  return {
    service: name,
    title: name,
    prefix,
    tier: configuration.tier,
    tools,
    instances: [instanceOf(name, upstream)],
    isMirrored: false,
    accessSetting: `upstreams.${name}.access in rackwarden.yaml`,
    isWithdrawn: upstream.isGone(),
    missing: [],
    facets: facetsOf(held, options),
    watchers: undefined,
    fields: {},
  }
}

/** Mounts an entry that cannot be used, so that it is told why. */
export function mountProblem(name: string, problem: ToolError): Mount {
  return {
    service: name,
    title: name,
    prefix: prefixOf(name),
    tier: undefined,
    tools: new Map(),
    instances: [instanceOf(name, undefined, problem)],
    isMirrored: false,
    missing: [],
    facets: { ...noFacets, health: () => Promise.reject(problem) },
    watchers: undefined,
    fields: {},
  }
}

/** Accepted tools; once it is known what is offered, only those that still are as they were accepted. */
export function usableTools({ acceptance, upstream }: HeldUpstream): readonly ToolDefinition[] {
  return usable(acceptance.accepted?.tools, upstream.offered()?.tools)
}

/** Accepted prompts, alike. */
export function usablePrompts({ acceptance, upstream }: HeldUpstream): readonly PromptDefinition[] {
  return upstream.isGone() ? [] : usable(acceptance.accepted?.prompts, upstream.offered()?.prompts)
}

function usable<Definition extends ToolDefinition | PromptDefinition>(
  accepted: readonly Definition[] = [],
  offered: readonly Definition[] | undefined,
): readonly Definition[] {
  if (offered === undefined) return accepted
  const now = new Map(offered.map((definition) => [definition.name, definitionHash(definition)]))
  return accepted.filter((definition) => now.get(definition.name) === definitionHash(definition))
}

function instanceOf(name: string, upstream: Upstream | undefined, problem?: ToolError): Instance {
  return {
    name: 'default',
    host:
      upstream?.configuration.reach.kind === 'stdio' || upstream === undefined
        ? undefined
        : hostOf(upstream.configuration.reach.connection.url),
    jump: undefined,
    problem,
    ...(upstream === undefined ? {} : { busy: upstream.admission, sight: sightOf(upstream) }),
    // The connection is waited for where it is used: a look at how it is must not hang with it.
    client: (view) =>
      problem === undefined
        ? Promise.resolve({ principal: view?.caller.principal ?? '' } satisfies ForeignClient)
        : Promise.reject(problem),
    dropAfter: () => undefined,
    close: () => Promise.resolve(),
  }
}

/** It is known without being asked whether its connection stands. */
function sightOf(upstream: Upstream): Required<Instance>['sight'] {
  return {
    get last() {
      const { kind } = upstream.state()
      return kind === 'ready' || kind === 'waiting' ? { at: Date.now(), isUp: kind === 'ready' } : undefined
    },
    note: () => undefined,
  }
}

const noFacets: Omit<Facets, 'health'> = {
  findings: () => Promise.resolve([]),
  mirrored: () => Promise.resolve({}),
  assets: () => Promise.resolve([]),
  census: () => Promise.resolve([]),
  rights: () => Promise.resolve(undefined),
}

function facetsOf(held: HeldUpstream, { command }: MountOptions): Facets {
  return {
    ...noFacets,
    health: async () => healthOf(held, command),
    findings: async () => findingsOf(held, command),
  }
}

async function healthOf(held: HeldUpstream, command: (words: string) => string): Promise<Health> {
  const { upstream, acceptance } = held
  const { name } = upstream
  const session = await soon(upstream)
  if (session === undefined)
    throw new ToolError('timeout', 'It is still being connected to.', {
      hint: `'${command(`upstreams show ${name}`)}' waits for it, and says why where it cannot be.`,
    })
  const { server, era } = session
  const version = server.version === '' ? {} : { version: `${server.name} ${server.version}` }
  const waits = waiting(acceptance.accepted, upstream.offered())
  if (acceptance.accepted === undefined)
    return { ...version, degraded: true, evidence: `waiting for the owner, for ${acceptance.why}: ${command(`upstreams show ${name}`)}` }
  const tools = usableTools(held).length
  const rest = waits === 0 ? '' : `, ${waits} held back: ${command(`upstreams show ${name}`)}`
  return { ...version, ...(waits === 0 ? {} : { degraded: true }), evidence: `${tools} tools, ${era} era${rest}` }
}

async function findingsOf({ upstream, acceptance }: HeldUpstream, command: (words: string) => string): Promise<readonly Finding[]> {
  const { name } = upstream
  const offered = upstream.offered()
  if ((await soon(upstream)) === undefined) return []
  const waits = waiting(acceptance.accepted, offered ?? upstream.offered())
  if (acceptance.accepted !== undefined && waits === 0) return []
  const what =
    acceptance.accepted === undefined
      ? `All of it waits, for ${acceptance.why}`
      : `${waits} tools or prompts are new, or not as they were accepted`
  return [
    {
      id: `${name}/held-back`,
      severity: 'notice',
      target: `${name}/upstream/${name}`,
      title: `${name} waits for the owner`,
      evidence: `${what}. The owner runs: ${command(`upstreams show ${name}`)}`,
    },
  ]
}

function waiting(accepted: Accepted | undefined, offered: Offered | undefined): number {
  return offered === undefined ? 0 : heldBack(accepted, offered).length
}

/** The connection, if it comes about while anybody waits; throws why it cannot. */
async function soon(upstream: Upstream) {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), healthMs)
  })
  const connecting = upstream.session()
  connecting.catch(() => undefined)
  try {
    return await Promise.race([connecting, late])
  } finally {
    clearTimeout(timer)
  }
}

function hostOf(url: string): string | undefined {
  const { hostname } = new URL(url)
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.') ? undefined : hostname
}
