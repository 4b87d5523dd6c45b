/** What may become of a command, from mild to strict. */
export const decisions = ['allow', 'ask', 'refuse'] as const

/** What becomes of a command: it runs, a person is asked first, or it does not run. */
export type Decision = (typeof decisions)[number]

/** What the policy says of a command, and why. */
export interface CommandVerdict {
  decision: Decision
  /** One sentence for a person. */
  reason: string
  /** The part that decided, quoted. */
  command?: string
}

/** What of the lab is ours, beyond what is protected wherever the policy is asked. */
export interface CommandContext {
  /** Where plans, approvals, audit and journal are kept: changing it is refused. */
  stateDirectories?: readonly string[]
  /** Files and directories whose change or deletion is at least asked. */
  protectedPaths?: readonly string[]
  /** Units the hub lives on, beside sshd, the network and everything named rackwarden. */
  ownUnits?: readonly string[]
  /** Containers the hub lives in, beside everything named rackwarden. */
  ownContainers?: readonly string[]
}

/** Why a command is not simply allowed, as the predicate of a sentence whose subject is the command. */
export interface Objection {
  decision: 'ask' | 'refuse'
  why: string
  command?: string
}

export type Opinion = Objection | undefined

export const ask = (why: string): Objection => ({ decision: 'ask', why })
export const refuse = (why: string): Objection => ({ decision: 'refuse', why })

/** The strictest opinion; of equally strict ones the first. */
export function strictest(opinions: Iterable<Opinion>): Opinion {
  let found: Opinion
  for (const opinion of opinions) {
    if (opinion === undefined) continue
    if (opinion.decision === 'refuse') return opinion
    found ??= opinion
  }
  return found
}
