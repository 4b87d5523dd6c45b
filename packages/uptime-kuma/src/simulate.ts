import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Simulate, Simulation } from '@rackwarden/core'
import { defaultWorld, type Job, type UptimeKumaWorld } from './job.ts'

const token = 'pretend-uptime-kuma-token'

type Reply = (answer: Record<string, unknown>) => void

/** Makes a pretend Uptime Kuma that listens on loopback, for its library reaches an address; time stands still in it. */
const simulate: Simulate = async (world): Promise<Simulation> => {
  const [{ createServer }, { Server }] = await Promise.all([import('node:http'), import('./libraries/socket-io.ts')])
  const { jobs } = (world as UptimeKumaWorld | undefined) ?? defaultWorld
  const known = new Map(jobs.map((job) => [job.name, { ...job }]))
  const listener = createServer()
  const server = new Server(listener, { serveClient: false, transports: ['websocket'] })

  server.on('connection', (socket) => {
    const isKnown = () => socket.rooms.has('jobs')
    const answered = (event: string, answer: (given: string) => Record<string, unknown> | undefined) =>
      socket.on(event, (given: string, reply: Reply) => {
        if (!isKnown()) return reply({ ok: false, error: 'unauthorized', message: 'not logged in' })
        const result = answer(given)
        return reply(result === undefined ? { ok: false, error: 'not_found', message: 'no such job' } : { ok: true, ...result })
      })
    socket.on('login', async (given: string, reply: Reply) => {
      if (given !== token) return reply({ ok: false, error: 'unauthorized', message: 'bad token' })
      await socket.join('jobs')
      return reply({ ok: true })
    })
    const become = (state: Job['state']) => (name: string) => {
      const job = known.get(name)
      if (job === undefined) return undefined
      known.set(name, { ...job, state })
      server.to('jobs').emit('jobs', [...known.values()])
      return {}
    }
    answered('about', () => ({ version: '1.4.2' }))
    answered('list', () => ({ jobs: [...known.values()] }))
    answered('start', become('running'))
    answered('stop', become('stopped'))
  })

  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  // A pretend upstream keeps no process alive.
  listener.unref()
  return {
    config: { url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`, token },
    snapshot: () => [...known.values()].map(({ name, state }) => ({ name, state })),
    close: () => server.close(),
  }
}

export default simulate
