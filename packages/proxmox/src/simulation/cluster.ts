import { createHash } from 'node:crypto'
import { formatUpid } from '../upid.ts'
import { guestConfigOf } from './guest-making.ts'
import { tokensOf } from './rights.ts'
import { startOfTime, type ProxmoxWorld, type SimulatedGuest, type SimulatedProgram, type SimulatedToken } from './world.ts'

/** What a pretend guest remembers. */
export interface GuestRecord {
  given: SimulatedGuest
  id: number
  name: string
  kind: 'qemu' | 'lxc'
  node: string
  status: 'running' | 'stopped'
  detail: string | undefined
  lock: string | undefined
  ha: string | undefined
  config: Record<string, string | number>
  /** Keys whose new value waits for the next start. */
  pending: Set<string>
  /** How it is inside, in a word. */
  inside: string
  snapshots: SnapshotRecord[]
  /** The snapshot it goes on from. */
  parent: string | undefined
  /** Seconds since the epoch. */
  startedAt: number
  pid: number
}

/** A snapshot, with what the guest was at that time. */
export interface SnapshotRecord {
  name: string
  takenAt: number
  note: string
  ram: boolean
  parent: string | undefined
  config: Record<string, string | number>
  inside: string
}

/** An archive. */
export interface BackupRecord {
  volid: string
  storage: string
  node: string | undefined
  guest: number
  kind: 'qemu' | 'lxc'
  at: number
  size: number
  isProtected: boolean
  verified: string | undefined
  note: string
  /** What the guest was made of then; as it is now, where that is not kept. */
  config?: Record<string, string | number>
}

/** A task, of the past or under way. */
export interface TaskRecord {
  upid: string
  node: string
  type: string
  about: string
  user: string
  startedAt: number
  /** When it ends; over where the clock has passed it. */
  endsAt: number
  exit: string
  log: string[]
  isOver: boolean
  /** What it leaves when it ends well. */
  effect?: (() => void) | undefined
  /** What it leaves however it ends. */
  after?: (() => void) | undefined
}

/** What a pretend cluster remembers. Its clock goes on by a second each time somebody looks at a task. */
export class SimulatedCluster {
  readonly world: ProxmoxWorld
  readonly release: 8 | 9
  readonly tokens: Readonly<Record<string, SimulatedToken>>
  readonly guests = new Map<number, GuestRecord>()
  readonly tasks = new Map<string, TaskRecord>()
  readonly haStates = new Map<number, string>()
  /** What agents run, by process id. */
  readonly programs = new Map<number, { guest: number; looks: number; program: SimulatedProgram }>()
  backups: BackupRecord[] = []
  /** Seconds since the epoch. */
  now = startOfTime / 1_000
  private nextPid = 4_000

  constructor(world: ProxmoxWorld) {
    this.world = world
    this.release = world.release ?? 9
    this.tokens = tokensOf(world)
    for (const given of world.guests) this.guests.set(given.id, this.record(given))
    for (const { guest, kind, storage, node, hoursAgo, gib = 4, verified, protected: isProtected = false, note = '' } of world.backups ??
      []) {
      const of = kind ?? this.guests.get(guest)?.kind ?? 'qemu'
      this.keep({
        guest,
        kind: of,
        storage,
        node,
        at: this.now - Math.round(hoursAgo * 3_600),
        size: Math.round(gib * 1024 ** 3),
        isProtected,
        verified,
        note,
      })
    }
    for (const { node, type, about, hoursAgo, status, user = 'root@pam', log = [] } of world.tasks ?? []) {
      const startedAt = this.now - Math.round(hoursAgo * 3_600)
      const upid = formatUpid({ node, startedAt, type, about, user }, this.pid())
      const lines = [...log, status === 'OK' ? 'TASK OK' : `TASK ERROR: ${status}`]
      this.tasks.set(upid, { upid, node, type, about, user, startedAt, endsAt: startedAt + 30, exit: status, log: lines, isOver: true })
    }
  }

