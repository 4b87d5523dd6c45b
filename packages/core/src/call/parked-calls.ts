import { ToolError } from '../define/error.ts'
import { createId } from '../record/journal.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { endedWith } from './operations.ts'
import type { Question } from './questions.ts'
import type { CallResult } from './result.ts'
import type { CallRequest, Progress } from './surface.ts'

/** Asks the client in the middle of a call; undefined where it did not answer this, throws `denied` where it cannot be asked. */
export type Ask = (question: Question) => Promise<unknown>

/** A call that may ask: what ends it and what it tells outlives the request that began it, for the answers come with another. */
export interface Asking {
  controller: AbortController
  ask: Ask
  /** Tells whichever request waits now. */
  progress: (progress: Progress) => void
}

/** Calls that wait in the middle for an answer of their client, whichever request it comes with. */
export interface ParkedCalls {
  /** Runs a call until it is done or asks; what it asks is the result. */
  run(request: CallRequest, work: (asking: Asking) => Promise<CallResult>): Promise<CallResult>
  /** Goes on with the call a request answers; undefined where it answers none. */
  resume(request: CallRequest): Promise<CallResult> | undefined
  /** Gives up on all that wait. */
  close(): void
}

/** A call nobody answers is given up. */
const longestWaitMs = 5 * 60_000
/** So many may wait for one principal. */
const mostWaiting = 20

interface Open {
  question: Question
  settle: (answer: unknown) => void
}

interface Parked {
  /** What it is known by once it waits; most calls ask nothing. */
  id?: string
  readonly principal: string
  readonly controller: AbortController
  readonly done: Promise<CallResult>
  readonly open: Map<string, Open>
  /** The request that waits now. */
  request: CallRequest
  /** Told when something is asked. */
  asked: () => void
  expiry?: () => void
}

/** Makes the parked calls of a process. */
export function createParkedCalls({ clock, random }: Pick<Runtime, 'clock' | 'random'>): ParkedCalls {
  const parked = new Map<string, Parked>()

  /** Waits with the client until the call is done or asks it something. */
  async function wait(call: Parked, request: CallRequest): Promise<CallResult> {
    const detach = endedWith(request.signal, call.controller)
    const asked = new Promise<'asked'>((resolve) => (call.asked = () => resolve('asked')))
    if (call.open.size > 0) call.asked()
    const came = await Promise.race([call.done, asked])
    detach()
    if (came !== 'asked') return came
    if ([...parked.values()].filter(({ principal }) => principal === call.principal).length >= mostWaiting) {
      answer(call, {})
      throw new ToolError('rate_limited', 'Too many of your calls wait for an answer.', { hint: 'Answer what is asked first.' })
    }
    const id = (call.id ??= createId(clock, random))
    parked.set(id, call)
    call.expiry = clock.after(longestWaitMs, () => giveUp(id))
    const ask = Object.fromEntries([...call.open].map(([name, { question }]) => [name, question]))
    return {
      kind: 'pending',
      text: `PENDING: ${wordsOf(call)} Nothing goes on until it is answered; without an answer the call is given up in five minutes.`,
      questions: { ask, state: { parked: id } },
    }
  }

  function take(id: string): Parked | undefined {
    const call = parked.get(id)
    parked.delete(id)
    call?.expiry?.()
    return call
  }

  function giveUp(id: string): void {
    const call = take(id)
    if (call === undefined) return
    answer(call, {})
    call.controller.abort(new ToolError('timeout', 'What was asked was not answered in time.', { hint: 'Call again, and answer.' }))
  }

  return {
    run(request, work) {
      const controller = new AbortController()
      const open = new Map<string, Open>()
      let count = 0
      const ask: Ask = (question) => {
        const kind = question.method.split('/')[0]
        if (call.request.client?.askable.some((askable) => askable === kind) !== true) return Promise.reject(cannotBeAsked(kind ?? ''))
        return new Promise((settle) => {
          count += 1
          open.set(`question_${count}`, { question, settle })
          // What is asked at one go is put to the client at one go.
          queueMicrotask(() => call.asked())
        })
      }
      // Begun a moment later, when the call knows itself.
      const progress = (told: Progress) => call.request.progress?.(told)
      const done = Promise.resolve().then(() => work({ controller, ask, progress }))
      const call: Parked = {
        principal: request.caller.principal,
        controller,
        done,
        open,
        request,
        asked: () => undefined,
      }
      return wait(call, request)
    },
    resume(request) {
      const { parked: id } = (request.client?.answers?.state ?? {}) as { parked?: unknown }
      if (typeof id !== 'string') return undefined
      const call = parked.get(id)?.principal === request.caller.principal ? take(id) : undefined
      if (call === undefined)
        return Promise.reject(
          new ToolError('conflict', 'The call that asked does not wait any more.', { hint: 'Make the call again, from the start.' }),
        )
      call.request = request
      answer(call, request.client?.answers?.given ?? {})
      return wait(call, request)
    },
    close() {
      for (const [id, call] of parked) {
        take(id)
        call.controller.abort(new ToolError('timeout', 'The process ends.', { hint: 'Call again once it is back.' }))
        answer(call, {})
      }
    },
  }
}

function cannotBeAsked(kind: string): ToolError {
  return new ToolError('denied', `The call asks for ${kind}, which this client does not answer.`, {
    hint: `Connect with a client that declares the capability '${kind}', or use a tool that asks nothing.`,
  })
}

function answer({ open }: Parked, given: Readonly<Record<string, unknown>>): void {
  const settled = [...open]
  open.clear()
  for (const [name, { settle }] of settled) settle(given[name])
}

/** What is asked, in its own words where it has any. */
function wordsOf({ open }: Parked): string {
  return [...open.values()]
    .map(({ question: { method, params } }) => (typeof params['message'] === 'string' ? params['message'] : `The call asks for ${method}.`))
    .join(' ')
}
