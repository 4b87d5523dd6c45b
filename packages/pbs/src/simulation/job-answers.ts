import { ok, refuse, type Reply, type Request } from './replies.ts'
import { aclPath, type HeldJob, type SimulatedServer } from './server.ts'

/** Answers what is asked of scheduled jobs; those the token may not see are left out. */
export function jobAnswer(server: SimulatedServer, { method, parts }: Request): Reply | undefined {
  const [admin, kind, id = '', run] = parts
  if (admin !== 'admin') return undefined
  const { privileges } = server
  const onStore = ({ world: { store, namespace = '' } }: HeldJob, ...any: readonly string[]) =>
    privileges.has(aclPath({ store, namespace }), ...any)
  if (method === 'GET' && parts.length === 2) {
    if (kind === 'sync')
      return ok(
        server.syncJobs
          .filter((job) => onStore(job, 'Datastore.Audit') && privileges.has(`/remote/${job.world.remote}`, 'Remote.Audit'))
          .map((job) => ({
            ...told(job),
            remote: job.world.remote,
            'remote-store': job.world.remoteStore,
            'remove-vanished': job.world.removesVanished ?? false,
          })),
      )
    if (kind === 'verify') return ok(server.verifyJobs.filter((job) => onStore(job, 'Datastore.Audit', 'Datastore.Verify')).map(told))
    if (kind === 'prune')
      return ok(
        server.pruneJobs
          .filter((job) => onStore(job, 'Datastore.Audit', 'Datastore.Modify'))
          .map((job) => ({ ...told(job), schedule: job.world.schedule ?? 'daily', ...job.world.keep })),
      )
  }
  if (method !== 'POST' || kind !== 'sync' || run !== 'run') return undefined
  const job = server.syncJobs.find(({ world }) => world.id === id)
  if (job === undefined) return refuse(`no such job '${id}'`)
  const { remote, remoteStore, store } = job.world
  if (!onStore(job, 'Datastore.Backup') || !privileges.has(`/remote/${remote}/${remoteStore}`, 'Remote.Read'))
    return refuse('permission check failed')
  if (job.last !== undefined && job.last.end === undefined) return refuse('cannot start job that is started!')
  const task = server.begin('syncjob', `${remote}:${remoteStore}:${store}::${id}`, [`Starting datastore sync job '${id}'`], () => [
    'found 0 groups to sync',
    'sync job ended',
  ])
  job.last = { upid: task.upid, end: undefined, state: undefined }
  return ok(task.upid)
}

function told({ world: { id, store, namespace = '', schedule }, last }: HeldJob) {
  return {
    id,
    store,
    ...(namespace === '' ? {} : { ns: namespace }),
    ...(schedule === undefined ? {} : { schedule }),
    ...(last === undefined ? {} : { 'last-run-upid': last.upid }),
    ...(last?.end === undefined ? {} : { 'last-run-endtime': last.end }),
    ...(last?.state === undefined ? {} : { 'last-run-state': last.state }),
  }
}
