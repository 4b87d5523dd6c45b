import { createApprovalRequests, createFileStore, createStandingRules, openOwner, type CallResult } from '@rackwarden/core/runtime'
import { type OpenShelves, type OpenShelvesOptions } from '../open-shelves.ts'

/** Input of a write. */
export const input = { name: 'lamp', value: 'on' }
/** Where a person must agree to what is lasting. */
export const human: OpenShelvesOptions = { approval: { tiers: { configure: 'human' } } }
/** The owner's. */
export const passphrase = 'correct horse battery'

/** What the owner has at a shell of their own. */
export function ownersShell({ stateDirectory }: OpenShelves) {
  const runtime = { store: createFileStore(stateDirectory), clock: { ...Date, now: () => Date.now() }, log: () => undefined } as never
  const random = { random: (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes)) }
  const owner = openOwner({ ...(runtime as object), ...random } as never)
  return { owner, requests: createApprovalRequests(runtime, owner), rules: createStandingRules(runtime, owner) }
}

/** The request a call made. */
export function pendingOf(result: CallResult): Extract<CallResult, { kind: 'pending' }> & { confirm: string; approval: string } {
  if (result.kind !== 'pending') throw new Error(`expected a request, got ${result.kind}: ${result.text}`)
  return { ...result, confirm: result.plan?.confirm ?? '', approval: result.approval ?? '' }
}
