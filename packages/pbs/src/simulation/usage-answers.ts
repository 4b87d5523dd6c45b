import { ok, type Reply, type Request } from './replies.ts'
import { aclPath, type HeldStore, type SimulatedServer } from './server.ts'

const [gigabyte, day, resolution] = [1e9, 86_400, 1_800]
const monthDays = 30
const fewestPoints = 7

/** Answers what is asked of all datastores at once: only those the token may see are told. */
export function usageAnswer(server: SimulatedServer, { method, parts }: Request): Reply | undefined {
  if (method !== 'GET') return undefined
  const path = parts.join('/')
  const seen = (...privileges: readonly string[]) =>
    server.stores.filter(({ world: { name } }) => server.privileges.has(aclPath({ store: name, namespace: '' }), ...privileges))
  if (path === 'admin/datastore')
    return ok(
      seen('Datastore.Audit', 'Datastore.Backup').map(({ world: { name, comment, maintenance } }) => ({
        store: name,
        'backend-type': 'filesystem',
        'mount-status': 'nonremovable',
        ...(comment === undefined ? {} : { comment }),
        ...(maintenance === undefined ? {} : { maintenance }),
      })),
    )
  if (path === 'status/datastore-usage') return ok(seen('Datastore.Audit', 'Datastore.Backup').map((store) => usageOf(store, server.now)))
  if (path === 'admin/gc') return ok(seen('Datastore.Audit', 'Datastore.Modify').map(collectionOf))
  return undefined
}

function chunksOf({ used, collection }: HeldStore) {
  return {
    'index-file-count': 100,
    'index-data-bytes': Math.round(used * 8.5),
    'disk-bytes': used,
    'disk-chunks': Math.round(used / 2e6),
    'removed-bytes': collection?.removed ?? 0,
    'removed-chunks': Math.round((collection?.removed ?? 0) / 2e6),
    'pending-bytes': collection?.pending ?? 0,
    'pending-chunks': Math.round((collection?.pending ?? 0) / 2e6),
    'removed-bad': 0,
    'still-bad': 0,
    ...(collection === undefined ? {} : { upid: collection.upid }),
  }
}

function collectionOf(store: HeldStore) {
  const { world, collection } = store
  return {
    store: world.name,
    ...chunksOf(store),
    ...(world.collection?.schedule === undefined ? {} : { schedule: world.collection.schedule }),
    ...(collection === undefined ? {} : { 'last-run-endtime': collection.end, 'last-run-state': collection.state, duration: 600 }),
  }
}

function usageOf(store: HeldStore, now: number) {
  const { world, used } = store
  const empty = { store: world.name, 'backend-type': 'filesystem', 'mount-status': 'nonremovable' }
  const error =
    world.error ??
    (world.maintenance === undefined || world.maintenance.includes('read-only') ? undefined : 'datastore is in maintenance mode')
  if (error !== undefined) return { ...empty, error }
  const total = world.gigabytes * gigabyte
  const start = now - monthDays * day
  const growth = (world.growthGigabytesPerDay ?? 0) * gigabyte
  const firstKept = (monthDays - (world.historyDays ?? monthDays)) * day
  const history = Array.from({ length: (monthDays * day) / resolution }, (_, index) => {
    const at = index * resolution
    // A night writes, and a cleaning frees: the line is none.
    const wave = Math.sin((at / day) * 2 * Math.PI) * 0.002
    return at < firstKept ? null : (used - (growth * (monthDays * day - at)) / day) / total + wave
  })
  return {
    ...empty,
    total,
    used,
    avail: total - used,
    history,
    'history-start': start,
    'history-delta': resolution,
    ...estimateOf(history, start),
    'gc-status': chunksOf(store),
  }
}

/** When the server believes a datastore to be full: a line through what it has of the last month. */
function estimateOf(history: readonly (number | null)[], start: number): { 'estimated-full-date'?: number } {
  const points = history.flatMap((share, index) => (share === null ? [] : [[start + index * resolution, share] as const]))
  if (points.length < fewestPoints) return {}
  const count = points.length
  const [sumX, sumY] = [points.reduce((sum, [x]) => sum + (x - start), 0), points.reduce((sum, [, y]) => sum + y, 0)]
  const sumXX = points.reduce((sum, [x]) => sum + (x - start) ** 2, 0)
  const sumXY = points.reduce((sum, [x, y]) => sum + (x - start) * y, 0)
  const slope = (count * sumXY - sumX * sumY) / (count * sumXX - sumX ** 2)
  const intercept = (sumY - slope * sumX) / count
  return { 'estimated-full-date': slope === 0 ? 0 : Math.floor(start + (1 - intercept) / slope) }
}
