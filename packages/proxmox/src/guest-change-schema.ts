import { z } from 'zod'
import { count, flag, number, text } from './values.ts'

/** Why a guest cannot go to a node. */
const refusal = z.object({
  unavailable_storages: z.array(z.string()).nullish(),
  'blocking-ha-resources': z.array(z.object({ sid: text, cause: text })).nullish(),
})
const refusals = z.record(z.string(), refusal).nullish()
const dependents = z.array(z.string()).nullish()

/** `GET …/qemu/{vmid}/migrate`. */
export const machinePreconditions = z.object({
  running: flag,
  allowed_nodes: z.array(z.string()).nullish(),
  not_allowed_nodes: refusals,
  local_disks: z.array(z.object({ volid: text, size: number, cdrom: flag, is_unused: flag })).nullish(),
  local_resources: z.array(z.string()).nullish(),
  'dependent-ha-resources': dependents,
})

/** `GET …/lxc/{vmid}/migrate`, which spells the same otherwise. */
export const containerPreconditions = z.object({
  running: flag,
  'allowed-nodes': z.array(z.string()).nullish(),
  'not-allowed-nodes': refusals,
  'dependent-ha-resources': dependents,
})

/** One row of `GET …/pending`. */
export const pendingRow = z.object({ key: z.string(), value: text, pending: text, delete: number })

/** `GET /cluster/nextid`. */
export const freeId = count

/** What an agent answers that was told to run a program. */
export const startedProgram = z.object({ pid: count })

/** `GET …/agent/exec-status`. */
export const programStatus = z.object({
  exited: flag,
  exitcode: number,
  signal: number,
  'out-data': text,
  'err-data': text,
  'out-truncated': flag,
  'err-truncated': flag,
})
export type ProgramStatus = z.output<typeof programStatus>
