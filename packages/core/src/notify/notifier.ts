import { createApprovalLinks } from '../approve/approval-link.ts'
import { requestEntry, type Announce, type ApprovalRequest } from '../approve/approval-request.ts'
import { createApprovalRequests } from '../approve/approval-requests.ts'
import { openOwner } from '../approve/owner.ts'
import type { NotifyChannel, NotifyConfiguration } from '../config/notify.ts'
import { statusError } from '../connect/api-error.ts'
import { createConnection } from '../connect/connection.ts'
import { retryAfterMs } from '../connect/retry.ts'
import type { Connection } from '../define/connection.ts'
import { ToolError } from '../define/error.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { notificationOf, type Notification } from './notification.ts'
import { pushOf } from './push.ts'
import { createTurns } from './turns.ts'

/** Tells a person of requests for their approval. */
export interface Notifier {
  /**
   * Sends to every channel, in the background; what fails is tried again for a while, then logged and audited. A few of one
   * principal a minute, the others after them; one that a form asks as well only if nobody decided it within a minute.
   */
  announce: Announce
  /** Lets what is being sent finish within the time given; nothing is tried again, and what has yet to wait its turn is not sent. */
  close(graceMs: number): Promise<void>
}

interface Failure {
  error: ToolError
  /** How long to wait at least before it may be tried again; undefined where that is of no use. */
  waitMs: number | undefined
}

const attemptMs = 10_000
/** What is between the attempts; a request lives for an hour. */
const pausesMs = [1_000, 5_000, 20_000, 60_000, 300_000, 600_000]
/** A person at the form needs no phone; a form nobody sees must not keep them from hearing of it. */
const formMs = 60_000
const lastingCodes = new Set(['unreachable', 'timeout', 'rate_limited'])

/** Makes the notifier of a process. Nobody is contacted before the first request. */
export function createNotifier(runtime: Runtime, { url, channels }: NotifyConfiguration): Notifier {
  const { clock, log, audit, secrets } = runtime
  const links = createApprovalLinks(runtime)
  const ways = channels.map((channel) => ({ channel, connection: createConnection({ ...channel, timeoutMs: attemptMs }, { log }) }))
  const requests = createApprovalRequests(runtime, openOwner(runtime))
  const turns = createTurns(clock)
  const underWay = new Set<Promise<void>>()
  const [ending, over] = [new AbortController(), new AbortController()]

  const attempt = async (channel: NotifyChannel, connection: Connection, notification: Notification): Promise<Failure | undefined> => {
    const { path, headers, body } = pushOf(channel, notification)
    try {
      const response = await connection.fetch(path, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: over.signal,
      })
      if (response.ok) {
        await response.body?.cancel()
        return undefined
      }
      const error = await statusError(response, { name: channel.kind, describeError: (_, answer) => descriptionIn(answer) })
      const isLasting = response.status === 429 || response.status >= 500
      return { error, waitMs: isLasting ? (retryAfterMs(response.headers.get('retry-after'), clock.now()) ?? 0) : undefined }
    } catch (cause) {
      if (!ToolError.isInstance(cause))
        return { error: new ToolError('timeout', 'The process ended before it was sent.'), waitMs: undefined }
      return { error: cause, waitMs: lastingCodes.has(cause.code) ? 0 : undefined }
    }
  }

  /** Tries until it is delivered, would come too late, or is of no use. */
  const deliver = async (channel: NotifyChannel, connection: Connection, notification: Notification): Promise<ToolError | undefined> => {
    const expires = Date.parse(notification.request.expires_at)
    for (let tries = 0; ; tries += 1) {
      const failure = await attempt(channel, connection, notification)
      if (failure === undefined) return undefined
      const pause = Math.max(pausesMs[tries] ?? Infinity, failure.waitMs ?? Infinity)
      if (ending.signal.aborted || clock.now() + pause >= expires) return failure.error
      try {
        await clock.sleep(pause, ending.signal)
      } catch {
        return failure.error
      }
    }
  }

  /** Where that cannot be seen, the person is told all the same. */
  const isWanted = async ({ id }: ApprovalRequest): Promise<boolean> =>
    (await requests.get(id).catch(() => undefined))?.decision === undefined

  const tell = async (request: ApprovalRequest, formIsShown: boolean): Promise<void> => {
    // When the process ends the form is gone, and the phone is all that is left.
    if (formIsShown) await clock.sleep(formMs, ending.signal).catch(() => undefined)
    let later: number | undefined
    try {
      later = await turns.next(request.principal, () => isWanted(request), ending.signal)
    } catch {
      const ended = new ToolError('rate_limited', 'The process ended before its turn among many of one principal.')
      for (const { channel } of ways) record(request, channel, ended)
    }
    if (later === undefined) return
    const notification = notificationOf(request, await links.linkTo(request, url), secrets, later)
    await Promise.all(
      ways.map(async ({ channel, connection }) => {
        const error = await deliver(channel, connection, notification)
        record(request, channel, error)
      }),
    )
  }

  const record = (request: ApprovalRequest, { kind }: NotifyChannel, error?: ToolError): void => {
    const why = error === undefined ? undefined : secrets.text(`${error.code}: ${error.message}`)
    if (error !== undefined)
      log('warn', `The request ${request.id} for approval could not be told by ${kind}: ${error.message} ${error.hint ?? ''}`.trim())
    audit.record({
      ...requestEntry(request),
      input: { channel: kind },
      result: error === undefined ? 'announced' : 'not announced',
      ...(why === undefined ? {} : { error: why }),
    })
  }

  return {
    announce(request, { formIsShown } = { formIsShown: false }) {
      const work = tell(request, formIsShown)
        .catch((error: unknown) => log('warn', `The request ${request.id} for approval could not be told: ${String(error)}`))
        .finally(() => underWay.delete(work))
      underWay.add(work)
    },
    async close(graceMs) {
      ending.abort()
      const takeBack = clock.after(graceMs, () => over.abort())
      await Promise.all(underWay)
      takeBack()
      await Promise.all(ways.map(async ({ connection }) => connection.close?.()))
    },
  }
}

/** Where Telegram says what it minds. */
function descriptionIn(answer: unknown): string | undefined {
  const { description } = (answer ?? {}) as { description?: unknown }
  return typeof description === 'string' ? description : undefined
}
