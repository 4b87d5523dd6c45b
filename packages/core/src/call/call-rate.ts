import { ToolError } from '../define/error.ts'
import type { AuditEntry } from '../record/audit.ts'
import { createId } from '../record/journal.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { createRateLimit } from './rate-limit.ts'
import type { CallRequest } from './surface.ts'

/** How many calls each principal makes a minute. */
export interface CallRate {
  /** Counts a call; gives the refusal where the principal made too many, once it is noted for the audit. */
  refusal(request: CallRequest): ToolError | undefined
  /** Writes down what was refused and is not written down yet. */
  close(): void
}

/** What was refused of one principal, and told as one line. */
interface Refused {
  line: AuditEntry
  times: number
  cancel: () => void
}

const toldEveryMs = 1_000

/** Makes the limit of a process. Whoever floods it fills no disk: what is refused within a second is one line with their number. */
export function createCallRate({ audit, clock, random }: Pick<Runtime, 'audit' | 'clock' | 'random'>, callsPerMinute: number): CallRate {
  const limit = createRateLimit(callsPerMinute, () => clock.now())
  const refused = new Map<string, Refused>()

  function tell(principal: string): void {
    const told = refused.get(principal)
    refused.delete(principal)
    told?.cancel()
    if (told !== undefined) audit.record({ ...told.line, times: told.times })
  }

  function note({ name, caller: { principal } }: CallRequest, { code, message }: ToolError): void {
    const known = refused.get(principal)
    if (known !== undefined) return void (known.times += 1)
    const line: AuditEntry = {
      call: createId(clock, random),
      kind: 'read',
      principal,
      tool: name.slice(0, 100),
      service: '',
      instances: [],
      access: '',
      input: {},
      result: 'error',
      error: `${code}: ${message}`,
    }
    refused.set(principal, { line, times: 1, cancel: clock.after(toldEveryMs, () => tell(principal)) })
  }

  return {
    refusal(request) {
      const { principal } = request.caller
      const seconds = limit(principal)
      if (seconds === undefined) return undefined
      const error = new ToolError('rate_limited', `${principal} made more than ${callsPerMinute} calls in a minute.`, {
        hint: `Nothing was done. Try again in ${seconds} s; the owner sets limits.callsPerMinute.`,
        retryAfterSeconds: seconds,
      })
      note(request, error)
      return error
    },
    close: () => {
      for (const principal of refused.keys()) tell(principal)
    },
  }
}
