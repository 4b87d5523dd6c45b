import { canonicalJson, hashOf } from '../call/canonical.ts'
import { longestPlanMs } from '../call/plan-store.ts'
import { ToolError } from '../define/error.ts'
import { jsonIn } from '../record/json.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { ApprovalRequest } from './approval-request.ts'
import { recordExpired } from './expired-requests.ts'
import type { Owner } from './owner.ts'

/** What a person decided. */
export interface Decision {
  /** `settled` where nobody needs to decide any more: the plan ran, or is void. */
  decision: 'approved' | 'rejected' | 'settled'
  /** `cli:<user>`, `notify:<user>` or `elicitation`; whoever else agreed, where it is settled. */
  by: string
  /** ISO 8601. */
  at: string
}

/** A request and what came of it. */
export type ApprovalState = { request: ApprovalRequest; decision?: Decision; expired: boolean }

/** How a person decides. */
export interface Deciding extends Pick<Decision, 'by'> {
  decision: 'approved' | 'rejected'
  passphrase: string
  /** What they were shown: where the request reads otherwise by now, nothing is decided. */
  shown?: ApprovalRequest
  /** What they typed to agree to what cannot be taken back. */
  typed?: string
}

/** The requests of a state directory for a person's approval; every process of it sees all of them. */
export interface ApprovalRequests {
  /** Asks; undefined where that was asked already. Throws `rate_limited` where too many requests of the principal wait. */
  open(asked: Omit<ApprovalRequest, 'at'>): Promise<ApprovalRequest | undefined>
  /** A request and its decision; a decision counts as an approval only where the owner signed it. */
  get(id: string): Promise<ApprovalState | undefined>
  /** Those nobody decided and that are not past, oldest first. Those that are past are written down as expired. */
  pending(): Promise<ApprovalRequest[]>
  /** Decides, once; throws `conflict` where that happened already, `denied` for a wrong passphrase. */
  decide(id: string, deciding: Deciding): Promise<Decision>
  /** Says no without anybody's signature, once: nothing is approved by it. */
  withdraw(id: string, by: string): Promise<Decision>
  /** Takes a request away from those that wait, where nobody decided it: its plan ran by other leave, or is void. */
  settle(id: string, by: string): Promise<void>
}

type StoredDecision = Decision & { signature?: string }

const idForm = /^\d{8}T\d{6}-[a-z2-7]{6}$/
const keptMs = 7 * 24 * 60 * 60_000

/** Requests of one principal that may wait at a time: more than anybody reads, fewer than would bury the others. */
const mostWaiting = 20

