import type { BackupKind } from '@rackwarden/core'
import { addressOf, type Place } from '../addresses.ts'
import { escaped } from '../upid.ts'
import { createPrivileges, type Privileges } from './privileges.ts'
import { defaultWorld, type PbsWorld, type SimulatedJob, type SimulatedStore } from './world.ts'

/** Where time begins in the simulation. */
export const startOfTime = Date.parse('2026-06-01T09:00:00Z') / 1_000

const gigabyte = 1e9
const hour = 3_600
/** Chunks in use so lately are not collected. */
const graceSeconds = 24 * hour + 5 * 60
const lookSeconds = 5

/** One backup as the pretend server holds it. */
export interface HeldBackup {
  namespace: string
  kind: BackupKind
  id: string
  time: number
  bytes: number
  comment: string | undefined
  owner: string
  isProtected: boolean
  isFinished: boolean
  verification: { state: 'ok' | 'failed'; upid: string } | undefined
}

/** One datastore as the pretend server holds it. */
export interface HeldStore {
  world: SimulatedStore
  used: number
  /** What no backup refers to any more, and since when. */
  garbage: { bytes: number; since: number }[]
  collection: { upid: string; end: number; state: string; removed: number; pending: number } | undefined
  backups: HeldBackup[]
}

/** One task as the pretend server holds it. */
export interface HeldTask {
  upid: string
  type: string
  on: string | undefined
  user: string
  start: number
  end: number | undefined
  status: string | undefined
  log: string[]
  /** Simulated seconds until it ends; undefined where nobody waits for that. */
  left: number | undefined
  finish: (() => { status: string; log: readonly string[] }) | undefined
}

/** One job as the pretend server holds it. */
export interface HeldJob<World extends SimulatedJob = SimulatedJob> {
  world: World
  last: { upid: string; end: number | undefined; state: string | undefined } | undefined
}

/** What a pretend server remembers. Its clock stands still but for what tasks take. */
export class SimulatedServer {
  readonly world: PbsWorld
  readonly token: { id: string; secret: string }
  readonly privileges: Privileges
  readonly stores: HeldStore[]
  readonly tasks: HeldTask[] = []
  readonly syncJobs: HeldJob<NonNullable<PbsWorld['syncJobs']>[number]>[]
  readonly verifyJobs: HeldJob[]
  readonly pruneJobs: HeldJob<NonNullable<PbsWorld['pruneJobs']>[number]>[]
  now = startOfTime
  private nextTask = 1

  constructor(world: PbsWorld = defaultWorld) {
    this.world = world
    const { roles, ...token } = world.token ?? { id: 'rackwarden@pbs!assistant', secret: 'pretend-pbs-secret', roles: { '/': 'Admin' } }
    this.token = token
    this.privileges = createPrivileges(roles)
    for (const { type, on, hoursAgo, seconds = 1, status = 'OK', isRunning = false, user = token.id, log = [] } of world.tasks ?? []) {
      const start = startOfTime - hoursAgo * hour
      const upid = this.upid(type, on, { start, user })
      const ended = isRunning ? { end: undefined, status: undefined } : { end: start + seconds, status }
      this.tasks.push({ upid, type, on, user, start, ...ended, log: [...log], left: undefined, finish: undefined })
    }
    this.stores = world.stores.map((store) => this.storeOf(store))
    this.syncJobs = (world.syncJobs ?? []).map((job) => this.jobOf('syncjob', job))
    this.verifyJobs = (world.verifyJobs ?? []).map((job) => this.jobOf('verificationjob', job))
    this.pruneJobs = (world.pruneJobs ?? []).map((job) => this.jobOf('prunejob', job))
  }

  /** Begins a task that ends, after a while, with what `finish` then does. */
  begin(type: string, on: string, log: readonly string[], finish: () => readonly string[]): HeldTask {
    const ending = this.world.endings?.[type]
    const user = this.token.id
    const task: HeldTask = {
      upid: this.upid(type, on, { start: this.now, user }),
      type,
      on,
      user,
      start: this.now,
      end: undefined,
      status: undefined,
      log: [...log],
      left: this.world.taskSeconds ?? lookSeconds * 2,
      finish: () => {
        const failed = ending !== undefined && !ending.status.startsWith('WARNINGS')
        const lines = failed ? [] : finish()
        // What went wrong is told by its last line.
        const own = lines.find((line) => line.startsWith('TASK ERROR: '))?.slice('TASK ERROR: '.length)
        return { status: ending?.status ?? own ?? 'OK', log: [...lines, ...(ending?.log ?? [])] }
      },
    }
    this.tasks.push(task)
    return task
  }

  /** Somebody looks at a task: time goes on, and it may end. */
  look(task: HeldTask): void {
    if (task.left === undefined || task.end !== undefined) return
    this.now += lookSeconds
    task.left -= lookSeconds
    if (task.left > 0) {
      task.log.push(`percentage done: ${Math.round(100 - (task.left / (this.world.taskSeconds ?? lookSeconds * 2)) * 100)}%`)
      return
    }
    const { status, log } = task.finish?.() ?? { status: 'OK', log: [] }
    task.log.push(...log)
    if (!log.some((line) => line.startsWith('TASK ERROR')))
      task.log.push(status === 'OK' || status.startsWith('WARN') ? `TASK ${status}` : `TASK ERROR: ${status}`)
    task.end = this.now
    task.status = status
    for (const job of [...this.syncJobs, ...this.verifyJobs, ...this.pruneJobs])
      if (job.last?.upid === task.upid) job.last = { upid: task.upid, end: this.now, state: status }
  }

