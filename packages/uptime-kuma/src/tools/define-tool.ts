import { toolsFor } from '@rackwarden/core'
import { z } from 'zod'
import type { UptimeKumaClient } from '../client.ts'

/** Defines a tool of this service. */
export const defineTool = toolsFor<UptimeKumaClient>()

/** The monitor a tool is about. */
export const monitorInput = z.string().min(1).describe('Monitor.')

/** What every list that goes on ends with. */
export const nextCursor = z.string().optional().describe('Pass as `cursor` for more.')

/** How old an answer is. */
export const toldField = z.string().describe('How long ago that was told.')
