import { setTimeout as pause } from 'node:timers/promises'
import { ToolError } from '@rackwarden/core'
import type { z } from 'zod'
import type { EngineCalls } from './engine-calls.ts'

const pauseMs = 250
const mostMs = 40_000

/** What things of one kind take on disk. Engines before 23 measure once at a time and refuse whoever comes meanwhile, ourselves included. */
export async function diskUsage<Schema extends z.ZodType>(
  { api, at }: EngineCalls,
  type: 'volume' | 'build-cache',
  schema: Schema,
  signal: AbortSignal,
): Promise<z.output<Schema>> {
  const path = await at('/system/df', signal)
  const query = { type, verbose: 'true' }
  const latest = performance.now() + mostMs
  for (;;) {
    try {
      return await api.get(path, { schema, query, signal, timeoutMs: mostMs })
    } catch (error) {
      const isBusy = ToolError.isInstance(error) && error.message.includes('disk usage operation is already running')
      if (!isBusy || performance.now() > latest) throw error
      await pause(pauseMs, undefined, { signal })
    }
  }
}
