import { toolsFor, type ReadContext } from '@rackwarden/core'
import type { PbsClient } from '../client.ts'

/** Defines a tool of this service. */
export const defineTool = toolsFor<PbsClient>()

/** Reads the facts a write depends on. */
export type StateReader<Input, State> = (input: Input, context: ReadContext<PbsClient>) => Promise<State>
