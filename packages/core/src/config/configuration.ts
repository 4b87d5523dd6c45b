import type { Exposure } from '../call/exposure.ts'
import type { Tier } from '../define/access.ts'
import type { ToolError } from '../define/error.ts'
import type { ApprovalPolicy } from '../policy/required-approval.ts'
import type { AuditPolicy } from '../record/audit-policy.ts'
import type { DocsConfiguration } from './docs.ts'
import type { AdmissionLimits } from '../call/admission.ts'
import type { Limits } from './limits.ts'
import type { HttpConfiguration } from './http.ts'
import type { NotifyConfiguration } from './notify.ts'
import type { UpstreamEntry } from './upstreams.ts'

/** What was found for one instance of a service: values that parse, or why they do not. */
export interface InstanceConfiguration {
  name: string
  /** Parsed values; absent where `problem` says why. */
  values?: Record<string, unknown>
  problem?: ToolError
  /** Where it came from: `environment`, `discovered`, or the file's path. */
  source: string
}

/** What was found for one service. */
export interface ServiceConfiguration {
  tier?: Tier
  /** Unprefixed names of tools that are switched off. */
  toolsOff: readonly string[]
  /** How many calls its instances are given, where that is said of them. */
  limits?: Partial<AdmissionLimits>
  /** Toolsets that are on, where the owner named them. */
  toolsetsOn?: readonly string[]
  instances: readonly InstanceConfiguration[]
  /** Variables that would configure it, where nothing does. */
  missing: readonly string[]
  /** True where the file says `false`. */
  off: boolean
}

/** Everything configured, service by service; what is wrong with one does not touch the others. */
export interface Configuration {
  tier: Tier
  /** How much a client is listed; every tool where nothing is said. */
  expose?: Exposure
  /** Path of the file that was read, where there is one. */
  file?: string
  services: Readonly<Record<string, ServiceConfiguration>>
  /** Who must agree to a write; the defaults where nothing is said. */
  approval?: ApprovalPolicy
  /** What becomes of the audit while a server runs; nothing where nothing is said. */
  audit?: AuditPolicy
  /** How a person is told of a request for their approval; nobody is where nothing is said. */
  notify?: NotifyConfiguration
  /** Where what the owner wrote down lies. */
  docs?: DocsConfiguration
  /** Foreign servers, for an application that can mount them. */
  upstreams?: readonly UpstreamEntry[]
  /** How it is reached over HTTP; by loopback alone where nothing is said. */
  http?: HttpConfiguration
  /** Patterns of targets no write may touch. */
  protect?: readonly string[]
  /** How much is taken on at once; the defaults where nothing is said. */
  limits?: Limits
}
