/** One target found on this machine, as `init` offers it. */
export interface Candidate {
  /** Name of the instance it would become. */
  instance: string
  /** Raw values of the service's fields; a secret is a reference, `env:NAME` or `file:/path`. */
  values: Readonly<Record<string, unknown>>
  /** What it was found by, in one line. */
  evidence: string
  /** Fields that have to be asked for. */
  ask?: readonly string[]
  /** True for another machine: offered, and taken only when somebody says so. */
  remote?: boolean
}
