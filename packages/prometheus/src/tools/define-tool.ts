import { toolsFor } from '@rackwarden/core'
import { z } from 'zod'
import type { PrometheusClient } from '../client.ts'

/** Defines a tool of this service. */
export const defineTool = toolsFor<PrometheusClient>()

/** The expression both queries take. */
export const queryInput = z.string().min(1).describe('PromQL.')

/** What a query that finds nothing says. */
export const nothingFound = 'No series: search_metrics has the names that exist, and what is no longer scraped is gone after 5 minutes.'

/** What every list that goes on ends with. */
export const nextCursor = z.string().optional().describe('Pass as `cursor` for more.')
