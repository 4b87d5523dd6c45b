import { setMaxListeners } from 'node:events'
import type { Duplex } from 'node:stream'
import type { Connection } from '@rackwarden/core'
import { parseHost, parseSshUrl, type HostAddress } from './address.ts'
import { connectLimit, type SshConfig } from './config.ts'
import { readCredentials } from './credentials.ts'
import { loginTimeout } from './failure.ts'
import { readHostKeyRule, type HostKeyRule } from './host-key.ts'
import { startSession, type Attempt, type Session } from './session.ts'
import { streamOf } from './stream.ts'

/** Logs in to the configured host, through the jump host where there is one. */
export async function openSession(config: SshConfig, base: Pick<Connection, 'dial'>, closed: AbortSignal): Promise<Session> {
  const target = parseSshUrl(config.url)
  const jump = config.sshJump === undefined ? undefined : parseHost(config.sshJump)
  const credentials = await readCredentials(config)
  const rules = await Promise.all([
    readHostKeyRule(target, 'sshHostKey', config),
    jump === undefined ? undefined : readHostKeyRule(jump, 'sshJumpHostKey', config),
  ])
  const limitMs = connectLimit(config)
  const limit = new AbortController()
  // From here on: what reading keys takes is no fault of the other side.
  const timer = setTimeout(() => limit.abort(loginTimeout(jump === undefined || carrier !== undefined ? target : jump, limitMs)), limitMs)
  const signal = AbortSignal.any([limit.signal, closed])
  setMaxListeners(0, signal)
  const shared = { credentials, signal, channelLimitMs: limitMs }
  let carrier: Session | undefined
  try {
    if (jump !== undefined && rules[1] !== undefined)
      carrier = await logIn({ ...shared, address: jump, rule: rules[1], dial: () => base.dial({ host: jump.host, port: jump.port }) })
    const dial = carrier === undefined ? () => base.dial({ host: target.host, port: target.port }) : forward(carrier, target)
    const session = await logIn({ ...shared, address: target, rule: rules[0], dial })
    return carrier === undefined ? session : carried(session, carrier)
  } catch (error) {
    await carrier?.close()
    throw error
  } finally {
    clearTimeout(timer)
  }
}

function forward(carrier: Session, { host, port }: HostAddress): () => Promise<Duplex> {
  return () => streamOf(carrier, { host, port })
}

function carried(session: Session, carrier: Session): Session {
  session.lost.addEventListener('abort', () => void carrier.close(), { once: true })
  const close = async () => {
    await session.close()
    await carrier.close()
  }
  return { ...session, close }
}

async function logIn(attempt: Attempt): Promise<Session> {
  let firstRefusal: unknown
  let rule: HostKeyRule | undefined = attempt.rule
  while (rule !== undefined) {
    const judged: Judged = {}
    try {
      return await startSession({ ...attempt, rule: noting(rule, judged) })
    } catch (error) {
      // That the server has no key of another type says less than that it showed a wrong one.
      if (attempt.signal.aborted || judged.accepted === true || (judged.refused === undefined && firstRefusal === undefined)) throw error
      firstRefusal ??= error
      rule = judged.refused === undefined ? undefined : rule.without(judged.refused)
    }
  }
  throw firstRefusal
}

interface Judged {
  accepted?: boolean
  refused?: Buffer
}

function noting(rule: HostKeyRule, judged: Judged): HostKeyRule {
  const refusalOf = (key: Buffer) => {
    const refusal = rule.refusalOf(key)
    if (refusal === undefined) judged.accepted = true
    else judged.refused = key
    return refusal
  }
  return { ...rule, refusalOf }
}
