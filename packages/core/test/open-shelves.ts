import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Service, Tier } from '@rackwarden/core'
import {
  createRuntime,
  defaultApproval,
  defaultLimits,
  openCatalogue,
  type ApprovalPolicy,
  type Announce,
  type Caller,
  type CallResult,
  type Catalogue,
  type Clock,
  type Limits,
  type ForeignServers,
  type Progress,
  type Respondent,
  type ServiceConfiguration,
} from '@rackwarden/core/runtime'
import { onTestFinished } from 'vitest'
import { shelfService, type Shelf } from './shelf.ts'

/** A catalogue over shelves, and the way to call it. */
export interface OpenShelves {
  catalogue: Catalogue
  stateDirectory: string
  log: string[]
  call: (
    name: string,
    input?: Record<string, unknown>,
    options?: Partial<Caller> & { signal?: AbortSignal; progress?: (progress: Progress) => void; service?: string; client?: Respondent },
  ) => Promise<CallResult>
}

/** What shelves are opened with. */
export interface OpenShelvesOptions {
  tier?: Tier
  serviceTier?: Tier
  clock?: Clock
  stateDirectory?: string
  inlineBudgetMs?: number
  toolsOff?: string[]
  environment?: Record<string, string>
  approval?: Partial<ApprovalPolicy>
  protect?: string[]
  announce?: Announce
  mirrored?: boolean
  limits?: Partial<Limits>
  /** MCP servers of others beside the shelves. */
  foreign?: ForeignServers
  /** Services beside the shelves, an instance each. */
  beside?: Service[]
  /** What is configured of them, besides. */
  besideConfiguration?: Partial<ServiceConfiguration>
}

/** Opens a catalogue over the shelves, an instance each; everything is gone when the test ends. */
export async function openShelves(shelves: Readonly<Record<string, Shelf>>, options: OpenShelvesOptions = {}): Promise<OpenShelves> {
  const stateDirectory = options.stateDirectory ?? (await mkdtemp(join(tmpdir(), 'rackwarden-core-')))
  const log: string[] = []
  const runtime = createRuntime({
    version: '1.2.3',
    environment: options.environment ?? {},
    stateDirectory,
    log: (level, message) => log.push(`${level}: ${message}`),
    ...(options.clock === undefined ? {} : { clock: options.clock }),
  })
  const catalogue = openCatalogue({
    name: 'shelves',
    title: 'Shelves',
    services: [shelfService(shelves, options.mirrored === true ? 'mirrored' : 'many'), ...(options.beside ?? [])],
    prefixed: true,
    runtime,
    announce: options.announce,
    foreign: options.foreign,
    ...(options.inlineBudgetMs === undefined ? {} : { inlineBudgetMs: options.inlineBudgetMs }),
    configuration: {
      tier: options.tier ?? 'configure',
      approval: { ...defaultApproval, ...options.approval },
      protect: options.protect ?? [],
      limits: { ...defaultLimits, ...options.limits },
      services: {
        ...Object.fromEntries(
          (options.beside ?? []).map(({ name }) => [
            name,
            {
              toolsOff: [],
              missing: [],
              off: false,
              instances: [{ name: 'default', source: 'test', values: {} }],
              ...options.besideConfiguration,
            },
          ]),
        ),
        shelf: {
          ...(options.serviceTier === undefined ? {} : { tier: options.serviceTier }),
          toolsOff: options.toolsOff ?? [],
          missing: ['SHELF_SHELF'],
          off: false,
          instances: Object.keys(shelves).map((name) => ({ name, source: 'test', values: { shelf: name } })),
        },
      },
    },
  })
  onTestFinished(async () => {
    await catalogue.close(0)
    await runtime.close()
    // Whoever was given a directory is not alone in it: it goes with the one who made it, and that one ends last.
    if (options.stateDirectory === undefined) await rm(stateDirectory, { recursive: true, force: true })
  })
  return {
    catalogue,
    stateDirectory,
    log,
    call: (name, input = {}, { signal, progress, service, client, ...caller } = {}) =>
      catalogue.call({
        name,
        input,
        caller: { principal: 'local:tester', tier: 'configure', ...caller },
        ...(signal === undefined ? {} : { signal }),
        ...(progress === undefined ? {} : { progress }),
        ...(service === undefined ? {} : { service }),
        ...(client === undefined ? {} : { client }),
      }),
  }
}

/** The token of a plan; throws where the result is none. */
export function tokenOf(result: CallResult): string {
  if (result.kind !== 'plan') throw new Error(`expected a plan, got ${result.kind}: ${result.text}`)
  return result.plan.confirm
}

/** The error code of a result; throws where it is none. */
export function codeOf(result: CallResult): string {
  if (result.kind !== 'error') throw new Error(`expected an error, got ${result.kind}: ${result.text}`)
  return result.error.code
}
