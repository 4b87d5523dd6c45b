import { stat } from 'node:fs/promises'
import { join } from 'node:path'

/** A socket an engine of this machine may listen on. */
export interface EngineSocket {
  /** Name an instance of it would have. */
  instance: string
  path: string
}

/** Finds the engine of this machine by its socket, without contacting it. */
export async function discover(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Record<string, Record<string, unknown>>> {
  const [socket] = await engineSockets(environment)
  return socket === undefined ? {} : { default: { url: `unix://${socket.path}` } }
}

/** The sockets there are in the usual places: of the system, of this user, and of Docker Desktop. */
export async function engineSockets(environment: Readonly<Record<string, string | undefined>>): Promise<EngineSocket[]> {
  const { XDG_RUNTIME_DIR: runtimeDirectory, HOME: home } = environment
  const usual: EngineSocket[] = [
    { instance: 'default', path: '/var/run/docker.sock' },
    ...(runtimeDirectory ? [{ instance: 'rootless', path: join(runtimeDirectory, 'docker.sock') }] : []),
    ...(home ? [{ instance: 'desktop', path: join(home, '.docker', 'run', 'docker.sock') }] : []),
  ]
  const found = await Promise.all(usual.map(async (socket) => ((await isSocket(socket.path)) ? [socket] : [])))
  return found.flat()
}

async function isSocket(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isSocket(),
    () => false,
  )
}
