import { ToolError } from '../define/error.ts'
import type { Plan } from '../define/plan.ts'
import type { Approval } from '../policy/required-approval.ts'
import { jsonIn } from '../record/json.ts'
import type { StateStore } from '../record/state-store.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { hashOf, sha256 } from './canonical.ts'
import type { CallResult } from './result.ts'

/** What a token stands for: one plan, for one principal, made from one state. */
export interface PlanRecord {
  principal: string
  service: string
  tool: string
  /** As it was called. */
  name: string
  /** Those it would touch. */
  instances: readonly string[]
  /** Hash of what the plan of each part is bound to: by instance, or by change where a group is taken back. */
  basis: Readonly<Record<string, string>>
  /** Hash of what was asked for. */
  inputHash: string
  plan: Plan
  /** Milliseconds since the epoch. */
  expires: number
  /** Who must agree; at redemption it may be more, never less. */
  approval: Approval
  /** The request a person decides on, where one must. */
  request?: string
  /** Known to the server and, once it was asked, to the client: an answer without it answers nothing. */
  nonce?: string
}

/** A plan that somebody ran, or is running. */
export interface ClaimedPlan extends PlanRecord {
  claimedAt?: number
  outcome?: CallResult
}

/** A plan that was kept, and the token that runs it. */
interface Issued {
  token: string
  record: PlanRecord
}

/** Keeps plans until they are redeemed, once, or expire. */
export interface PlanStore {
  /**
   * Keeps the plan; the answer is the token, and the record as it was kept. A plan for a person that is made again in this
   * process is the one it was, as long as nobody said no to it: nobody is asked the same thing twice.
   */
  issue(record: Omit<PlanRecord, 'expires'>): Promise<Issued>
  /** The plan a token stands for, and whether it is still to be had. */
  find(token: string): Promise<{ open: PlanRecord } | { claimed: ClaimedPlan } | undefined>
  /** True for exactly one caller of all processes. */
  claim(token: string): Promise<boolean>
  /** Takes away a plan whose token nobody was told. */
  forget(token: string): Promise<void>
  /** Keeps what came of it, for whoever sends the token again. */
  close(token: string, record: PlanRecord, outcome: CallResult): Promise<void>
}

/** A person who must be found first has longer. */
const lifetimesMs = { none: 60_000, token: 5 * 60_000, human: 60 * 60_000 } as const

/** How long a plan is good for at most: as long as a person may take. */
export const longestPlanMs = lifetimesMs.human
const claimedKeptMs = 24 * 60 * 60_000
const sweepEveryMs = 60_000
const sweptAtOnce = 200
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Makes the plan store of a process; all processes of a state directory share its records. */
export function createPlanStore(
  { store, clock, random }: Pick<Runtime, 'store' | 'clock' | 'random'>,
  isRefused: (request: string) => Promise<boolean>,
): PlanStore {
  let sweptAt = 0
  // Only here is a token known beside its plan: files have its hash alone.
  const waiting = new Map<string, { issued: Promise<Issued | undefined>; until: number }>()

  const keep = async (record: Omit<PlanRecord, 'expires'>): Promise<Issued> => {
    const token = Array.from(random(16), (byte) => alphabet[byte % alphabet.length]).join('')
    const kept: PlanRecord = { ...record, expires: clock.now() + lifetimesMs[record.approval] }
    await store.write(`plans/${fileOf(token)}`, JSON.stringify(kept))
    if (clock.now() - sweptAt > sweepEveryMs) {
      sweptAt = clock.now()
      // No plan fails because an old one cannot be taken away.
      await sweep(store, clock.now()).catch(() => undefined)
    }
    return { token, record: kept }
  }

  const stillWaits = async (issued: Issued | undefined): Promise<Issued | undefined> => {
    if (issued === undefined || issued.record.expires <= clock.now()) return undefined
    if (!(await store.has(`plans/${fileOf(issued.token)}`)) || (await isRefused(issued.record.request ?? ''))) return undefined
    return issued
  }

  return {
    issue: async (record) => {
      if (record.approval !== 'human') return keep(record)
      const { request: _request, nonce: _nonce, ...same } = record
      const key = hashOf(same)
      const before = waiting.get(key)?.issued ?? Promise.resolve(undefined)
      // One after the other, or calls that come together would each find nothing.
      const issued = before.then(stillWaits).then((found) => found ?? keep(record))
      for (const [other, { until }] of waiting) if (until <= clock.now()) waiting.delete(other)
      waiting.set(key, { issued: issued.catch(() => undefined), until: clock.now() + longestPlanMs })
      return issued
    },
    find: async (token) => {
      const open = await store.read(`plans/${fileOf(token)}`)
      if (open !== undefined) return { open: recordIn(open) ?? damaged() }
      const claimed = await store.read(`claimed/${fileOf(token)}`)
      return claimed === undefined ? undefined : { claimed: recordIn(claimed) ?? damaged() }
    },
    claim: (token) => store.claim(`plans/${fileOf(token)}`, `claimed/${fileOf(token)}`),
    forget: (token) => store.remove(`plans/${fileOf(token)}`),
    close: (token, record, outcome) =>
      store.write(`claimed/${fileOf(token)}`, JSON.stringify({ ...record, claimedAt: clock.now(), outcome } satisfies ClaimedPlan)),
  }
}

/** What a token is known by where it must not be written down. */
export function tokenHash(token: string): string {
  return sha256(token.trim().toUpperCase())
}

function fileOf(token: string): string {
  return `${tokenHash(token)}.json`
}

/** The record in a file; undefined where a crash or a hand left something else. */
function recordIn(text: string): PlanRecord | undefined {
  const record = jsonIn(text) as Partial<PlanRecord> | undefined
  return typeof record?.expires === 'number' && typeof record.basis === 'object' ? (record as PlanRecord) : undefined
}

function damaged(): never {
  throw new ToolError('denied', 'The record of the plan is damaged.', {
    hint: 'Read the state of its targets, then call again without confirm.',
  })
}

/** Plans nobody confirmed and outcomes nobody will ask for again are taken away: of thousands some at a time, that nobody waits. */
async function sweep(store: StateStore, now: number): Promise<void> {
  for (const [directory, keptMs] of [
    ['plans', 0],
    ['claimed', claimedKeptMs],
  ] as const) {
    const names = await store.list(directory)
    // Names are hashes: where one begins is as good as where another does, and each has its turn.
    const start = Math.max(0, Math.floor(now % names.length || 0) - sweptAtOnce)
    await Promise.all(
      names.slice(start, start + sweptAtOnce).map(async (name) => {
        const text = await store.read(`${directory}/${name}`)
        if (text !== undefined && (recordIn(text)?.expires ?? 0) + keptMs < now) await store.remove(`${directory}/${name}`)
      }),
    )
  }
}
