import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { oneTimePassword } from '@rackwarden/core'
import { answersOf, beatEvent } from './answers.ts'
import type { Records } from './records.ts'
import { account, type UptimeKumaWorld } from './world.ts'

type Reply = (answer: unknown) => void

/** A pretend Uptime Kuma that listens. */
export interface KumaServer {
  port: number
  /** How many are connected to it. */
  connections: () => number
  /** Ends as a process ends that is killed: nobody is told. */
  kill: () => Promise<void>
}

const user = 'account 1'
// 1.23 sends the checks half a second after it answered the login; any later is late enough to be waited for.
const laterMs = 20

/** Starts a pretend Uptime Kuma on loopback, on a port of its own where none is given; the records outlive it. `heard` is told of each event before it is answered. */
export async function serveKuma(
  records: Records,
  world: UptimeKumaWorld,
  { port = 0, heard = () => undefined }: { port?: number; heard?: (event: string, given: number) => void } = {},
): Promise<KumaServer> {
  const [{ createServer }, { Server }] = await Promise.all([import('node:http'), import('../libraries/socket-io.ts')])
  const { isSecond } = records
  const streams = new Set<{ destroy: () => unknown }>()
  const listener = createServer((request, response) => {
    response.setHeader('date', new Date(records.now).toUTCString())
    response.setHeader('content-type', 'application/json')
    response.end(request.url === '/api/entry-page' ? '{"type":"entryPage","entryPage":"dashboard"}' : '{}')
  })
  listener.on('connection', (stream) => {
    streams.add(stream)
    stream.once('close', () => streams.delete(stream))
  })
  const server = new Server(listener, { serveClient: false, maxHttpBufferSize: 1e8 })
  const answers = answersOf(records, (event, ...values) => void server.to(user).emit(event, ...values))
  let logins = 0
  let lastCode = ''

  server.on('connection', (socket) => {
    let isKnown = false
    const greet = (isFirst: boolean) =>
      socket.emit('info', {
        primaryBaseURL: null,
        serverTimezone: 'UTC',
        ...(isFirst ? {} : { version: records.version, isContainer: true }),
      })
    const tellChecks = () => {
      for (const id of Object.keys(records.list()).map(Number)) {
        const rows = records.beatsOf(id)
        const { uptime, ping, certificateDays } = records.statistics.get(id) ?? {}
        socket.emit('heartbeatList', id, rows.slice(-20), false)
        if (!isSecond) socket.emit('importantHeartbeatList', id, rows.filter(({ important }) => important === 1).map(beatEvent), false)
        socket.emit('avgPing', id, ping ?? null)
        if (uptime !== undefined) socket.emit('uptime', id, 24, uptime)
        socket.emit('uptime', id, 720, uptime ?? 1)
        if (certificateDays !== undefined)
          socket.emit('certInfo', id, JSON.stringify({ valid: true, certInfo: { daysRemaining: certificateDays } }))
      }
    }
    const afterLogin = async () => {
      isKnown = true
      await socket.join(user)
      socket.emit('monitorList', records.list())
      greet(false)
      socket.emit('maintenanceList', records.maintenances())
      const config = ({ name, type }: { name: string; type: string }) =>
        JSON.stringify({ name, type, secret: 'pretend-notification-secret' })
      socket.emit(
        'notificationList',
        records.notifications.map((one) => ({ id: one.id, name: one.name, isDefault: one.isDefault, active: true, config: config(one) })),
      )
      socket.emit('dockerHostList', [{ id: 1, name: 'local', dockerType: 'socket', dockerDaemon: '/var/run/docker.sock' }])
      if (!isSecond) return void setTimeout(tellChecks, laterMs).unref()
      socket.emit('monitorTypeList', { http: { supportsConditions: false, conditionVariables: [] } })
      return tellChecks()
    }
    const refuse = (key: string, words: string) => (isSecond ? { ok: false, msg: key, msgi18n: true } : { ok: false, msg: words })
    const codesNow = () => Promise.all([-1, 0, 1].map((step) => oneTimePassword(world.totpSecret ?? '', Date.now(), step)))

    const listen = () => {
      socket.on('login', async ({ username, password, token }: Record<string, string>, reply: Reply) => {
        logins += 1
        if (logins > (world.loginsAllowed ?? Infinity)) return reply({ ok: false, msg: 'Too frequently, try again later.' })
        if (world.door === 'not set up' || username !== account.username || password !== account.password)
          return reply(refuse('authIncorrectCreds', 'Incorrect username or password.'))
        if (world.totpSecret !== undefined) {
          if (!token) return reply({ tokenRequired: true })
          if (token === lastCode || !(await codesNow()).includes(token)) return reply(refuse('authInvalidToken', 'Invalid Token!'))
          lastCode = token
        }
        // 1.23 does not wait until everything is told.
        if (isSecond) await afterLogin()
        else void afterLogin()
        return reply({ ok: true, token: account.token })
      })
      socket.on('loginByToken', async (token: string, reply: Reply) => {
        if (token === 'of a deleted account') return reply(refuse('authUserInactiveOrDeleted', 'The user is inactive or deleted.'))
        if (token !== account.token) return reply(refuse('authInvalidToken', 'Invalid token.'))
        await afterLogin()
        return reply({ ok: true })
      })
      for (const [event, answer] of Object.entries(answers))
        socket.on(event, (...given: unknown[]) => {
          const reply = given.pop() as Reply
          try {
            if (!isKnown) throw new Error('You are not logged in.')
            heard(event, given.length)
            reply((answer as (...values: unknown[]) => unknown)(...given))
          } catch (error) {
            reply({ ok: false, msg: (error as Error).message })
          }
        })
    }
    // Until it has said hello, it does not listen: what is sent before is lost.
    const greeting = () => {
      if (!isSecond && world.door === 'not set up') socket.emit('setup')
      greet(true)
      if (isSecond && world.door === 'not set up') socket.emit('setup')
      listen()
      if (world.door === 'open') void afterLogin().then(() => socket.emit('autoLogin'))
      else if (isSecond) socket.emit('loginRequired')
    }
    if (world.greets === undefined) return void setImmediate(greeting)
    const spokenTo = () => {
      socket.offAny(spokenTo)
      setImmediate(greeting)
    }
    return void socket.onAny(spokenTo)
  })

  listener.listen(port, '127.0.0.1')
  await once(listener, 'listening')
  // A pretend upstream keeps no process alive.
  listener.unref()
  return {
    port: (listener.address() as AddressInfo).port,
    connections: () => server.engine.clientsCount,
    async kill() {
      for (const stream of streams) stream.destroy()
      await server.close()
    },
  }
}
