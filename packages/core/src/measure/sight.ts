import { ToolError } from '../define/error.ts'
import type { Clock } from '../runtime/runtime.ts'

/** How an instance was when it was last asked for something. */
export interface Sight {
  /** Undefined where nobody asked yet. */
  readonly last: { readonly at: number; readonly isUp: boolean } | undefined
  /** Takes note of an answer, or of a failure. */
  note(error?: unknown): void
}

const downCodes: readonly string[] = ['unreachable', 'timeout', 'unauthorized', 'invalid_config']

/** Makes the sight of an instance nobody asked yet. */
export function createSight(clock: Pick<Clock, 'now'>): Sight {
  let last: Sight['last']
  return {
    get last() {
      return last
    },
    note(error) {
      // That nobody waited any longer says nothing of the instance, and neither does a line in front of it.
      if (error !== undefined && (!ToolError.isInstance(error) || error.code === 'denied' || error.code === 'rate_limited')) return
      last = { at: clock.now(), isUp: error === undefined || !downCodes.includes(error.code) }
    },
  }
}
