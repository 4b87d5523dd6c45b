import { ToolError } from '@rackwarden/core'
import type { ApprovalState } from '@rackwarden/core/runtime'
import type { Application } from '../application.ts'
import { spanText } from '../moment.ts'
import { atDesk, type Decided, type Desk } from './desk.ts'
import { exitCodes } from './failure.ts'
import type { OpenOptions } from './open.ts'
import { passphraseOf } from './passphrase.ts'
import { lineOf, requestText, toolOf } from './request-text.ts'
import { table, type Terminal } from './terminal.ts'

/** What the commands around approvals can be told. */
export interface ApprovalOptions extends OpenOptions {
  json?: boolean
}

/** Prints what waits for a person, or one request whole. */
export async function approvals(
  application: Application,
  id: string | undefined,
  options: ApprovalOptions,
  terminal: Terminal,
): Promise<number> {
  return atDesk(application, options, terminal, async (desk) => {
    if (id === undefined) await list(desk, options, terminal)
    else {
      const state = await stateOf(desk, id)
      terminal.print(options.json === true ? JSON.stringify(state, null, 2) : requestText(state, desk.runtime.clock.now()))
    }
    return exitCodes.ok
  })
}

/** Shows a person the whole plan, and agrees to it in the name of whoever knows the passphrase. */
export async function approve(application: Application, id: string, options: ApprovalOptions, terminal: Terminal): Promise<number> {
  return atDesk(application, options, terminal, async (desk) => {
    const state = await undecidedState(desk, id)
    const { request } = state
    const show = options.json === true ? terminal.complain : terminal.print
    show(requestText(state, desk.runtime.clock.now()))
    const typed = request.typed === undefined ? {} : { typed: await askName(request.typed, terminal) }
    const passphrase = await passphraseOf(desk, 'Passphrase, to approve exactly this: ', terminal)
    const deciding = { decision: 'approved', by: desk.by, passphrase, shown: request, ...typed } as const
    const decision = await desk.audited(about(state, 'approved'), () => desk.requests.decide(id, deciding))
    if (options.json === true) terminal.print(JSON.stringify({ id, ...decision }, null, 2))
    else terminal.print(`Approved. It runs when ${lineOf(request.principal)} sends its token again, until ${lineOf(request.expires_at)}.`)
    return exitCodes.ok
  })
}

/** Says no. That takes no passphrase: nothing happens by it, and a no must never be harder to give than a yes. */
export async function reject(application: Application, id: string, options: ApprovalOptions, terminal: Terminal): Promise<number> {
  return atDesk(application, options, terminal, async (desk) => {
    const state = await undecidedState(desk, id)
    const decision = await desk.audited(about(state, 'rejected'), () => desk.requests.withdraw(id, desk.by))
    if (options.json === true) terminal.print(JSON.stringify({ id, ...decision }, null, 2))
    else terminal.print(`Rejected: ${lineOf(state.request.plan.summary)}. Nothing was done, and its token is void.`)
    return exitCodes.ok
  })
}

async function list({ requests, runtime }: Desk, { json = false }: ApprovalOptions, terminal: Terminal): Promise<void> {
  const waiting = await requests.pending()
  const now = runtime.clock.now()
  if (json) return terminal.print(JSON.stringify(waiting, null, 2))
  if (waiting.length === 0) return terminal.print('Nothing waits for a person.')
  const rows = waiting.map((request) => [
    request.id,
    spanText(now - Date.parse(request.at)),
    spanText(Date.parse(request.expires_at) - now),
    request.principal,
    toolOf(request),
    request.plan.summary,
  ])
  terminal.print(table([['id', 'waits', 'left', 'asked by', 'tool', 'what'], ...rows].map((row) => row.map(lineOf))))
}

async function stateOf({ requests }: Desk, id: string): Promise<ApprovalState> {
  const state = await requests.get(id)
  if (state !== undefined) return state
  throw new ToolError('not_found', `There is no request '${lineOf(id)}' for approval.`, { hint: "'approvals' lists those that wait." })
}

async function undecidedState(desk: Desk, id: string): Promise<ApprovalState> {
  const state = await stateOf(desk, id)
  const { decision, expired } = state
  if (decision === undefined && !expired) return state
  const why = decision === undefined ? 'is past' : `was ${decision.decision} by ${decision.by} at ${decision.at}`
  const error = new ToolError(decision === undefined ? 'denied' : 'conflict', `The request ${id} ${why}.`, {
    hint: decision === undefined ? 'Let the assistant plan anew.' : "'approvals' lists those that wait.",
  })
  return desk.audited(about(state, 'error'), () => Promise.reject(error))
}

function about({ request }: ApprovalState, result: string): Decided {
  const { id, name, service, instance, input, plan } = request
  return { call: id, tool: name, service, instances: [instance], input, summary: plan.summary, targets: plan.targets, result }
}

async function askName(name: string, { ask }: Terminal): Promise<string> {
  if (ask === undefined) return ''
  return ask(`This cannot be taken back. Type ${lineOf(name)} to agree: `)
}
