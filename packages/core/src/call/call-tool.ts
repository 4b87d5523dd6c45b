import { ToolError } from '../define/error.ts'
import { createId } from '../record/journal.ts'
import type { Mount } from '../runtime/mount.ts'
import { auditedInput, isTooDeep } from './audited-input.ts'
import { auditRead, failureOf, toldError, type Call, type CallEnvironment, type CallEntry } from './call.ts'
import { read } from './read.ts'
import { requireTier } from './require-tier.ts'
import { parseReserved } from './reserved.ts'
import { errorResult } from './respond.ts'
import type { CallResult } from './result.ts'
import type { CallRequest } from './surface.ts'
import { undo } from './undo.ts'
import { stepsOn } from './step.ts'
import { write } from './write.ts'

/**
 * The one path a call takes, whatever transport it came by. Never throws: a failure is a result.
 * Reads go on in `read`; writes in `write` as far as the plan, and in `carryOut` once it is confirmed.
 */
export async function callTool(environment: CallEnvironment, request: CallRequest): Promise<CallResult> {
  const { runtime } = environment
  const started = runtime.clock.now()
  const tooDeep = isTooDeep(request.input)
  let entry = firstEntry(environment, tooDeep ? { ...request, input: {} } : request)
  let mount: Mount | undefined
  try {
    const refusal = environment.rate.refusal(entry)
    if (refusal !== undefined) return errorResult(refusal, runtime.secrets)
    if (tooDeep) throw new ToolError('invalid_input', 'The input is nested too deep.', { hint: 'No tool takes anything like it.' })
    const found = environment.resolve(request)
    const { tool } = found
    mount = found.mount
    entry = { ...entry, service: mount.service, access: tool.access }
    const { given, confirm, instances, options } = parseReserved(mount, tool, request.input)
    const input = tool.input.parse(given)
    entry = { ...entry, instances: instances.map(({ name }) => name), input: auditedInput(input, runtime.secrets) }
    requireTier(environment.tier, mount, tool.access, request)
    const call: Call = { environment, request, mount, tool, input, access: tool.access, options, entry, started }
    if (tool.changeOf !== undefined) return await undo(call, tool.changeOf(input), confirm)
    return tool.write === undefined ? await read(call, instances) : await write(call, stepsOn(call, tool.write, instances), confirm)
  } catch (error) {
    const result = failureOf(environment, entry, error, mount)
    auditRead(environment, entry, started, toldError(result))
    return result
  }
}

/** Writes down a call that was refused before it came to the path. */
export function auditRefused(environment: CallEnvironment, request: CallRequest, why: string): void {
  const entry = firstEntry(environment, isTooDeep(request.input) ? { ...request, input: {} } : request)
  auditRead(environment, entry, environment.runtime.clock.now(), { result: 'error', error: `denied: ${why}` })
}

function firstEntry({ runtime }: CallEnvironment, { name, input, caller }: CallRequest): CallEntry {
  const call = createId(runtime.clock, runtime.random)
  const tool = name.slice(0, 100)
  return { call, principal: caller.principal, service: '', tool, instances: [], access: '', input: auditedInput(input, runtime.secrets) }
}
