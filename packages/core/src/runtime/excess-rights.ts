import { allows, type Tier } from '../define/access.ts'
import { ToolError } from '../define/error.ts'
import type { Service } from '../define/service.ts'
import type { Log } from './runtime.ts'

const limitMs = 5_000

/** What a credential is held against, and where it is said. */
export interface Granted {
  instance: string
  tier: Tier
  log: Log
}

/** Warns where a credential may do more at its upstream than the tier allows here; true once that could be asked. */
export async function warnOfExcess(service: Service, client: unknown, { instance, tier, log }: Granted): Promise<boolean> {
  try {
    const told = await service.rights?.(client, { instance, signal: AbortSignal.timeout(limitMs) })
    if (told !== undefined && told.highest !== tier && allows(told.highest, tier))
      log(
        'warn',
        `${service.name}@${instance}: the credential may ${told.highest} (${told.evidence}), and the tier is ${tier}. Give it one that may do no more.`,
      )
    return true
  } catch (error) {
    // Who cannot be asked is told of by the call that found out.
    if (ToolError.isInstance(error) || (error instanceof Error && /abort|timeout/i.test(error.name))) return false
    throw error
  }
}
