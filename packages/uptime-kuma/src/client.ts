import { httpConfig, secret, type ConfigOf, type Connection } from '@rackwarden/core'
import { z } from 'zod'
import { about, job, type Job } from './job.ts'
import { openSession } from './session.ts'

/** What has to be known of Uptime Kuma to reach it. */
export const config = {
  ...httpConfig,
  // To the library a path means something else, and what else an address may hold means nothing: refused rather than ignored.
  url: z
    .string()
    .regex(/^https?:\/\/[^/?#@]+\/?$/, 'is not http:// or https:// with a host and nothing after it')
    .describe('Address of Uptime Kuma: http://host:8080.'),
  token: secret().describe('Token that may list, start and stop jobs.'),
}

/** What of a configuration the client itself needs. */
type ClientConfig = Partial<Pick<ConfigOf<typeof config>, 'url' | 'token' | 'timeoutMs'>>

/** What one Uptime Kuma is asked. */
export type UptimeKumaClient = Awaited<ReturnType<typeof connect>>

const defaultTimeoutMs = 30_000
// What was pushed longer ago is asked for again.
const freshMs = 60_000

const jobList = z.array(job)
const nothing = z.unknown()

/** Connects to one Uptime Kuma and logs in; what it pushes is kept, and reads answer from it. */
export async function connect({ url = '', token, timeoutMs = defaultTimeoutMs }: ClientConfig, connection: Connection) {
  let told: { jobs: readonly Job[]; at: number } | undefined
  const tell = (jobs: readonly Job[]) => (told = { jobs, at: performance.now() })
  const session = await openSession(connection, {
    url,
    timeoutMs,
    pushed: {
      jobs(value) {
        const { success, data } = jobList.safeParse(value)
        // What cannot be read is asked for, and then told.
        if (success) tell(data)
        else told = undefined
      },
    },
  })
  const list = async (signal?: AbortSignal) => tell((await session.ask('list', '', z.object({ jobs: jobList }), signal)).jobs).jobs
  try {
    await session.ask('login', token, nothing)
    await list()
  } catch (error) {
    session.close()
    throw error
  }
  return {
    version: async (signal: AbortSignal) => (await session.ask('about', '', about, signal)).version,
    async jobs(signal: AbortSignal) {
      const lost = session.lost()
      if (lost !== undefined) throw lost
      return told !== undefined && performance.now() - told.at < freshMs ? told.jobs : list(signal)
    },
    /** How long ago the jobs were told, in seconds. */
    age: () => (told === undefined ? 0 : Math.round((performance.now() - told.at) / 1_000)),
    start: async (name: string, signal: AbortSignal) => void (await session.ask('start', name, nothing, signal)),
    stop: async (name: string, signal: AbortSignal) => void (await session.ask('stop', name, nothing, signal)),
    isLost: () => session.lost() !== undefined,
    close: session.close,
  }
}
