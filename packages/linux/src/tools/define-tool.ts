import { toolsFor } from '@rackwarden/core'
import { z } from 'zod'
import type { LinuxClient } from '../client.ts'

/** Defines a tool of this service. */
export const defineTool = toolsFor<LinuxClient>()

/** The input every tool about one unit takes; no pattern systemd would take for several. */
export const unitInput = z
  .string()
  .regex(/^[\w@:.\\][\w@:.\\-]*$/, 'is no name of a unit')
  .describe('Unit.')

/** The verdicts of probes. */
export const verdictOutput = z.enum(['ok', 'warn', 'crit', 'unknown'])
