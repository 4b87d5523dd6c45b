import type { Progress } from './surface.ts'

/** What the effect of a part is told, and whom it tells. */
export interface Taking {
  /** Who agreed. */
  approval: string
  /** Shared by the changes of one write. */
  group?: string | undefined
  /** The token that was redeemed for it, where it is all of a write. */
  confirm?: string | undefined
  /** What was taken before it, to go back to. */
  wayBack?: readonly string[]
  signal: AbortSignal
  report: (progress: Progress) => void
}
