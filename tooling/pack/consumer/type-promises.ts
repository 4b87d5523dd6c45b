// Never run: what must not compile against the types as they are packed.
import { toolsFor, type Inverse } from '@rackwarden/core'
import { z } from 'zod'
import type { LampClient } from './lamp-client.js'

const defineTool = toolsFor<LampClient>()

const write = {
  name: 'update_lamp',
  title: 'Update a lamp',
  description: 'Light a lamp, or put it out.',
  input: z.object({ lamp: z.string() }),
  output: z.object({ lamp: z.string() }),
  state: () => true,
  plan: () => ({ summary: '', targets: [] }),
  run: () => ({ lamp: 'hall' }),
}
const inverse = (): Inverse => ({ tool: 'update_lamp', input: {} })

/** What compiles but for one thing, and what does not compile for the lack of it. */
export const tools = [
  defineTool({ ...write, access: 'configure', undo: inverse }),
  // @ts-expect-error a configure tool has an undo
  defineTool({ ...write, access: 'configure' }),
  // @ts-expect-error a lasting change is not irreversible
  defineTool({ ...write, access: 'configure', undo: 'irreversible' }),
  // @ts-expect-error a write has a plan
  defineTool({ ...write, plan: undefined, access: 'configure', undo: inverse }),
  // @ts-expect-error the result has the output's shape
  defineTool({ ...write, run: () => ({ lamp: 1 }), access: 'configure', undo: inverse }),
]
