import { ToolError, type FetchOptions, type Simulate, type Simulation } from '@rackwarden/core'
import { defaultWorld, type Job, type QuietLanternWorld } from './job.ts'

const token = 'pretend-quiet-lantern-token'

/** Makes a pretend Quiet Lantern; time stands still in it. */
const simulate: Simulate = (world): Simulation => {
  const { jobs } = (world as QuietLanternWorld | undefined) ?? defaultWorld
  const known = new Map(jobs.map((job) => [job.name, { ...job }]))
  const refuse = () =>
    Promise.reject(new ToolError('invalid_config', 'A simulated Quiet Lantern is only reached over HTTP.', { hint: 'Use fetch.' }))
  return {
    config: { url: 'http://quiet-lantern.simulated', token },
    connection: { fetch: (target, options = {}) => answer(known, target, options), exec: refuse, dial: refuse },
    snapshot: () => [...known.values()].map(({ name, state }) => ({ name, state })),
  }
}

export default simulate

// Async, so that what goes wrong rejects as it would on the wire.
async function answer(jobs: Map<string, Job>, target: string, { method = 'GET', headers, signal }: FetchOptions): Promise<Response> {
  signal?.throwIfAborted()
  const error = (status: number, message: string) => Response.json({ message }, { status })
  if (new Headers(headers).get('authorization') !== `Bearer ${token}`) return error(401, 'bad token')
  const { pathname } = new URL(target, 'http://quiet-lantern.simulated')
  if (method === 'GET' && pathname === '/api/version') return Response.json({ version: '1.4.2' })
  if (method === 'GET' && pathname === '/api/jobs') return Response.json([...jobs.values()])
  const [, name = '', action = ''] = /^\/api\/jobs\/([^/]+)\/(start|stop)$/.exec(pathname) ?? []
  const job = method === 'POST' ? jobs.get(decodeURIComponent(name)) : undefined
  if (job === undefined) return error(404, 'no such job')
  jobs.set(job.name, { ...job, state: action === 'start' ? 'running' : 'stopped' })
  return new Response(null, { status: 204 })
}
