import { setMaxListeners } from 'node:events'
import type { Duplex } from 'node:stream'
import type { Client, ServerHostKeyAlgorithm } from 'ssh2'
import { abortable } from './abortable.ts'
import type { HostAddress } from './address.ts'
import { startLogin, type Credential } from './credentials.ts'
import { channelTimeout, connectionClosed, connectionLost, loginFailure } from './failure.ts'
import type { HostKeyRule } from './host-key.ts'
import { createSlots, type Slots } from './slots.ts'

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

/** One login at one host. */
export interface Attempt {
  address: HostAddress
  rule: HostKeyRule
  credentials: readonly Credential[]
  dial: () => Promise<Duplex>
  signal: AbortSignal
  channelLimitMs: number
}

const places = 8
const keepAliveMs = 15_000
const partingMs = 500

/** Shakes hands with a host and logs in. */
export async function startSession({ address, rule, credentials, dial, signal, channelLimitMs }: Attempt): Promise<Session> {
  const { default: ssh2 } = await import('./libraries/ssh2.ts')
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