/** Keeps requests in `approvals/` and what was decided in `decisions/`. */
export function createApprovalRequests(runtime: Pick<Runtime, 'store' | 'clock' | 'audit'>, owner: Owner): ApprovalRequests {
  const { store, clock } = runtime
  const requestPath = (id: string) => `approvals/${id}.json`
  const decisionPath = (id: string) => `decisions/${id}.json`
  const now = () => new Date(clock.now()).toISOString()

  const requestOf = async (id: string): Promise<ApprovalRequest | undefined> => {
    const text = idForm.test(id) ? await store.read(requestPath(id)) : undefined
    return text === undefined ? undefined : requestIn(text, id)
  }

  const decisionOf = async (request: ApprovalRequest): Promise<Decision | undefined> => {
    const text = await store.read(decisionPath(request.id))
    const stored = text === undefined ? undefined : decisionIn(text)
    if (stored === undefined) return undefined
    const { signature, ...decision } = stored
    if (decision.decision !== 'approved') return decision
    return signature !== undefined && (await owner.verify(statementOf(request, decision), signature)) ? decision : undefined
  }

  const existing = async (id: string): Promise<ApprovalState> => {
    const request = await requestOf(id)
    if (request === undefined)
      throw new ToolError('not_found', `There is no request '${id}' for approval.`, { hint: "'approvals' lists those that wait." })
    const decision = await decisionOf(request)
    return { request, ...(decision === undefined ? {} : { decision }), expired: Date.parse(request.expires_at) <= clock.now() }
  }

  /** A request that still can be decided. */
  const undecided = async (id: string): Promise<ApprovalRequest> => {
    const { request, decision: earlier, expired } = await existing(id)
    if (earlier !== undefined)
      throw new ToolError('conflict', `The request ${id} was ${earlier.decision} by ${earlier.by} at ${earlier.at}.`, {
        hint: "'approvals' lists those that wait.",
      })
    if (expired) throw new ToolError('denied', `The request ${id} is past.`, { hint: 'Let the assistant plan anew.' })
    return request
  }

  const keep = async (id: string, decision: StoredDecision): Promise<void> => {
    // An unsigned approval that lies there counts for nothing, and must not stand in the way of a real one.
    const isTaken = (await existing(id)).decision !== undefined
    if (!isTaken && ((await store.create(decisionPath(id), JSON.stringify(decision))) || (await replaced(id, decision)))) return
    throw new ToolError('conflict', `The request ${id} was decided already.`, { hint: "'approvals' lists those that wait." })
  }

  const replaced = async (id: string, decision: StoredDecision): Promise<boolean> => {
    if ((await existing(id)).decision !== undefined) return false
    await store.write(decisionPath(id), JSON.stringify(decision))
    return true
  }

  const waitingOf = async (principal: string): Promise<number> => {
    // An id begins with its time, and what is older than any plan may be waits no more.
    const oldest = idTime(clock.now() - longestPlanMs)
    const names = (await store.list('approvals')).filter((name) => name.endsWith('.json') && name >= oldest)
    const states = await Promise.all(names.map((name) => existing(name.slice(0, -5)).catch(() => undefined)))
    return states.filter((state) => state?.expired === false && state.decision === undefined && state.request.principal === principal)
      .length
  }

  const open = async (asked: Omit<ApprovalRequest, 'at'>): Promise<ApprovalRequest | undefined> => {
    const { id, principal } = asked
    // A token that is sent again brings its request along, which is one of those that wait.
    if (await store.has(requestPath(id))) return undefined
    if ((await waitingOf(principal)) >= mostWaiting) throw tooMany(principal)
    const request: ApprovalRequest = { ...asked, at: now() }
    if (!(await store.create(requestPath(id), JSON.stringify(request)))) return undefined
    void sweep(runtime).catch(() => undefined)
    // Of processes that ask at the same time each counted before the other wrote; whoever counts last finds one too many.
    if ((await waitingOf(principal)) <= mostWaiting) return request
    await store.remove(requestPath(id))
    throw tooMany(principal)
  }

  let opening: Promise<unknown> = Promise.resolve()

  return {
    open(asked) {
      // One at a time, or of many that come together each would find the others too many.
      const opened = opening.then(() => open(asked))
      opening = opened.catch(() => undefined)
      return opened
    },
    get: async (id) => ((await requestOf(id)) === undefined ? undefined : existing(id)),
    async pending() {
      const names = (await store.list('approvals')).filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -5))
      const states = await Promise.all(names.map((id) => existing(id).catch(() => undefined)))
      const past = states.flatMap((state) => (state?.expired === true && state.decision === undefined ? [state.request] : []))
      // Where that cannot be written, what waits is told all the same.
      await recordExpired(runtime, past).catch(() => undefined)
      return states.flatMap((state) => (state === undefined || state.expired || state.decision !== undefined ? [] : [state.request]))
    },
    async decide(id, { decision, by, passphrase, shown, typed }) {
      const request = await undecided(id)
      if (shown !== undefined && hashOf(request) !== hashOf(shown))
        throw new ToolError('conflict', `The request ${id} was rewritten while it was being read.`, {
          hint: 'Nothing was decided. Somebody else can write the state directory: see SECURITY.md.',
        })
      if (decision === 'approved' && request.typed !== undefined && typed?.trim() !== request.typed)
        throw new ToolError('denied', `This cannot be taken back: to agree, '${request.typed}' must be typed exactly.`, {
          hint: 'Nothing was decided.',
        })
      const made: Decision = { decision, by, at: now() }
      await keep(id, { ...made, signature: await owner.sign(statementOf(request, made), passphrase) })
      return made
    },
    async withdraw(id, by) {
      await undecided(id)
      const made: Decision = { decision: 'rejected', by, at: now() }
      await keep(id, made)
      return made
    },
    async settle(id, by) {
      const state = (await requestOf(id)) === undefined ? undefined : await existing(id)
      if (state !== undefined && state.decision === undefined) await keep(id, { decision: 'settled', by, at: now() })
    },
  }
}

/** What the owner signs: the decision, and everything they were shown. */
function statementOf(request: ApprovalRequest, decision: Decision): unknown {
  return { statement: 'approval', request: hashOf(request), ...decision }
}

function requestIn(text: string, id: string): ApprovalRequest | undefined {
  const request = jsonIn(text) as Partial<ApprovalRequest> | undefined
  const isWhole = request?.id === id && typeof request.digest === 'string' && isTime(request.at) && isTime(request.expires_at)
  return isWhole && typeof request.plan?.summary === 'string' ? (request as ApprovalRequest) : undefined
}

/** A time that is none would never be past. */
function isTime(text: unknown): boolean {
  return typeof text === 'string' && !Number.isNaN(Date.parse(text))
}

function decisionIn(text: string): StoredDecision | undefined {
  const decision = jsonIn(text) as Partial<StoredDecision> | undefined
  const isKnown = ['approved', 'rejected', 'settled'].some((known) => known === decision?.decision)
  return isKnown && typeof decision?.by === 'string' && typeof decision.at === 'string' ? (decision as StoredDecision) : undefined
}

/** What an id of that time begins with. */
function idTime(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')
}

function tooMany(principal: string): ToolError {
  return new ToolError('rate_limited', `${mostWaiting} requests of ${principal} wait for a person already; this one was not made.`, {
    hint: 'Nothing is lost: tell the person, wait until they decided some (list_approvals shows what waits), then call again.',
  })
}

/** Takes away what was decided or past long ago; an id begins with its time. */
async function sweep({ store, clock }: Pick<Runtime, 'store' | 'clock'>): Promise<void> {
  const oldest = idTime(clock.now() - keptMs)
  for (const directory of ['approvals', 'decisions', 'expirations'])
    for (const name of await store.list(directory)) if (name < oldest) await store.remove(`${directory}/${name}`)
}

/** What a request for approval is about: a plan record, and the hash of the token that runs it. */
export function digestOf(record: unknown, tokenHash: string): string {
  return hashOf(`${tokenHash}\n${canonicalJson(record)}`)
}
