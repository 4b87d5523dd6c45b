import { allows, type Access, type Tier } from './access.ts'
import { ToolError, type ErrorCode } from './error.ts'
import type { SetupProof } from './setup.ts'

/** A call a credential of some tiers may not make; it does no harm where the target lets it through. */
export interface ForbiddenCall {
  /** The lowest tier that may; none where no tier may. */
  access: Access | undefined
  /** What it would do: `start a guest`. */
  call: string
  send: () => Promise<unknown>
}

/** Failures that say nothing of rights, and after which nothing further can be asked. */
const silent: readonly ErrorCode[] = ['unauthorized', 'unreachable', 'timeout', 'rate_limited']

/** Makes those of the calls a tier forbids, in turn, and tells what the target made of each. */
export async function tryForbidden(calls: readonly ForbiddenCall[], tier: Tier): Promise<SetupProof['calls']> {
  const tried: SetupProof['calls'][number][] = []
  for (const { access, call, send } of calls)
    if (access === undefined || !allows(tier, access)) tried.push({ call, ...(await refusedOr(send())) })
  return tried
}

/** Only what the target says of rights is a refusal: that there is no such thing is said to those who may. */
async function refusedOr(sent: Promise<unknown>): Promise<{ isRefused: boolean; said: string }> {
  try {
    await sent
    return { isRefused: false, said: 'it was done' }
  } catch (error) {
    if (!ToolError.isInstance(error) || silent.includes(error.code)) throw error
    return { isRefused: error.code === 'forbidden', said: error.message }
  }
}
