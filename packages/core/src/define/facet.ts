import type { Access } from './access.ts'
import type { BackedUp } from './backup.ts'
import type { Inverse, ReadContext } from './tool.ts'

/** What a facet is given besides its client. */
export type FacetContext = Pick<ReadContext<unknown>, 'instance' | 'signal'>

/** How bad a finding is, worst first. */
export const severities = ['critical', 'warning', 'notice'] as const

/** How bad a finding is. */
export type Severity = (typeof severities)[number]

/** What is at risk while a finding stands, worst first: data, the reach of other things, or the function of this one. */
export const stakes = ['data', 'reach', 'function'] as const

/** What is at risk while a finding stands. */
export type Stake = (typeof stakes)[number]

/** One thing that is wrong now, with the tool to call next. */
export interface Finding {
  /** Stable across runs: the same trouble keeps its id. */
  id: string
  severity: Severity
  /** `service[@instance]/kind/name` of what is wrong. */
  target: string
  title: string
  /** What was seen, in one line. */
  evidence: string
  /** Ranks findings of one severity: a dying disk (`data`) and a dead host (`reach`) before a sick container; `function` when not given. */
  stake?: Stake
  /** Target whose own trouble probably causes this; where that stands as a finding too, this one is folded under it. */
  cause?: string
  /** Names of the things it tells of, as other services may know them: what watches a container names it here. */
  about?: readonly string[]
  /** ISO 8601 time since when, where the upstream knows. */
  since?: string
  /** The tool of the same service, unprefixed, to call next. */
  next?: { tool: string; input: Record<string, unknown> }
}

/** One thing that exists, with every name and address it is known by. */
export interface Asset {
  /** `service[@instance]/kind/name`. */
  target: string
  kind: string
  name: string
  aliases: readonly string[]
  addresses: readonly string[]
  macs: readonly string[]
  /** Labels its owner gave it; what has one in common is not the same thing. */
  tags?: readonly string[]
  /** The networks it stands in, each with the MTU it uses there. */
  networks?: readonly { network: string; mtu: number }[]
  /** Target of what it lives on. */
  parent?: string
  state?: string
  /** TCP ports it is reached at from elsewhere, at the addresses of what it lives on. */
  ports?: readonly number[]
  /** How it is taken away, where a tool does that. */
  removal?: Removal
  /** What its backups are filed under; only what is to be backed up has it. */
  backedUpAs?: BackedUp
}

/** Calls of the same service, unprefixed, that take a thing away. */
export interface Removal {
  /** One after the other; each can be taken back. */
  calls?: readonly Inverse[]
  /** For later: it cannot be taken back. */
  forGood?: Inverse
}

/** The parts of a census, in the order they are told. */
export const censusSections = ['node', 'storage', 'containers', 'vms', 'services', 'network', 'tailscale'] as const

/** One part of a census. */
export type CensusSection = (typeof censusSections)[number]

/** One thing in a census; plain facts only, without clocks, counters or secrets, so that a difference is a change. */
export interface CensusItem {
  section: CensusSection
  /** `service[@instance]/kind/name`. */
  target: string
  name: string
  state?: string
  /** What a summary says of it: sizes in bytes, versions, addresses. */
  facts: Readonly<Record<string, string | number | boolean>>
  /** What only a full census says of it. */
  details?: Readonly<Record<string, string | number | boolean>>
}

/** Facts by kind and name, as text that is equal where they are: `{ records: { 'nas.lab A': '10.0.0.5' } }`. */
export type MirroredFacts = Readonly<Record<string, Readonly<Record<string, string>>>>

/** What a health check saw. A check that cannot see it throws instead. */
export interface Health {
  version?: string
  /** True where it answers but something about it is wrong. */
  degraded?: boolean
  /** The facts the verdict rests on, in one line. */
  evidence: string
}

/** What a credential may do at its upstream, whatever tier was granted here. */
export interface Rights {
  /** The highest access it has there. */
  highest: Access
  /** What tells, in one line. */
  evidence: string
}
