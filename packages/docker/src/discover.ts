import { stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Finds the engine of this machine by its socket, without contacting it. */
export async function discover(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Record<string, Record<string, unknown>>> {
  const { XDG_RUNTIME_DIR: runtimeDirectory, HOME: home } = environment
  const candidates = [
    '/var/run/docker.sock',
    ...(runtimeDirectory ? [join(runtimeDirectory, 'docker.sock')] : []),
    ...(home ? [join(home, '.docker', 'run', 'docker.sock')] : []),
  ]
  for (const path of candidates) if (await isSocket(path)) return { default: { url: `unix://${path}` } }
  return {}
}

async function isSocket(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isSocket(),
    () => false,
  )
}
