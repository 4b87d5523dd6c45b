import { realpath } from 'node:fs/promises'
import { homedir } from 'node:os'
import { posix } from 'node:path'
import { ToolError } from '@rackwarden/core'
import type { DockerClient } from './client.ts'

/** A directory of the host, or a volume, in a container. */
export interface Mount {
  type: 'bind' | 'volume'
  source: string
  path: string
  readOnly: boolean
}

// Whoever writes there owns the host; whoever reads there knows its secrets.
const closed = ['/etc', '/proc', '/sys', '/dev', '/boot', '/root', '/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/run', '/var/run']
const closedState = ['/var/lib/docker', '/var/lib/containerd', '/var/lib/containers', '/var/lib/systemd', '/var/spool', '/var/log/journal']
// What is below is a matter of its own; the whole of it is not.
const tooMuch = ['/', '/home', '/var', '/var/lib']
const keyrings = /^\.(?:ssh|gnupg|docker|kube|aws|azure|claude|cursor|rackwarden|password-store)(?:$|\.)/
const harmless = ['/etc/localtime', '/etc/timezone']

/** Throws where a directory of the host may not be lent to a container that was made by an assistant. */
export async function refuseBind({ source, readOnly }: Mount, { isLocal }: Pick<DockerClient, 'isLocal'>): Promise<void> {
  refusePath(source, source, readOnly)
  // A link is followed by the engine; where this is its machine it can be seen where to.
  const real = isLocal ? await realpath(source).catch(() => source) : source
  if (real !== source) refusePath(real, source, readOnly)
}

function refusePath(path: string, shown: string, readOnly: boolean): void {
  if (readOnly && harmless.includes(path)) return
  const parts = path.split('/')
  const isHome = /^\/home\/[^/]+$/.test(path)
  const isClosed = [...closed, ...closedState].some((directory) => isWithin(path, directory))
  if (!isClosed && !isHome && !tooMuch.includes(path) && !parts.some((part) => keyrings.test(part)) && !path.endsWith('.sock')) return
  throw new ToolError('protected', `${shown} of the host is not mounted: it holds the host itself, its keys or its engine.`, {
    hint: 'Use a volume, or a directory of its own. If it must be, the owner makes the container without Rackwarden.',
  })
}

/** Where this process keeps what it goes by, as the targets no write may touch. */
export async function ownFileTargets(
  mounts: readonly Mount[],
  client: DockerClient,
  signal: AbortSignal,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<string[]> {
  const [places, mine] = await Promise.all([ownPlaces(environment), ownMounts(client, signal)])
  const touched = mounts.filter(
    ({ type, source }) =>
      mine.some((other) => other.type === type && (type === 'volume' ? other.source === source : overlaps(other.source, source))) ||
      (type === 'bind' && places.some((place) => overlaps(place, source))),
  )
  return touched.map(({ source }) => `rackwarden/file/${source.replace(/^\//, '')}`)
}

async function ownPlaces(environment: Readonly<Record<string, string | undefined>>): Promise<string[]> {
  const { stateDirectoryOf } = await import('@rackwarden/core/runtime')
  const { XDG_CONFIG_HOME: configured, HOME: home = homedir() } = environment
  return [
    stateDirectoryOf(environment),
    posix.join(configured || posix.join(home, '.config'), 'rackwarden'),
    posix.join(process.cwd(), 'rackwarden.yaml'),
  ]
}

/** What is mounted into the container this process runs in, where it runs in one of this engine. */
async function ownMounts(client: DockerClient, signal: AbortSignal): Promise<{ type: string; source: string }[]> {
  const own = await client.ownIds()
  const containers = await client.containers(signal)
  return containers
    .filter(({ Id }) => own.some((start) => Id.startsWith(start)))
    .flatMap(({ Mounts }) => Mounts.map(({ Type, Name, Source }) => ({ type: Type, source: Type === 'volume' ? Name : Source })))
}

function overlaps(first: string, second: string): boolean {
  return isWithin(first, second) || isWithin(second, first)
}

function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory === '/' ? '/' : `${directory}/`)
}
