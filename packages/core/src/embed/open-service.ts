import type { Respondent } from '../call/questions.ts'
import type { CallResult } from '../call/result.ts'
import type { Progress, ToolListing } from '../call/surface.ts'
import type { Caller } from '../call/view.ts'
import type { Configuration } from '../config/configuration.ts'
import { tierOf } from '../config/tier.ts'
import type { Tier } from '../define/access.ts'
import { ToolError } from '../define/error.ts'
import { didYouMean } from '../define/nearest-names.ts'
import type { Service, Simulation } from '../define/service.ts'
import { defaultApproval, type ApprovalPolicy } from '../policy/required-approval.ts'
import { openCatalogue } from '../runtime/catalogue.ts'
import { createRuntime } from '../runtime/create-runtime.ts'
import type { Log, Runtime } from '../runtime/runtime.ts'
import { configurationOf, type GivenConfiguration } from './given-configuration.ts'
import { localPrincipal } from './local-principal.ts'

/** What a service is opened with in a program of somebody else's. */
export interface OpenServiceOptions {
  /** Put before every tool's name; nothing when not given. */
  prefix?: string | undefined
  /** The highest access granted; without it that of the environment and the file, and `observe` where they say nothing. */
  tier?: Tier | undefined
  /** Unprefixed names of the tools that are offered; those that ask for long calls come along. All of them when not given. */
  only?: readonly string[] | undefined
  /** Who must agree to a write, where that is not for the file to say; what is not said here stays as it is. */
  approval?: Partial<ApprovalPolicy> | undefined
  /** Patterns of targets no write may touch, besides those of the file. */
  protect?: readonly string[] | undefined
  /** The path of a `rackwarden.yaml`, or values of the service's fields; environment and the usual files when not given. */
  configuration?: GivenConfiguration | undefined
  /** The process's own when not given. */
  environment?: Readonly<Record<string, string | undefined>> | undefined
  /** Where plans, audit and journal are kept; `RACKWARDEN_STATE_DIR` or the user's data directory when not given. */
  stateDirectory?: string | undefined
  /** Takes the lines meant for the owner; stderr when not given. */
  log?: Log | undefined
  /** Version of the program, for the audit. */
  version?: string | undefined
  /** The runtime of another opened service: one audit, and the secrets of one are withheld by all. */
  runtime?: Runtime | undefined
  /** Stands in for the real upstream. */
  simulation?: Simulation | undefined
}

/** What may accompany a call. */
export interface OpenCallOptions {
  signal?: AbortSignal
  progress?: (progress: Progress) => void
  /** The client behind the call, as far as it can be asked. */
  client?: Respondent
}

/** One service held ready behind the one call path. */
export interface OpenedService {
  readonly title: string
  readonly runtime: Runtime
  readonly tier: Tier
  /** The tools a caller may use, sorted by name; `structured` adds output schemas. */
  tools(options?: { structured?: boolean }, caller?: Partial<Caller>): readonly ToolListing[]
  /** Calls a tool by its listed name; never throws, a failure is a result. Without a caller it is the user of the process. */
  call(name: string, input?: Readonly<Record<string, unknown>>, caller?: Partial<Caller>, options?: OpenCallOptions): Promise<CallResult>
  /** What a model should be told before it uses the tools, at most 200 tokens. */
  instructions(): string
  /** Finishes or aborts what is under way, and lets go of everything; a runtime that was given stays its owner's. */
  close(graceMs?: number): Promise<void>
}

const longestName = 64
const operationTools = ['get_operation', 'cancel_operation']

/** Holds a service ready for a program without any MCP server. Nobody is contacted; throws `invalid_config` for what is given wrongly. */
export async function openService(service: Service, options: OpenServiceOptions = {}): Promise<OpenedService> {
  const { prefix = '', only, simulation } = options
  const runtime = options.runtime ?? runtimeOf(options)
  const loaded = simulation === undefined ? await configurationOf(service, options.configuration, runtime) : pretended
  const configuration: Configuration = {
    ...loaded,
    tier: tierOf(options.tier, 'tier', runtime.environment) ?? loaded.tier,
    approval: { ...(loaded.approval ?? defaultApproval), ...options.approval },
    protect: [...(loaded.protect ?? []), ...(options.protect ?? [])],
  }
  const catalogue = openCatalogue({
    name: service.name,
    title: service.title,
    services: [service],
    prefixed: false,
    prefix,
    runtime,
    configuration,
    ...(only === undefined ? {} : { only: [...only, ...operationTools] }),
    ...(simulation === undefined ? {} : { simulations: new Map([[service.name, simulation]]) }),
  })
  refuseUnknown(service, prefix, only, (name) => catalogue.tool(name) !== undefined)
  const [mount] = catalogue.mounts
  if (mount?.instances.length === 0)
    runtime.log('warn', `${service.title} is not configured, and its tools are not offered. Set ${mount.missing.join(' and ')}.`)
  const principal = localPrincipal()
  const whole = (caller: Partial<Caller> = {}): Caller => ({
    ...caller,
    principal: caller.principal ?? principal,
    tier: caller.tier ?? 'admin',
  })
  return {
    title: service.title,
    runtime,
    tier: catalogue.tier,
    tools: (listing, caller) => catalogue.list({ caller: whole(caller) }, listing),
    call: (name, input = {}, caller = {}, accompanying = {}) => catalogue.call({ name, input, caller: whole(caller), ...accompanying }),
    instructions: () => catalogue.instructions({ caller: whole() }),
    close: async (graceMs) => {
      await catalogue.close(graceMs)
      if (options.runtime === undefined) await runtime.close()
    },
  }
}

function runtimeOf({ version = 'embedded', environment, stateDirectory, log }: OpenServiceOptions): Runtime {
  return createRuntime({
    version,
    ...(environment === undefined ? {} : { environment }),
    ...(stateDirectory === undefined ? {} : { stateDirectory }),
    ...(log === undefined ? {} : { log }),
  })
}

const pretended: Configuration = { tier: 'observe', services: {} }

/** Refuses names clients would refuse, and tools there are not: a slip here would otherwise show as a tool that is missing. */
function refuseUnknown(service: Service, prefix: string, only: readonly string[] = [], isThere: (name: string) => boolean): void {
  const names = service.tools
    .filter(({ definition }) => !('internal' in definition && definition.internal))
    .map((tool) => tool.definition.name)
  if (!/^(?:[A-Za-z][\w-]*)?$/.test(prefix) || names.some((name) => prefix.length + name.length > longestName))
    throw new ToolError('invalid_config', `'${prefix}' cannot stand before the names of tools.`, {
      hint: `Letters, digits, '_' and '-', beginning with a letter; with it no name may be longer than ${longestName} characters.`,
    })
  const unknown = only.find((name) => !isThere(`${prefix}${name}`))
  if (unknown === undefined) return
  throw new ToolError('invalid_config', `${service.title} has no tool '${unknown}' to offer.${didYouMean(unknown, names)}`, {
    hint: "The names in 'only' are without the prefix, and not switched off in rackwarden.yaml.",
  })
}
