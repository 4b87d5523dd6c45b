import { z } from 'zod'
import type { Operation } from '../call/operations.ts'
import { ToolError } from '../define/error.ts'
import { toolsFor } from '../define/tool.ts'
import type { Lab } from './lab.ts'

const defineTool = toolsFor<Lab>()

const id = z.string().describe('Id it answered with.')
const status = z
  .enum(['running', 'finished', 'cancelled', 'lost'])
  .describe('How it is; lost: its process is gone, and what it did is not known.')

/** How long work is doing, whichever process does it. */
export const getOperation = defineTool({
  name: 'get_operation',
  title: 'Get an operation',
  description: 'Progress of a long call that answered "running", and its result once it is done.',
  access: 'observe',
  input: z.object({ id }),
  output: z.object({
    id,
    tool: z.string().describe('Tool that was called.'),
    status,
    started_at: z.string().describe('ISO 8601.'),
    seen_at: z.string().describe('Last sign of life, ISO 8601.'),
    progress: z.string().optional().describe('What it last said.'),
    result: z.string().optional().describe('Text of the result.'),
  }),
  run: async (input, { client }) => {
    const { id: own, tool, status: how, started_at, seen_at, progress, outcome } = await operationOf(client, input.id)
    return {
      id: own,
      tool,
      status: how,
      started_at,
      seen_at,
      ...(progress === undefined ? {} : { progress: progress.message }),
      ...(outcome === undefined ? {} : { result: outcome.text }),
    }
  },
})

/** Asks the process that does long work to stop. */
export const cancelOperation = defineTool({
  name: 'cancel_operation',
  title: 'Cancel an operation',
  description: 'Abort a long call that is still running; what it already did stays done.',
  access: 'operate',
  input: z.object({ id }),
  output: z.object({ id, status }),
  idempotent: true,
  state: async (input, { client }) => {
    const operation = await operationOf(client, input.id)
    return { id: operation.id, tool: operation.tool, status: operation.status }
  },
  plan: (_, { state }) => ({
    summary: `Cancel ${state.tool} (operation ${state.id}, ${state.status})`,
    targets: [`rackwarden/operation/${state.id}`],
    warnings:
      state.status === 'running' ? ['What it already did is not taken back.'] : ['It is no longer running; there is nothing to cancel.'],
  }),
  run: async (_, { client, state }) => {
    if (state.status === 'running') await client.operations.cancel(state.id)
    return { id: state.id, status: state.status }
  },
  settled: ({ status: how }) => how !== 'running' || 'it is still running',
  verified: (output, after) => ({ ...output, status: after.status }),
  undo: 'transient',
})

/** An operation of the caller's own; the owner at a shell sees everybody's. */
async function operationOf({ operations, principal }: Lab, wanted: string): Promise<Operation> {
  const operation = await operations.get(wanted)
  if (operation === undefined || (operation.principal !== principal && !principal.startsWith('local:')))
    throw new ToolError('not_found', `There is no operation '${wanted}'.`, { hint: 'Take the id from the call that answered "running".' })
  return operation
}
