import type { Access } from '../define/access.ts'
import { prefixOf } from '../define/service.ts'
import { matches, matchesTarget, qualified } from './target-pattern.ts'

/** Who must agree to a write, weakest first: nobody, the caller with the token of its plan, or a person. */
export const approvals = ['none', 'token', 'human'] as const

/** One of the three. */
export type Approval = (typeof approvals)[number]

/** Ways a person can be asked. */
export const channels = ['elicitation', 'cli', 'notify'] as const

/** One of them. */
export type Channel = (typeof channels)[number]

/** What the owner configured on who must agree. */
export interface ApprovalPolicy {
  /** By the access of the tool. */
  readonly tiers: Readonly<Partial<Record<Access, Approval>>>
  /** By the name of the service. */
  readonly services: Readonly<Record<string, Approval>>
  /** By the name of the tool with its service before it, `docker_restart_container`; `*` stands for any text. */
  readonly tools: Readonly<Record<string, Approval>>
  /** By target pattern. */
  readonly targets: Readonly<Record<string, Approval>>
  /** Where a person may be asked; everywhere when not configured. */
  readonly channels: readonly Channel[]
}

/** What holds where nothing is configured: the caller's token for what can be taken back, a person for what cannot. */
export const defaultApproval: ApprovalPolicy = {
  tiers: { operate: 'token', configure: 'token', admin: 'human' },
  services: {},
  tools: {},
  targets: {},
  channels,
}

/** The write somebody must agree to. */
export interface ApprovedWrite {
  access: Access
  service: string
  /** Unprefixed. */
  tool: string
  instance: string
  targets: readonly string[]
}

/** The strictest of everything that is said of a write. */
export function requiredApproval(policy: ApprovalPolicy, { access, service, tool, instance, targets }: ApprovedWrite): Approval {
  const name = `${prefixOf(service)}${tool}`
  const said = [
    policy.tiers[access] ?? defaultApproval.tiers[access],
    policy.services[service],
    ...saidOf(policy.tools, (pattern) => matches(pattern, name)),
    ...saidOf(policy.targets, (pattern) => targets.some((target) => matchesTarget(pattern, qualified(target, instance)))),
  ]
  return strictest(said)
}

/** The strictest of several; what is undefined does not count. */
export function strictest(said: readonly (Approval | undefined)[]): Approval {
  return approvals.findLast((approval) => said.includes(approval)) ?? 'human'
}

function saidOf(entries: Readonly<Record<string, Approval>>, isMeant: (pattern: string) => boolean): Approval[] {
  return Object.entries(entries).flatMap(([pattern, approval]) => (isMeant(pattern) ? [approval] : []))
}
