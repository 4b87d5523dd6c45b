import { createApiClient, httpConfig, secret, tellTime, ToolError, type ApiRequest, type ConfigOf, type Connection } from '@rackwarden/core'
import { z } from 'zod'
import type { BackupAddress, Group, Place } from './addresses.ts'

/** Hours after which a group has no fresh backup, where nothing else is configured: a night may be missed, not two. */
const usualRpoHours = 36

/** What has to be known of a Proxmox Backup Server to reach it. */
export const config = {
  ...httpConfig,
  url: z
    .string()
    .regex(/^https?:\/\/[^/?#]+/, 'does not begin with https:// and a host')
    .describe('Address of the server: https://host:8007.'),
  tokenId: z
    .string()
    .regex(/^[^\s:/@]+@[^\s:/@!]+![^\s:/@!]+$/, 'is not user@realm!name')
    .describe('API token: user@realm!name.'),
  tokenSecret: secret().describe('Secret of the API token.'),
  rpoHours: z.coerce.number().positive().optional().describe(`Hours a group may be without a new backup; ${usualRpoHours} when not given.`),
}

/** What of a configuration the client itself needs. */
type ClientConfig = Partial<Pick<ConfigOf<typeof config>, 'url' | 'tokenId' | 'tokenSecret' | 'rpoHours'>>

/** What one server is asked. */
export interface PbsClient extends Awaited<ReturnType<typeof connect>> {}

/** How many are kept of each kind, as the server counts them. */
export type Keep = Partial<Record<'keep-last' | 'keep-hourly' | 'keep-daily' | 'keep-weekly' | 'keep-monthly' | 'keep-yearly', number>>

/** Which tasks are wanted; times in seconds since the epoch. */
export interface TaskFilter {
  running?: boolean | undefined
  since?: number | undefined
  limit?: number | undefined
}

// Ten thousand backups, each with its files.
const mostBytes = 64 * 1024 * 1024
// It reads a manifest for each backup it lists.
const listingMs = 120_000

/** Makes the client of one server. */
export async function connect(
  { url = '', tokenId = '', tokenSecret = '', rpoHours = usualRpoHours }: ClientConfig,
  connection: Connection,
) {
  // What a server answers with is not needed to list the tools.
  const [schemas, { translated }] = await Promise.all([import('./backup-schema.ts'), import('./refusals.ts')])
  let told: number | undefined
  const timed = tellTime(connection, (at) => (told = at))
  const api = createApiClient(translated(timed, tokenId), {
    name: 'Proxmox Backup Server',
    headers: () => ({ authorization: `PBSAPIToken=${tokenId}:${tokenSecret}` }),
  })
  const base = '/api2/json'

  async function get<Data extends z.ZodType>(
    path: string,
    data: Data,
    { query, ...init }: Pick<ApiRequest, 'query' | 'signal' | 'timeoutMs' | 'maxBytes'>,
  ): Promise<z.output<Data>> {
    const answer: unknown = await api.get(`${base}/${path}`, { ...init, query, schema: schemas.wrapped(data) })
    return (answer as { data: z.output<Data> }).data
  }

  /** Begins a task, and gives its id. */
  async function begin(path: string, body: Record<string, unknown> | undefined, signal: AbortSignal): Promise<string> {
    const answer = await api.post(`${base}/${path}`, {
      schema: schemas.wrapped(schemas.begun),
      signal,
      ...(body === undefined ? {} : { body }),
    })
    return answer.data
  }

  const storePath = (store: string) => `admin/datastore/${encodeURIComponent(store)}`
  const taskPath = (upid: string) => `nodes/localhost/tasks/${encodeURIComponent(upid)}`
  // The root has no name, and is not named.
  const placed = ({ namespace }: Pick<Place, 'namespace'>) => (namespace === '' ? {} : { ns: namespace })
  const grouped = ({ kind, id, ...place }: Pick<Group, 'namespace' | 'kind' | 'id'>) => ({
    ...placed(place),
    'backup-type': kind,
    'backup-id': id,
  })
  const dated = ({ time, ...group }: BackupAddress) => ({ ...grouped(group), 'backup-time': time })

  return {
    url,
    tokenId,
    rpoHours,

    version: async (signal: AbortSignal) => (await get('version', schemas.version, { signal })).version,
    /** The time on its own clock, in milliseconds since the epoch, as of its last answer. */
    now: () => told ?? Date.now(),

    datastores: async (signal: AbortSignal) => get('admin/datastore', schemas.datastores, { signal }),
    usages: async (signal: AbortSignal) => get('status/datastore-usage', schemas.usages, { signal, maxBytes: mostBytes }),
    collections: async (signal: AbortSignal) => get('admin/gc', schemas.collections, { signal }),
    namespaces: async (store: string, signal: AbortSignal) =>
      (await get(`${storePath(store)}/namespace`, schemas.namespaces, { signal })).map(({ ns }) => ns),
    groups: async (place: Place, signal: AbortSignal) =>
      get(`${storePath(place.store)}/groups`, schemas.groups, { query: placed(place), signal, timeoutMs: listingMs, maxBytes: mostBytes }),
    snapshots: async (place: Place & Partial<Group>, signal: AbortSignal) => {
      const { kind, id } = place
      const query = kind === undefined || id === undefined ? placed(place) : grouped({ ...place, kind, id })
      return get(`${storePath(place.store)}/snapshots`, schemas.snapshots, { query, signal, timeoutMs: listingMs, maxBytes: mostBytes })
    },

    /** What a prune of one group would keep and not keep; nothing is changed. */
    async previewPrune(group: Group, keep: Keep, signal: AbortSignal) {
      const path = `${base}/${storePath(group.store)}/prune`
      const body = { ...grouped(group), ...keep, 'dry-run': true }
      return (await api.post(path, { schema: schemas.wrapped(schemas.pruned), body, signal, idempotent: true, maxBytes: mostBytes })).data
    },
    async protect(backup: BackupAddress, isProtected: boolean, signal: AbortSignal): Promise<void> {
      // Said twice it is the same.
      const body = { ...dated(backup), protected: isProtected }
      await api.put(`${base}/${storePath(backup.store)}/protected`, { body, signal, idempotent: true })
    },
    async deleteBackup(backup: BackupAddress, signal: AbortSignal): Promise<void> {
      await api.delete(`${base}/${storePath(backup.store)}/snapshots`, { query: dated(backup), signal, timeoutMs: listingMs })
    },

    verify: async (
      { store, namespace, kind, id, time }: Place & Partial<BackupAddress>,
      { outdatedAfterDays }: { outdatedAfterDays: number | undefined },
      signal: AbortSignal,
    ) =>
      begin(
        `${storePath(store)}/verify`,
        {
          ...placed({ namespace }),
          ...(kind === undefined || id === undefined ? {} : { 'backup-type': kind, 'backup-id': id }),
          ...(time === undefined ? {} : { 'backup-time': time }),
          'ignore-verified': outdatedAfterDays !== undefined,
          ...(outdatedAfterDays === undefined ? {} : { 'outdated-after': outdatedAfterDays }),
        },
        signal,
      ),
    collectGarbage: async (store: string, signal: AbortSignal) => begin(`${storePath(store)}/gc`, undefined, signal),
    runSync: async (id: string, signal: AbortSignal) => begin(`admin/sync/${encodeURIComponent(id)}/run`, undefined, signal),

    /** Sync jobs of both directions; releases before 3.3 know one, and take no word for it. */
    async syncJobs(signal: AbortSignal) {
      try {
        return await get('admin/sync', schemas.syncJobs, { query: { 'sync-direction': 'all' }, signal })
      } catch (error) {
        if (!ToolError.isInstance(error) || error.code !== 'invalid_input') throw error
        return get('admin/sync', schemas.syncJobs, { signal })
      }
    },
    verifyJobs: async (signal: AbortSignal) => get('admin/verify', schemas.jobs, { signal }),
    pruneJobs: async (signal: AbortSignal) => get('admin/prune', schemas.pruneJobs, { signal }),

    tasks: async (filter: TaskFilter, signal: AbortSignal) =>
      get('nodes/localhost/tasks', schemas.tasks, { query: { ...filter }, signal, maxBytes: mostBytes }),
    taskStatus: async (upid: string, signal: AbortSignal) => get(`${taskPath(upid)}/status`, schemas.taskStatus, { signal }),
    /** Lines of a log from one on, counted from 1, and how many there are. */
    taskLog: async (upid: string, { start, limit }: { start: number; limit: number }, signal: AbortSignal) =>
      api.get(`${base}/${taskPath(upid)}/log`, { query: { start, limit }, schema: schemas.taskLog, signal, maxBytes: mostBytes }),

    uptimeSeconds: async (signal: AbortSignal) => (await get('nodes/localhost/status', schemas.nodeStatus, { signal })).uptime,
    trafficControl: async (signal: AbortSignal) => get('config/traffic-control', z.unknown(), { signal }),
    /** Its own privileges by path; the value is whether they hold below it, too. */
    permissions: async (signal: AbortSignal) => get('access/permissions', schemas.permissions, { signal }),
  }
}
