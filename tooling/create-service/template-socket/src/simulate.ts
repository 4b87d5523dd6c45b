import { acceptWebSockets, ToolError, type AcceptedSocket, type Simulate, type Simulation } from '@rackwarden/core'
import { defaultWorld, type QuietLanternWorld } from './job.ts'

const token = 'pretend-quiet-lantern-token'

/** One request of JSON-RPC, as this upstream takes it. */
interface Request {
  id: number
  method: string
  params?: { token?: string; name?: string }
}

/** Makes a pretend Quiet Lantern, a WebSocket at its end; time stands still in it. */
const simulate: Simulate = (world): Simulation => {
  const { jobs } = (world as QuietLanternWorld | undefined) ?? defaultWorld
  const known = new Map(jobs.map((job) => [job.name, { ...job }]))
  const subscribers = new Set<AcceptedSocket>()

  const dial = acceptWebSockets((socket) => {
    let isKnown = false
    void socket.closed.then(() => subscribers.delete(socket))
    return (message) => {
      const { id, method, params = {} } = message as Request
      const reply = (result: unknown) => socket.send({ jsonrpc: '2.0', id, result })
      const refuse = (code: number, reason: string) => socket.send({ jsonrpc: '2.0', id, error: { code, message: reason } })
      if (method === 'auth.login') isKnown = params.token === token
      if (!isKnown) return refuse(401, 'bad token')
      if (method === 'auth.login') return reply(true)
      if (method === 'system.about') return reply({ version: '1.4.2' })
      if (method === 'jobs.subscribe') subscribers.add(socket)
      if (method === 'jobs.subscribe' || method === 'jobs.list') return reply([...known.values()])
      if (method !== 'jobs.start' && method !== 'jobs.stop') return refuse(-32_601, 'no such method')
      const job = known.get(params.name ?? '')
      if (job === undefined) return refuse(404, 'no such job')
      known.set(job.name, { ...job, state: method === 'jobs.start' ? 'running' : 'stopped' })
      for (const subscriber of subscribers) subscriber.send({ jsonrpc: '2.0', method: 'jobs.changed', params: [...known.values()] })
      return reply(true)
    }
  })

  const refuse = () =>
    Promise.reject(new ToolError('invalid_config', 'A simulated Quiet Lantern is only reached over a WebSocket.', { hint: 'Use dial.' }))
  return {
    config: { url: 'http://quiet-lantern.simulated', token },
    connection: { dial, fetch: refuse, exec: refuse },
    snapshot: () => [...known.values()].map(({ name, state }) => ({ name, state })),
  }
}

export default simulate
