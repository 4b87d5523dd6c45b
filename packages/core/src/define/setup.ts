import type { Tier } from './access.ts'
import type { Connection } from './connection.ts'
import type { FacetContext } from './facet.ts'
import type { OpenContext } from './open-context.ts'

/** A program and its arguments. */
export type Command = readonly [string, ...string[]]

/** One command on the machine of a target, and what takes it back. */
export interface SetupStep {
  /** What it does, as the owner is told: `make the user rackwarden@pve`. */
  title: string
  /** Ways to do it: they are tried in turn, and the first that works counts. */
  ways: readonly [Command, ...Command[]]
  /** What takes it back, in turn, where a later step fails. */
  takeBack?: readonly Command[]
  /** True where it may fail, for what it does may have been done before. */
  mayFail?: boolean
  /** What it prints: the secret of the token, or the fingerprint of the certificate. */
  prints?: SetupPrint
}

/** What a step may print that is wanted. */
export type SetupPrint = 'token' | 'fingerprint'

/** What a setup makes at its target. */
export interface SetupGoal {
  /** Who the token belongs to: `rackwarden@pve`. */
  user: string
  /** Name of the token. */
  token: string
  tier: Tier
  /** What user and token are noted with: who made them. */
  comment: string
}

/** A token that is there. */
export interface SetupToken {
  name: string
  comment: string
}

/** Another address of a target, as the target itself tells. */
export interface SetupAddress {
  /** What is there. */
  name: string
  /** Address or name. */
  host: string
  /** Of the certificate it has: `SHA256:AB:…`; none where it is not told. */
  fingerprint?: string
}

/** What a token is, and what it may do, as the target itself shows it. */
export interface SetupProof {
  /** Privileges the tier needs and the token lacks, each with its place. */
  missing: readonly string[]
  /** Privileges it has beyond those of the tier, each with its place. */
  beyond: readonly string[]
  /** Calls the tier forbids, and what the target made of each. */
  calls: readonly { call: string; isRefused: boolean; said: string }[]
}

/** The way to a shell of another machine; `@rackwarden/ssh` is one. */
export interface SetupShell {
  overSsh: (
    config: { url: string; sshPassword?: string; sshAgent?: string; sshHostKey?: string },
    base: Connection,
    context: OpenContext,
  ) => Connection
  /** Writes arguments as one line of a POSIX shell. */
  quote: (argv: readonly string[]) => string
}

/** Runs a command on the machine of a target and gives what it printed; throws where it fails. */
export type RunCommand = (command: Command) => Promise<string>

/**
 * How a credential for exactly one tier is made at a target, by commands on its own machine. One engine asks, runs, takes
 * back and writes down; the fields `url`, `tokenId`, `tokenSecret` and `tlsFingerprint` of the configuration come of it.
 */
export interface SetupDefinition<Facts, Client> {
  /** What the target is called in questions: `a node of the cluster`. */
  target: string
  /** Port its API listens on. */
  port: number
  /** Who the token belongs to, unless the owner names somebody else. */
  user: string
  /** What the name of such a user looks like. */
  userForm: RegExp
  shell: () => Promise<SetupShell>
  /** What a token of a tier is given, a line each; and what its tools cannot do all the same. */
  granted: (tier: Tier) => readonly string[]
  /** What there is of it already. */
  look: (run: RunCommand, user: string) => Promise<Facts>
  /** Tokens of the user, as the facts have them. */
  tokens: (facts: Facts) => readonly SetupToken[]
  /** Whether a token that is there was given what the tier is given, as the facts have it. */
  isGranted: (goal: SetupGoal, facts: Facts) => boolean
  /** Tells the fingerprint of the certificate its API shows. */
  fingerprint: SetupStep
  /** Makes a token, and what is missing for it; without facts by steps that do no harm twice. */
  grant: (goal: SetupGoal, facts: Facts | undefined) => readonly SetupStep[]
  /** Takes away what the goal has replaced, these tokens among it. */
  retire: (goal: SetupGoal, facts: Facts | undefined, tokens: readonly string[]) => readonly SetupStep[]
  /** Takes away the user, its tokens and all they were given. */
  remove: (user: string, facts: Facts | undefined, tokens: readonly string[]) => readonly SetupStep[]
  /** The secret in what making a token printed. */
  secretIn: (printed: string) => string | undefined
  /** The addresses it is reached at where the first is gone, for the field `otherUrls`; asked with the token that was made. */
  others?: {
    /** What is done, as the owner is told: `ask the cluster for its other nodes`. */
    title: string
    find: (client: Client, context: FacetContext) => Promise<readonly SetupAddress[]>
  }
  /** Holds a token to its tier: what it may do, and that the target itself refuses what it may not. */
  prove: (client: Client, tier: Tier, context: FacetContext) => Promise<SetupProof>
}

/** A setup with its types forgotten: what the engine works with. */
export type Setup = SetupDefinition<unknown, unknown>

/** Defines how a credential is made at a target. */
export function defineSetup<Facts, Client>(definition: SetupDefinition<Facts, Client>): Setup {
  return definition as unknown as Setup
}
