import { setMaxListeners } from 'node:events'
import type { Access } from '../define/access.ts'
import { ToolError } from '../define/error.ts'
import { madeLine } from '../facets/call-line.ts'
import { createId } from '../record/journal.ts'
import { jsonIn } from '../record/json.ts'
import { isAlive, thisProcess, type OwnerProcess } from '../record/owner-process.ts'
import type { StateStore } from '../record/state-store.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { Exposure } from './exposure.ts'
import type { CallResult } from './result.ts'
import type { Progress } from './surface.ts'

/** Long work as any process of the state directory sees it; written by the process that does it. */
export interface Operation extends OwnerProcess {
  id: string
  status: 'running' | 'finished' | 'cancelled' | 'lost'
  principal: string
  tool: string
  /** ISO 8601. */
  started_at: string
  /** ISO 8601; renewed while the owner lives. */
  seen_at: string
  progress?: Progress
  outcome?: CallResult
}

/** Work a call does: it stops when the signal is aborted. */
export type Work = (signal: AbortSignal, progress: (progress: Progress) => void) => Promise<CallResult>

/** What is known of the caller that waits for work. */
export interface Waiting {
  principal: string
  tool: string
  signal?: AbortSignal | undefined
  /** What ends the work, where there is such a thing already; `signal` reaches it by another way then. */
  controller?: AbortController | undefined
  progress?: ((progress: Progress) => void) | undefined
  /** How much is listed to it. */
  exposure?: Exposure | undefined
}

/** Runs work inline while it is short, and as an operation once it is not. */
export interface Operations {
  run(waiting: Waiting, work: Work): Promise<CallResult>
  get(id: string): Promise<Operation | undefined>
  /** Asks the owner to stop, whichever process that is. */
  cancel(id: string): Promise<void>
  /** Waits for what is under way, then aborts it and waits for its end. */
  close(graceMs: number): Promise<void>
}

const heartbeatMs = 1_000
const lostAfterMs = 30_000
const keptMs = 7 * 24 * 60 * 60_000
const idForm = /^\d{8}T\d{6}-[a-z2-7]{6}$/

