import { createApiClient, httpConfig, secret, type ConfigOf, type Connection } from '@rackwarden/core'
import { z } from 'zod'
import { about, job } from './job.ts'

/** What has to be known of Quiet Lantern to reach it. */
export const config = {
  ...httpConfig,
  url: z.string().describe('Address of Quiet Lantern: http://host:8080.'),
  token: secret().optional().describe('Token that may list, start and stop jobs.'),
}

/** What of a configuration the client itself needs. */
type ClientConfig = Pick<Partial<ConfigOf<typeof config>>, 'token'>

/** What one Quiet Lantern is asked. */
export type QuietLanternClient = ReturnType<typeof connect>

/** Makes the client of one Quiet Lantern. */
export function connect({ token }: ClientConfig, connection: Connection) {
  const api = createApiClient(connection, {
    name: 'Quiet Lantern',
    headers: (): Record<string, string> => (token === undefined ? {} : { authorization: `Bearer ${token}` }),
  })
  const act = async (name: string, action: string, signal: AbortSignal): Promise<void> => {
    await api.post(`/api/jobs/${encodeURIComponent(name)}/${action}`, { signal })
  }
  return {
    version: async (signal: AbortSignal) => (await api.get('/api/version', { schema: about, signal })).version,
    jobs: (signal: AbortSignal) => api.get('/api/jobs', { schema: z.array(job), signal }),
    start: (name: string, signal: AbortSignal) => act(name, 'start', signal),
    stop: (name: string, signal: AbortSignal) => act(name, 'stop', signal),
  }
}
