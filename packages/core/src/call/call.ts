import type { Announce } from '../approve/approval-request.ts'
import type { ApprovalRequests } from '../approve/approval-requests.ts'
import type { StandingRules } from '../approve/standing-rules.ts'
import type { Access, Tier } from '../define/access.ts'
import { ToolError } from '../define/error.ts'
import type { ReadContext } from '../define/tool.ts'
import type { ProtectedSet } from '../policy/protected-set.ts'
import type { ApprovalPolicy } from '../policy/required-approval.ts'
import type { AuditEntry } from '../record/audit.ts'
import type { BegunWrites } from '../record/begun-writes.ts'
import type { Journal } from '../record/journal.ts'
import type { Pauses } from '../record/pauses.ts'
import type { Sequences } from '../record/sequences.ts'
import type { PartialWrites } from '../record/partial-writes.ts'
import type { Instance } from '../runtime/instance.ts'
import type { Mount } from '../runtime/mount.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { CallRate } from './call-rate.ts'
import type { Content } from './content.ts'
import type { Operations, Waiting } from './operations.ts'
import type { Ask, ParkedCalls } from './parked-calls.ts'
import type { PlanStore } from './plan-store.ts'
import type { Input, RegisteredTool, RunContext } from './registered-tool.ts'
import { errorResult, presentableLine } from './respond.ts'
import type { CallResult } from './result.ts'
import type { CallRequest, Progress } from './surface.ts'
import type { View } from './view.ts'

/** What the path needs of the process it runs in. */
export interface CallEnvironment {
  readonly runtime: Runtime
  /** The process's own tier. */
  readonly tier: Tier
  readonly plans: PlanStore
  readonly journal: Journal
  readonly partialWrites: PartialWrites
  readonly pauses: Pauses
  readonly begun: BegunWrites
  readonly sequences: Sequences
  /** Who must agree to what. */
  readonly approval: ApprovalPolicy
  /** What a person is asked, and what they agreed to ahead. */
  readonly requests: ApprovalRequests
  readonly rules: StandingRules
  /** What no write may touch. */
  readonly protectedSet: ProtectedSet
  /** Tells the owner of a request, where somebody carries word to them. */
  readonly announce?: Announce | undefined
  /** How the owner says something to the command line. */
  readonly command: (words: string) => string
  readonly operations: Operations
  /** How many calls a principal makes a minute. */
  readonly rate: CallRate
  readonly parked: ParkedCalls
  /** The services a caller may see. */
  readonly mounts: (view: View) => readonly Mount[]
  /** The tool behind a listed name; throws `not_found`. */
  readonly resolve: (request: CallRequest) => { mount: Mount; tool: RegisteredTool }
}

/** What the audit says of a call, whatever comes of it. */
export type CallEntry = Omit<AuditEntry, 'kind' | 'result'>

/** One call on its way: what every step is told. */
export interface Call {
  readonly environment: CallEnvironment
  readonly request: CallRequest
  readonly mount: Mount
  readonly tool: RegisteredTool
  /** Parsed, without the reserved inputs. */
  readonly input: Input
  /** What it takes to make this call: the tool's own access, or that of the tool whose change is taken back. */
  readonly access: Access
  /** What core itself was told besides. */
  readonly options: CallOptions
  /** The change this call takes back. */
  readonly undoes?: Undoing | undefined
  /** How it asks its client, where its tool may. */
  readonly ask?: Ask | undefined
  /** What ends it, where it may outlive the request that began it. */
  readonly controller?: AbortController | undefined
  /** Blocks beside the text, as they are added. */
  readonly attached: Content[]
  readonly entry: CallEntry
  readonly started: number
}

/** Reserved inputs that change what a write does; a plan is bound to them as to the rest. */
export interface CallOptions {
  /** Whether a write to mirrored instances may leave out those that do not answer. */
  allowPartial?: true
  /** Whether what watches its targets is left as it is. */
  watchers?: 'ignore'
  /** Whether a way back to what it writes into is taken before it. */
  snapshotFirst?: true
}

/** A change that is being taken back, and what should be known of that. */
export interface Undoing {
  change: string
  /** What happened to its target since, a sentence each. */
  warnings: readonly string[]
}

/** What a handler calls before it touches what its plan did not name. */
export function touchOf({ environment }: Call, { name }: Instance): (...targets: readonly string[]) => void {
  return (...targets) => environment.protectedSet.refuse(targets, name)
}

/** What `run` is given beyond what a service's handlers know. */
export function beyond({ ask, attached }: Call): Pick<RunContext, 'ask' | 'attach'> {
  return { ...(ask === undefined ? {} : { ask }), attach: (block) => void attached.push(block) }
}