/** Makes the operations of a process, whose tools for them are listed under a prefix. */
export function createOperations(runtime: Runtime, inlineBudgetMs: number, prefix = ''): Operations {
  const { store, clock } = runtime
  const underWay = new Map<Promise<CallResult>, AbortController>()
  const followed = new Set<Promise<void>>()
  const path = (id: string) => `operations/${id}.json`
  const cancelPath = (id: string) => `operations/${id}.cancel`
  const now = () => new Date(clock.now()).toISOString()

  const keepAlive = async (operation: Operation, controller: AbortController) => {
    if ((await store.read(cancelPath(operation.id))) !== undefined && !controller.signal.aborted) {
      controller.abort(cancelled())
      operation.status = 'cancelled'
    }
    await store.write(path(operation.id), JSON.stringify({ ...operation, status: 'running', seen_at: now() }))
  }

  /** Writes the record of work that outlived its caller until it ends; a cancel request is a file beside it. */
  const follow = async (operation: Operation, finished: Promise<CallResult>, controller: AbortController) => {
    const beat = new AbortController()
    const ended = finished.finally(() => beat.abort())
    while (!beat.signal.aborted) {
      await clock.sleep(heartbeatMs, beat.signal).catch(() => undefined)
      if (beat.signal.aborted) break
      // A disk that is full for a while costs beats, not the work's record and its way to be cancelled.
      await keepAlive(operation, controller).catch(() => undefined)
    }
    const outcome = await ended
    const status = operation.status === 'cancelled' ? 'cancelled' : 'finished'
    await store.write(path(operation.id), JSON.stringify({ ...operation, status, seen_at: now(), outcome }))
    await store.remove(cancelPath(operation.id))
  }

  return {
    run: async (waiting, work) => {
      const controller = waiting.controller ?? new AbortController()
      // Everything a call does listens to its one signal.
      setMaxListeners(0, controller.signal)
      const detach = waiting.controller === undefined ? endedWith(waiting.signal, controller) : () => undefined
      let latest: Progress | undefined
      let operation: Operation | undefined
      const finished = work(controller.signal, (progress) => {
        latest = progress
        if (operation === undefined) waiting.progress?.(progress)
        else operation.progress = progress
      })
      underWay.set(finished, controller)
      void finished.finally(() => underWay.delete(finished))
      let impatient: (() => void) | undefined
      const patience = new Promise<undefined>((resolve) => {
        if (inlineBudgetMs !== Infinity) impatient = clock.after(inlineBudgetMs, () => resolve(undefined))
      })
      const first = await Promise.race([finished, patience])
      impatient?.()
      if (first !== undefined) {
        detach()
        return first
      }
      const at = now()
      operation = {
        id: createId(clock, runtime.random),
        status: 'running',
        principal: waiting.principal,
        tool: waiting.tool,
        started_at: at,
        seen_at: at,
        ...thisProcess(),
        ...(latest === undefined ? {} : { progress: latest }),
      }
      const { id } = operation
      const { exposure = 'all' } = waiting
      const ask = (tool: string, access: Access) => madeLine({ exposure, prefix }, `${prefix}${tool}`, access, { id })
      try {
        await store.write(path(id), JSON.stringify(operation))
      } catch {
        // Where nobody could ask for it again, the caller goes on waiting.
        runtime.log('warn', `${waiting.tool} takes long and cannot be kept as an operation; its caller waits.`)
        operation = undefined
        return finished.finally(detach)
      }
      detach()
      void sweep(store, clock.now()).catch(() => undefined)
      const following = follow(operation, finished, controller).catch(() =>
        runtime.log('error', `The record of operation ${id} could not be written.`),
      )
      followed.add(following)
      void following.finally(() => followed.delete(following))
      return {
        kind: 'running',
        operation: id,
        text: `${waiting.tool} is still running as operation ${id}. ${ask('get_operation', 'observe')} says how it is doing; ${ask('cancel_operation', 'operate')} stops it.`,
      }
    },
    get: async (id) => {
      const text = idForm.test(id) ? await store.read(path(id)) : undefined
      const operation = text === undefined ? undefined : operationIn(text)
      if (operation === undefined) return undefined
      const silentMs = clock.now() - Date.parse(operation.seen_at)
      return operation.status === 'running' && (silentMs > lostAfterMs || !isAlive(operation))
        ? { ...operation, status: 'lost' }
        : operation
    },
    cancel: (id) => store.write(cancelPath(id), now()),
    close: async (graceMs) => {
      const allEnded = () => Promise.allSettled([...underWay.keys(), ...followed])
      const timer = new AbortController()
      await Promise.race([allEnded(), clock.sleep(graceMs, timer.signal).catch(() => undefined)])
      timer.abort()
      for (const controller of underWay.values())
        controller.abort(
          new ToolError('denied', 'The server was shut down before the call ended.', {
            hint: 'Read the state of its targets before trying again.',
          }),
        )
      await allEnded()
    },
  }
}

/** The record in a file; undefined where a crash or a hand left something else. */
function operationIn(text: string): Operation | undefined {
  const operation = jsonIn(text) as Partial<Operation> | undefined
  return typeof operation?.seen_at === 'string' && typeof operation.owner === 'number' ? (operation as Operation) : undefined
}

/** Takes away what nobody will ask for again; an id begins with its time. */
async function sweep(store: StateStore, now: number): Promise<void> {
  const oldest = new Date(now - keptMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')
  for (const name of await store.list('operations')) if (name < oldest) await store.remove(`operations/${name}`)
}

/** Cancels work with whoever waits for it; gives back how they go separate ways. */
export function endedWith(signal: AbortSignal | undefined, controller: AbortController): () => void {
  const abort = () => controller.abort(cancelled())
  if (signal?.aborted === true) abort()
  signal?.addEventListener('abort', abort, { once: true })
  return () => signal?.removeEventListener('abort', abort)
}

function cancelled(): ToolError {
  return new ToolError('denied', 'The call was cancelled.', {
    hint: 'What the target had already been told may still take effect: read its state.',
  })
}
