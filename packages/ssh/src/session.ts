import { setMaxListeners } from 'node:events'
import type { Duplex } from 'node:stream'
import type { Connection } from '@rackwarden/core'
import type { Client, ServerHostKeyAlgorithm } from 'ssh2'
import ssh2 from './libraries/ssh2.ts'
import { abortable } from './abortable.ts'
import { parseHost, parseSshUrl, type HostAddress } from './address.ts'
import { connectLimit, type SshConfig } from './config.ts'
import { readCredentials, startLogin, type Credential } from './credentials.ts'
import { channelTimeout, connectionClosed, connectionLost, loginFailure, loginTimeout } from './failure.ts'
import { readHostKeyRule, type HostKeyRule } from './host-key.ts'
import { createSlots, type Slots } from './slots.ts'
import { streamOf } from './stream.ts'

/** One connection to a host that let us in, shared by everything that is done there. */
export interface Session {
  readonly address: HostAddress
  readonly client: Client
  /** Places for programs and files; a server allows ten, and two are kept for ending what runs too long. */
  readonly slots: Slots
  /** Aborted with the reason once the connection is gone. */
  readonly lost: AbortSignal
  /** Waits for the server to open a channel; a server that does not react loses the connection. */
  opened<T>(channel: Promise<T>, signal?: AbortSignal): Promise<T>
  close(): Promise<void>
}

const places = 8
const keepAliveMs = 15_000
const partingMs = 500

interface Attempt {
  address: HostAddress
  rule: HostKeyRule
  credentials: readonly Credential[]
  dial: () => Promise<Duplex>
  signal: AbortSignal
  channelLimitMs: number
}

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
      return await shakeHands({ ...attempt, rule: noting(rule, judged) })
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

async function shakeHands({ address, rule, credentials, dial, signal, channelLimitMs }: Attempt): Promise<Session> {
  const dialling = dial()
  const socket = await abortable(dialling, signal).catch((error: unknown) => {
    dialling.then((late) => late.destroy()).catch(() => undefined)
    throw error
  })
  if ('setNoDelay' in socket && typeof socket.setNoDelay === 'function') socket.setNoDelay(true)
  const client = new ssh2.Client()
  const login = startLogin(credentials, address)
  const gone = new AbortController()
  setMaxListeners(0, gone.signal)
  const give = (reason: unknown) => {
    if (!gone.signal.aborted) gone.abort(reason)
    socket.destroy()
  }
  let ready = false
  client.on('error', (error: Error & { level?: string }) => {
    // An agent that cannot be asked is one method that failed.
    if (error.level === 'agent') return
    give(ready ? connectionLost(address) : loginFailure(error, address, login))
  })
  client.on('close', () => give(ready ? connectionLost(address) : loginFailure(new Error('the connection was closed'), address, login)))
  const welcomed = new Promise<void>((resolve) => client.once('ready', resolve))
  client.connect({
    sock: socket,
    username: address.user,
    algorithms: { serverHostKey: [...rule.algorithms] as ServerHostKeyAlgorithm[] },
    hostVerifier: (key: Buffer) => {
      const refusal = rule.refusalOf(key)
      if (refusal !== undefined) gone.abort(refusal)
      return refusal === undefined
    },
    authHandler: login.handler,
    readyTimeout: 0,
    keepaliveInterval: keepAliveMs,
    keepaliveCountMax: 3,
    // Others than OpenSSH forward to Unix sockets as well.
    strictVendor: false,
  })
  try {
    await abortable(welcomed, gone.signal, signal)
  } catch (error) {
    give(error)
    throw error
  }
  ready = true
  return {
    address,
    client,
    slots: createSlots(places),
    lost: gone.signal,
    async opened(channel, caller) {
      const limit = new AbortController()
      const timer = setTimeout(() => limit.abort(channelTimeout(address, channelLimitMs)), channelLimitMs)
      try {
        return await abortable(channel, gone.signal, limit.signal, caller)
      } catch (error) {
        if (limit.signal.aborted) give(error)
        throw error
      } finally {
        clearTimeout(timer)
      }
    },
    async close() {
      if (socket.destroyed) return
      const parted = new Promise<void>((resolve) => socket.once('close', () => resolve()))
      if (!gone.signal.aborted) gone.abort(connectionClosed(address))
      client.end()
      const timer = setTimeout(() => socket.destroy(), partingMs)
      await parted
      clearTimeout(timer)
    },
  }
}
