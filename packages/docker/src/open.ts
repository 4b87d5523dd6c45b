import type { ConfigOf, Connection, OpenContext } from '@rackwarden/core'
import type { config } from './client.ts'

const engineSocket = '/var/run/docker.sock'

/** Leads requests through a host where the url is `ssh://`; what the Docker CLI reads from DOCKER_HOST may be one. */
export async function open(given: ConfigOf<typeof config>, base: Connection, context: OpenContext): Promise<Connection> {
  // A simulated engine needs no address.
  const url: string | undefined = given.url
  if (!/^ssh:/i.test(url ?? '')) return base
  const { overSsh } = await import('@rackwarden/ssh')
  return overSsh(given, base, { ...context, socketPath: engineSocket })
}