  store(name: string): HeldStore | undefined {
    return this.stores.find(({ world }) => world.name === name)
  }

  namespacesOf({ world }: HeldStore): string[] {
    const named = [...(world.namespaces ?? []), ...world.groups.map(({ namespace = '' }) => namespace)].filter((name) => name !== '')
    const parents = named.flatMap((name) => name.split('/').map((_, index, parts) => parts.slice(0, index + 1).join('/')))
    return ['', ...new Set(parents.toSorted())]
  }

  /** Takes a backup away; what it alone had is garbage from now on. */
  remove(store: HeldStore, backup: HeldBackup): void {
    store.backups = store.backups.filter((one) => one !== backup)
    store.garbage.push({ bytes: Math.round(backup.bytes / 10), since: this.now })
  }

  /** Frees garbage that is old enough. */
  collect(store: HeldStore, upid: string): { removed: number; pending: number } {
    const isOld = ({ since }: { since: number }) => this.now - since > graceSeconds
    const sum = (list: readonly { bytes: number }[]) => list.reduce((total, { bytes }) => total + bytes, 0)
    const removed = sum(store.garbage.filter(isOld))
    store.garbage = store.garbage.filter((one) => !isOld(one))
    const pending = sum(store.garbage)
    store.used -= removed
    store.collection = { upid, end: this.now, state: 'OK', removed, pending }
    return { removed, pending }
  }

  snapshot(): unknown {
    return {
      stores: this.stores.map(({ world: { name }, used, garbage, collection, backups }) => ({
        name,
        used,
        garbage,
        collection,
        backups: backups
          .map((one) => ({ ...one, address: addressOf({ store: name, ...one }) }))
          .toSorted((first, second) => (first.address < second.address ? -1 : 1)),
      })),
      tasks: this.tasks.map(({ upid, status }) => ({ upid, status })),
      jobs: [...this.syncJobs, ...this.verifyJobs, ...this.pruneJobs].map(({ world: { id }, last }) => ({ id, last })),
    }
  }

  /** The id of a task, as its last part of eight has it. */
  private upid(type: string, on: string | undefined, { start, user }: { start: number; user: string }): string {
    const hex = (value: number) => Math.floor(value).toString(16).toUpperCase().padStart(8, '0')
    return `UPID:${this.world.node ?? 'pbs'}:000003E8:0000C0DE:${hex(this.nextTask++)}:${hex(start)}:${type}:${escaped(on ?? '')}:${user}:`
  }

  private storeOf(world: SimulatedStore): HeldStore {
    const owner = 'pve@pbs!backup'
    const { hoursAgo, state = 'OK', garbageGigabytes = 0 } = world.collection ?? {}
    const end = hoursAgo === undefined ? undefined : startOfTime - hoursAgo * hour
    return {
      world,
      used: world.usedGigabytes * gigabyte,
      garbage: garbageGigabytes === 0 ? [] : [{ bytes: garbageGigabytes * gigabyte, since: startOfTime - 3 * 24 * hour }],
      collection:
        end === undefined
          ? undefined
          : {
              upid: this.upid('garbage_collection', world.name, { start: end - 600, user: 'root@pam' }),
              end,
              state,
              removed: 0,
              pending: garbageGigabytes * gigabyte,
            },
      backups: world.groups.flatMap(({ namespace = '', kind, id, comment, owner: own = owner, backups }) =>
        backups.map(
          ({ hoursAgo: age, gigabytes = 10, verified, verifiedDaysAgo = 1, isProtected = false, isUnfinished = false }): HeldBackup => ({
            namespace,
            kind,
            id,
            time: startOfTime - age * hour,
            bytes: gigabytes * gigabyte,
            comment,
            owner: own,
            isProtected,
            isFinished: !isUnfinished,
            verification:
              verified === undefined
                ? undefined
                : {
                    state: verified,
                    upid: this.upid('verificationjob', `${world.name}:weekly`, {
                      // Nobody verifies what is not there yet.
                      start: startOfTime - Math.min(verifiedDaysAgo * 24, age - 1) * hour,
                      user: 'root@pam',
                    }),
                  },
          }),
        ),
      ),
    }
  }

  private jobOf<World extends SimulatedJob>(type: string, world: World): HeldJob<World> {
    const { lastHoursAgo, lastState = 'OK', store, id } = world
    if (lastHoursAgo === undefined) return { world, last: undefined }
    const end = startOfTime - lastHoursAgo * hour
    return { world, last: { upid: this.upid(type, `${store}:${id}`, { start: end - 60, user: 'root@pam' }), end, state: lastState } }
  }
}

/** The path of the permissions of a place. */
export function aclPath({ store, namespace }: Place): string {
  return ['/datastore', store, ...(namespace === '' ? [] : namespace.split('/'))].join('/')
}
