import { toolsFor, type ReadContext } from '@rackwarden/core'
import type { PiholeClient } from '../client.ts'

/** Defines a tool of this service. */
export const defineTool = toolsFor<PiholeClient>()

/** Reads the facts a write depends on. */
export type StateReader<Input, State> = (input: Input, context: ReadContext<PiholeClient>) => Promise<State>
