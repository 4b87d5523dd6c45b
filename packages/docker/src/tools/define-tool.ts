import { toolsFor } from '@rackwarden/core'
import { z } from 'zod'
import type { DockerClient } from '../client.ts'

/** Defines a tool of this service. */
export const defineTool = toolsFor<DockerClient>()

/** The input every tool about one container takes. */
export const containerInput = z.string().min(1).describe('Container.')
