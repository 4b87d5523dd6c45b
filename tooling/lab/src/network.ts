/** A network segment of its own: hosts joined to it reach each other and nothing else. */
export interface LabNetwork {
  readonly directory: string
  /** The process whose network namespace holds the switch; undefined while it is down. */
  process(): number | undefined
  start(): Promise<void>
  down(): Promise<void>
}
