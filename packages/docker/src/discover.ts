import { stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Finds the engine of this machine by its socket, without contacting it. */
export async function discover(): Promise<Record<string, Record<string, unknown>>> {
  const runtimeDirectory = process.env['XDG_RUNTIME_DIR']
  const candidates = [
    '/var/run/docker.sock',
    ...(runtimeDirectory === undefined || runtimeDirectory === '' ? [] : [join(runtimeDirectory, 'docker.sock')]),
    join(homedir(), '.docker', 'run', 'docker.sock'),
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
