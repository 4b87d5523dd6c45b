import { readFile } from 'node:fs/promises'

/** The target of a plan that would touch the container this process runs in; core refuses it always. */
export const ownContainer = 'rackwarden/process/container'

/** Tells the ids the container of this process may have, whole or their beginning; none where it runs in none. */
export type OwnIds = () => Promise<readonly string[]>

/** Reads the ids from what the kernel shows of this process; an id means something only to the engine that knows it. */
export async function ownContainerIds(read: (path: string) => Promise<string> = readText): Promise<readonly string[]> {
  const known = (path: string) => read(path).catch(() => '')
  const [hostname, mounts, groups] = await Promise.all(
    ['/proc/sys/kernel/hostname', '/proc/self/mountinfo', '/proc/self/cgroup'].map(known),
  )
  const named = /^[0-9a-f]{12}$/.exec((hostname ?? '').trim())?.[0]
  // On a host the files of every container may be mounted somewhere; only in a container do they stand at these places.
  const mounted = [...(mounts ?? '').matchAll(/\/([0-9a-f]{64})\/(?:userdata\/)?\S+ \/etc\/(?:hostname|hosts|resolv\.conf) /g)]
  const grouped = [...(groups ?? '').matchAll(/(?:^|[/-])([0-9a-f]{64})(?=[./]|$)/gm)]
  return [...new Set([named, ...[...mounted, ...grouped].map(([, id]) => id)])].filter((id) => id !== undefined)
}

/** What a plan names besides its targets, where one of the containers it touches is our own. */
export async function ownTargets(client: { ownIds: OwnIds }, touched: readonly string[]): Promise<string[]> {
  const own = await client.ownIds()
  return touched.some((id) => own.some((start) => id.startsWith(start))) ? [ownContainer] : []
}

function readText(path: string): Promise<string> {
  return readFile(path, 'utf8')
}
