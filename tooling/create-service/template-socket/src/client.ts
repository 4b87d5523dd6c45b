import { httpConfig, openRpcClient, secret, type ConfigOf, type Connection } from '@rackwarden/core'
import { z } from 'zod'
import { about, job, type Job } from './job.ts'

/** What has to be known of Quiet Lantern to reach it. */
export const config = {
  ...httpConfig,
  url: z.string().describe('Address of Quiet Lantern: http://host:8080.'),
  token: secret().describe('Token that may list, start and stop jobs.'),
}

/** What of a configuration the client itself needs. */
type ClientConfig = Partial<Pick<ConfigOf<typeof config>, 'url' | 'token' | 'timeoutMs'>>

/** What one Quiet Lantern is asked. */
export type QuietLanternClient = Awaited<ReturnType<typeof connect>>

// What was pushed longer ago is asked for again, in case the subscription died and the connection did not.
const freshMs = 60_000

const jobList = z.array(job)

/** Connects to one Quiet Lantern and logs in; what it pushes is kept, and reads answer from it. */
export async function connect({ url = '', token, timeoutMs }: ClientConfig, connection: Connection) {
  let told: { jobs: readonly Job[]; at: number } | undefined
  const tell = (jobs: readonly Job[]) => (told = { jobs, at: performance.now() })
  const rpc = await openRpcClient(connection, {
    name: 'Quiet Lantern',
    url,
    path: '/api/socket',
    timeoutMs,
    codes: { 401: 'unauthorized', 403: 'forbidden', 404: 'not_found', 409: 'conflict', 429: 'rate_limited' },
    notified(method, params) {
      if (method !== 'jobs.changed') return
      const { success, data } = jobList.safeParse(params)
      // What cannot be read is asked for, and then told.
      if (success) tell(data)
      else told = undefined
    },
  })
  try {
    await rpc.request('auth.login', { params: { token } })
    tell(await rpc.request('jobs.subscribe', { schema: jobList }))
  } catch (error) {
    await rpc.close()
    throw error
  }
  return {
    version: async (signal: AbortSignal) => (await rpc.request('system.about', { schema: about, signal })).version,
    async jobs(signal: AbortSignal) {
      const lost = rpc.lost()
      if (lost !== undefined) throw lost
      if (told !== undefined && performance.now() - told.at < freshMs) return told.jobs
      return tell(await rpc.request('jobs.list', { schema: jobList, signal })).jobs
    },
    /** How long ago the jobs were told, in seconds. */
    age: () => (told === undefined ? 0 : Math.round((performance.now() - told.at) / 1_000)),
    start: async (name: string, signal: AbortSignal) => void (await rpc.request('jobs.start', { params: { name }, signal })),
    stop: async (name: string, signal: AbortSignal) => void (await rpc.request('jobs.stop', { params: { name }, signal })),
    isLost: () => rpc.lost() !== undefined,
    close: () => rpc.close(),
  }
}
