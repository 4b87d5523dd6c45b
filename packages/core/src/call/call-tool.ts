import { ToolError } from '../define/error.ts'
import { traced, type Span } from '../measure/tracing.ts'
import { createId } from '../record/journal.ts'
import type { Mount } from '../runtime/mount.ts'
import { auditedInput, isTooDeep } from './audited-input.ts'
import { withAttached } from './attached.ts'
import { auditRead, failureOf, toldError, type Call, type CallEnvironment, type CallEntry } from './call.ts'
import type { Asking } from './parked-calls.ts'
import { read } from './read.ts'
import type { RegisteredTool } from './registered-tool.ts'
import { requireTier } from './require-tier.ts'
import { requireToolset } from './require-toolset.ts'
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
  const { runtime, rate } = environment
  const tooMany = rate.refusal(request)
  if (tooMany !== undefined) return errorResult(tooMany, runtime.secrets)
  const attributes = { 'mcp.method.name': 'tools/call', 'rackwarden.principal': request.caller.principal }
  return traced(runtime.tracing, { name: 'tools/call', kind: 'server', parent: request.trace, attributes }, async (span) => {
    const result = await takePath(environment, request, span)
    span.set({ 'rackwarden.result': result.kind })
    if (result.kind === 'error') span.fail(result.error.code)
    return result
  })
}

async function takePath(environment: CallEnvironment, request: CallRequest, span: Span): Promise<CallResult> {
  const { runtime } = environment
  const started = runtime.clock.now()
  const tooDeep = isTooDeep(request.input)
  let entry = firstEntry(environment, tooDeep ? { ...request, input: {} } : request)
  let mount: Mount | undefined
  try {
    if (tooDeep) throw new ToolError('invalid_input', 'The input is nested too deep.', { hint: 'No tool takes anything like it.' })
    const found = environment.resolve(request)
    const { tool } = found
    if (tool.calls !== undefined) return await takePath(environment, calledBy(environment, tool, request), span)
    mount = found.mount
    span.set({ 'rackwarden.service': mount.service, 'rackwarden.tool': tool.name, 'rackwarden.access': tool.access })
    entry = { ...entry, service: mount.service, access: tool.access }
    const { given, confirm, instances, options } = parseReserved(mount, tool, request.input)
    const input = tool.input.parse(given)
    entry = { ...entry, instances: instances.map(({ name }) => name), input: auditedInput(input, runtime.secrets) }
    requireTier(environment.tier, mount, tool.access, request)
    requireToolset(mount, tool, request)
    const call: Call = { environment, request, mount, tool, input, access: tool.access, options, attached: [], entry, started }
    const goOn = async (asked: Call) => {
      if (tool.changeOf !== undefined) return undo(asked, tool.changeOf(input), confirm)
      return tool.write === undefined ? read(asked, instances) : write(asked, stepsOn(asked, tool.write, instances), confirm)
    }
    if (tool.asks === true) return await askedMeanwhile(call, goOn)
    return withAttached(await goOn(call), call.attached)
  } catch (error) {
    return refusal(environment, error, { entry, started, mount })
  }
}

/** A call that may ask its client is parked meanwhile, and the request that answers goes on with it. */
function askedMeanwhile(call: Call, goOn: (call: Call) => Promise<CallResult>): Promise<CallResult> {
  const { environment, request, mount, entry, started } = call
  const work = async ({ controller, ask, progress }: Asking) => {
    try {
      const asked = { ...call, controller, request: { ...request, signal: controller.signal, progress }, ask }
      return withAttached(await goOn(asked), call.attached)
    } catch (error) {
      return refusal(environment, error, { entry, started, mount })
    }
  }
  return environment.parked.resume(request) ?? environment.parked.run(request, work)
}

/** A call that was not made, or failed: said to the caller, and to the audit. */
function refusal(environment: CallEnvironment, error: unknown, { entry, started, mount }: Refused): CallResult {
  const result = failureOf(environment, entry, error, mount)
  auditRead(environment, entry, started, toldError(result))
  return result
}

interface Refused {
  entry: CallEntry
  started: number
  mount: Mount | undefined
}

/** The call of the tool that is named where a tool only stands for others; from here on it is as if that had been called. */
function calledBy(environment: CallEnvironment, by: RegisteredTool, request: CallRequest): CallRequest {
  const { tool: name, input } = by.calls?.(request.input) ?? { tool: '', input: {} }
  const called: CallRequest = { ...request, name, input, exposure: 'search', by: request.name }
  const { tool } = environment.resolve(called)
  if (tool.calls !== undefined)
    throw new ToolError('invalid_input', `${name} calls other tools itself.`, { hint: 'Name the tool that is meant.' })
  if (tool.access === by.access) return called
  const fitting = request.name.replace(by.name, by.name.replace(by.access, tool.access))
  throw new ToolError('invalid_input', `${name} is of access '${tool.access}', and ${request.name} calls only those of '${by.access}'.`, {
    hint: `Call ${fitting} with the same tool and input.`,
  })
}

/** Writes down a call that was refused before it came to the path. */
export function auditRefused(environment: CallEnvironment, request: CallRequest, why: string): void {
  const entry = firstEntry(environment, isTooDeep(request.input) ? { ...request, input: {} } : request)
  auditRead(environment, entry, environment.runtime.clock.now(), { result: 'error', error: `denied: ${why}` })
}

function firstEntry({ runtime }: CallEnvironment, { name, input, caller }: CallRequest): CallEntry {
  const { principal, from } = caller
  return {
    call: createId(runtime.clock, runtime.random),
    principal,
    ...(from === undefined ? {} : { from }),
    service: '',
    tool: name.slice(0, 100),
    instances: [],
    access: '',
    input: auditedInput(input, runtime.secrets),
  }
}