/** Lets a step use the instance's client, and drops a client whose failure a new one may not have. */
export async function withClient<T>(
  { request, mount, environment: { runtime, mounts } }: Call,
  instance: Instance,
  signal: AbortSignal,
  report: (progress: Progress) => void,
  use: (context: ReadContext<unknown>) => Promise<T>,
): Promise<T> {
  let release: (() => void) | undefined
  try {
    const client = await instance.client(request)
    release = instance.hold?.()
    signal.throwIfAborted()
    const used = await use({
      client,
      instance: instance.name,
      signal,
      stateDirectory: runtime.store.directory,
      dependents: (hosts) => dependentsOf(mount.service, instance, mounts(request), hosts),
      mirrors: mirrorsOf(mount, instance, request),
      progress: (message, ...far) => report(progressOf(presentableLine(message, runtime.secrets), ...far)),
    })
    instance.sight?.note()
    return used
  } catch (error) {
    instance.sight?.note(error)
    instance.dropAfter(error)
    throw error
  } finally {
    release?.()
  }
}

/** The clients of the other instances that hold the same, by name; made when they are asked for. */
function mirrorsOf({ isMirrored, instances }: Mount, { name }: Instance, view: View): Readonly<Record<string, () => Promise<unknown>>> {
  const others = isMirrored ? instances.filter((other) => other.name !== name) : []
  return Object.fromEntries(others.map((other) => [other.name, () => other.client(view)]))
}

/** What goes away with the host of an instance; two names of one host are not known as one. */
function dependentsOf(
  ownService: string,
  { host, name }: Instance,
  mounts: readonly Mount[],
  hosts: readonly (string | undefined)[] = [host],
): string[] {
  const meant = new Set(hosts.map((one) => one?.toLowerCase()))
  const isMeant = (place: string | undefined) => place !== undefined && meant.has(place.toLowerCase())
  return mounts
    .flatMap(({ service, instances }) =>
      instances.filter((other) => isMeant(other.host) || isMeant(other.jump)).map((other) => `${service}@${other.name}`),
    )
    .filter((other) => other !== `${ownService}@${name}`)
}

function progressOf(message: string, done?: number, total?: number, task?: string): Progress {
  return {
    message,
    ...(done === undefined ? {} : { done }),
    ...(total === undefined ? {} : { total }),
    ...(task === undefined ? {} : { task }),
  }
}

/** Who waits for the work of a call. */
export function waitingOn({ request: { name, caller, signal, progress, exposure }, controller }: Call): Waiting {
  return { principal: caller.principal, tool: name, signal, controller, progress, exposure }
}

/** A wait that was aborted rejects with an error of its own; the reason is what the caller should hear. */
export function abortReason(signal: AbortSignal, error: unknown): unknown {
  return signal.aborted && !ToolError.isInstance(error) ? signal.reason : error
}

/** Text of a service that names its own tools, with each name as it is listed here. */
export function withListedNames(text: string, { prefix, tools }: Mount): string {
  return prefix === '' ? text : text.replaceAll(/\b[a-z]+(?:_[a-z0-9]+)+\b/g, (name) => (tools.has(name) ? `${prefix}${name}` : name))
}

/** A failure whose hint names the tools of a service as they are listed here. */
export function withListedHint(error: unknown, mount: Mount): unknown {
  if (!ToolError.isInstance(error) || error.hint === undefined) return error
  const { code, message, hint, retryAfterSeconds } = error
  return new ToolError(code, message, { hint: withListedNames(hint, mount), retryAfterSeconds, cause: error })
}

/** A failure as a result; what nobody foresaw goes to the log with the place it came from. */
export function failureOf(
  { runtime }: CallEnvironment,
  entry: CallEntry,
  thrown: unknown,
  mount?: Mount,
): Extract<CallResult, { kind: 'error' }> {
  const error = mount === undefined ? thrown : withListedHint(thrown, mount)
  if (!ToolError.isInstance(error)) runtime.log('error', `${entry.tool} failed unexpectedly: ${whereItFailed(error)}`)
  return errorResult(error, runtime.secrets)
}

/** Audits a call that changed nothing. */
export function auditRead(
  { runtime }: CallEnvironment,
  entry: CallEntry,
  started: number,
  told: Pick<AuditEntry, 'result' | 'error'>,
): void {
  runtime.audit.record({ ...entry, kind: 'read', ...told, milliseconds: runtime.clock.now() - started })
}

/** Once a write took effect, no record that fails may hide its result; the log says what is missing. */
export async function orLog<T>({ environment: { runtime }, entry }: Call, failure: string, kept: Promise<T>): Promise<T | undefined> {
  try {
    return await kept
  } catch (error) {
    runtime.log('error', `${entry.tool}: ${failure}: ${error instanceof Error ? error.message : String(error)}`)
    return undefined
  }
}

/** A failure in the words of the audit. */
export function toldError({ error }: Extract<CallResult, { kind: 'error' }>): Pick<AuditEntry, 'result' | 'error'> {
  return { result: 'error', error: `${error.code}: ${error.message}` }
}

/** The message and the one line of code it came from: enough for a report, and no more. */
function whereItFailed(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const frame = error.stack?.split('\n').find((line) => line.trimStart().startsWith('at '))
  return `${error.name}: ${error.message}${frame === undefined ? '' : ` (${frame.trim()})`}`
}
