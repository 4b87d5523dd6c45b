import {
  createApprovalRequests,
  createId,
  createStandingRules,
  localPrincipal,
  openOwner,
  type ApprovalRequests,
  type AuditEntry,
  type Owner,
  type Runtime,
  type StandingRules,
} from '@rackwarden/core/runtime'
import { ToolError } from '@rackwarden/core'
import type { Application } from '../application.ts'
import { openTokens, type Tokens } from '../tokens.ts'
import { commandFor, openRuntime, type OpenOptions } from './open.ts'
import type { Terminal } from './terminal.ts'

/** What a line of the audit says of something the owner decided. */
export type Decided = Pick<AuditEntry, 'tool' | 'result'> & Partial<AuditEntry>

/** Where the owner decides: everything of a state directory that a person has a say in. */
export interface Desk {
  runtime: Runtime
  owner: Owner
  requests: ApprovalRequests
  rules: StandingRules
  tokens: Tokens
  /** Who decides here: `cli:<user>`. */
  by: string
  /** A line for their shell. */
  command: (words: string) => string
  /** Does what the owner decided and writes it down, also where it fails. */
  audited<Result>(decided: Decided, work: () => Promise<Result>): Promise<Result>
}

/** Does the work of one command at the desk of a state directory, and closes it afterwards. */
export async function atDesk<Result>(
  application: Application,
  options: OpenOptions,
  terminal: Terminal,
  work: (desk: Desk) => Promise<Result>,
): Promise<Result> {
  const desk = openDesk(application, options, terminal)
  try {
    return await work(desk)
  } finally {
    await desk.runtime.close()
  }
}

function openDesk(application: Application, options: OpenOptions, terminal: Terminal): Desk {
  const runtime = openRuntime(application, options, terminal)
  const owner = openOwner(runtime)
  const principal = localPrincipal()
  const by = principal.replace(/^local:/, 'cli:')
  const record = (decided: Decided) =>
    runtime.audit.commit({
      call: createId(runtime.clock, runtime.random),
      principal,
      service: '',
      instances: [],
      access: '',
      input: {},
      approval: by,
      ...decided,
      kind: 'approval',
    })
  return {
    runtime,
    owner,
    by,
    command: commandFor(application, options),
    requests: createApprovalRequests(runtime, owner),
    rules: createStandingRules(runtime, owner),
    tokens: openTokens({ ...runtime, owner }),
    async audited(decided, work) {
      try {
        const result = await work()
        await record(decided)
        return result
      } catch (error) {
        if (ToolError.isInstance(error)) await record({ ...decided, result: 'error', error: `${error.code}: ${error.message}` })
        throw error
      }
    },
  }
}
