import { toolsFor, type ReadContext } from '@rackwarden/core'
import { z } from 'zod'
import type { ProxmoxClient } from '../client.ts'

/** Defines a tool of this service. */
export const defineTool = toolsFor<ProxmoxClient>()

/** Reads the facts a write depends on. */
export type StateReader<Input, State> = (input: Input, context: Pick<ReadContext<ProxmoxClient>, 'client' | 'signal'>) => Promise<State>

/** The input every tool about one guest takes. */
export const guestInput = z.string().min(1).describe('Guest.')

/** The verdict of a check. */
export const verdictOutput = z.enum(['ok', 'warn', 'crit', 'unknown'])

/** What every list says of the next page. */
export const nextCursor = z.string().optional().describe('Pass as `cursor` for more.')

/** What did not answer, where a list is not whole. */
export const unanswered = z.array(z.string()).optional().describe('What did not tell its part, and why.')

/** Leaves out what is empty. */
export function some(list: readonly string[]): string[] | undefined {
  return list.length === 0 ? undefined : [...list]
}