  private record(given: SimulatedGuest): GuestRecord {
    const { id, name, kind, node, status = 'running', detail, lock, ha, upHours = 200 } = given
    const config = guestConfigOf(given)
    const snapshots = (given.snapshots ?? []).map((one, index, all) => ({
      name: one.name,
      takenAt: this.now - Math.round(one.hoursAgo * 3_600),
      note: one.note ?? '',
      ram: one.ram ?? false,
      parent: all[index - 1]?.name,
      config: { ...config },
      inside: '',
    }))
    if (ha !== undefined) this.haStates.set(id, ha)
    const isRunning = given.template !== true && status === 'running'
    return {
      given,
      id,
      name,
      kind,
      node,
      status: isRunning ? 'running' : 'stopped',
      detail,
      lock,
      ha,
      config,
      pending: new Set(),
      inside: '',
      snapshots,
      parent: snapshots.at(-1)?.name,
      startedAt: this.now - upHours * 3_600,
      pid: isRunning ? this.pid() : 0,
    }
  }

  /** Puts a guest in that was not there. */
  add(given: SimulatedGuest): GuestRecord {
    const guest = this.record(given)
    this.guests.set(given.id, guest)
    return guest
  }

  pid(): number {
    return (this.nextPid += 7)
  }

  /** Lets seconds go by, and what is due then happen. */
  pass(seconds: number): void {
    this.now += seconds
    for (const task of this.tasks.values()) if (!task.isOver && task.endsAt <= this.now) this.end(task)
  }

  private end(task: TaskRecord): void {
    task.isOver = true
    task.log.push(task.exit === 'OK' ? 'TASK OK' : task.exit.startsWith('WARNINGS') ? `TASK ${task.exit}` : `TASK ERROR: ${task.exit}`)
    if (task.exit === 'OK' || task.exit.startsWith('WARNINGS')) task.effect?.()
    task.after?.()
  }

  /** Begins a task; what the world says of its failing holds. */
  begin(
    what: { node: string; type: string; about: string; user: string; seconds: number; log?: string[] },
    { effect, after, exit }: { effect?: () => void; after?: () => void; exit?: string | undefined } = {},
  ): string {
    const { node, type, about, user, seconds, log = [] } = what
    const given = this.guests.get(Number(about))?.given
    const warning = given?.warns?.[type]
    const upid = formatUpid({ node, startedAt: this.now, type, about, user }, this.pid())
    this.tasks.set(upid, {
      upid,
      node,
      type,
      about,
      user,
      startedAt: this.now,
      endsAt: this.now + seconds,
      exit: exit ?? given?.fails?.[type] ?? (warning === undefined ? 'OK' : 'WARNINGS: 1'),
      log: [...log, ...(warning === undefined ? [] : [`WARN: ${warning}`])],
      isOver: false,
      effect,
      after,
    })
    return upid
  }

  /** Ends a task before its time. */
  stop(task: TaskRecord): void {
    if (task.isOver) return
    task.exit = 'interrupted by signal'
    this.end(task)
  }

  /** Keeps an archive under the name its storage gives it. */
  keep(backup: Omit<BackupRecord, 'volid'>): BackupRecord {
    const time = new Date(backup.at * 1_000).toISOString()
    const stamp = time.slice(0, 19).replaceAll('-', '_').replace('T', '-').replaceAll(':', '_')
    const isServer = this.world.storages[backup.storage]?.type === 'pbs'
    const name = isServer
      ? `backup/${backup.kind === 'qemu' ? 'vm' : 'ct'}/${backup.guest}/${time.replace('.000', '')}`
      : `backup/vzdump-${backup.kind}-${backup.guest}-${stamp}.${backup.kind === 'qemu' ? 'vma' : 'tar'}.zst`
    const kept = { ...backup, volid: `${backup.storage}:${name}` }
    this.backups.push(kept)
    return kept
  }

  /** Hash of a configuration, as writes are held to it. */
  digest({ config }: Pick<GuestRecord, 'config'>): string {
    return createHash('sha1')
      .update(JSON.stringify(Object.entries(config).toSorted(([first], [second]) => (first < second ? -1 : 1))))
      .digest('hex')
  }

  snapshot(): unknown {
    const byId = [...this.guests.values()].toSorted((first, second) => first.id - second.id)
    return {
      guests: byId.map(({ id, node, status, lock, config, inside, snapshots, pid }) => ({
        id,
        node,
        status,
        lock,
        config,
        inside,
        pid,
        snapshots: snapshots.map(({ name }) => name),
        ha: this.haStates.get(id),
      })),
      backups: this.backups.map(({ volid, node }) => `${node ?? ''} ${volid}`).toSorted(),
      tasks: [...this.tasks.values()].map(({ upid, isOver, exit }) => (isOver ? `${upid} ${exit}` : upid)),
    }
  }
}
