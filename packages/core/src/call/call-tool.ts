import { allows, highestTier, lowestTier, type Tier } from '../define/access.ts'
import { ToolError } from '../define/error.ts'
import { createId } from '../record/journal.ts'
import type { Mount } from '../runtime/mount.ts'
import { auditedInput, isTooDeep } from './audited-input.ts'
import { auditRead, failureOf, toldError, type Call, type CallEnvironment, type CallEntry } from './call.ts'
import { read } from './read.ts'
import type { RegisteredTool } from './registered-tool.ts'
import { parseReserved } from './reserved.ts'
import type { CallResult } from './result.ts'
import type { CallRequest } from './surface.ts'
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
    if (tooDeep) throw new ToolError('invalid_input', 'The input is nested too deep.', { hint: 'No tool takes anything like it.' })
    const found = environment.resolve(request)
    const { tool } = found
    mount = found.mount
    entry = { ...entry, service: mount.service, access: tool.access }
    const { given, confirm, instances } = parseReserved(mount, tool, request.input)
    const input = tool.input.parse(given)
    entry = { ...entry, instances: instances.map(({ name }) => name), input: auditedInput(input, runtime.secrets) }
    requireTier(environment.tier, mount, tool, request)
    const call: Call = { environment, request, mount, tool, input, entry, started }
    return tool.write === undefined ? await read(call, instances) : await write(call, tool.write, instances[0], confirm)
  } catch (error) {
    const result = failureOf(environment, entry, error, mount)
    auditRead(environment, entry, started, toldError(result))
    return result
  }
}

function firstEntry({ runtime }: CallEnvironment, { name, input, caller }: CallRequest): CallEntry {
  const call = createId(runtime.clock, runtime.random)
  const tool = name.slice(0, 100)
  return { call, principal: caller.principal, service: '', tool, instances: [], access: '', input: auditedInput(input, runtime.secrets) }
}

function requireTier(process: Tier, mount: Mount, tool: RegisteredTool, { name, caller }: CallRequest): void {
  const tier = lowestTier(process, mount.tier, caller.tier)
  if (allows(tier, tool.access)) return
  throw new ToolError('denied', `${name} needs the tier '${tool.access}'; here it is '${tier}'.`, {
    hint: allows(highestTier, tool.access)
      ? `The owner grants it with --tier ${tool.access}, RACKWARDEN_TIER=${tool.access} or 'tier: ${tool.access}' in rackwarden.yaml, and to a token with 'token create --tier ${tool.access}'.`
      : `The tier '${tool.access}' cannot be granted in this version.`,
  })
}
