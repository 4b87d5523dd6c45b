import { z } from 'zod'
import {
  beat,
  certificate,
  dockerHost,
  maintenance,
  monitor,
  notification,
  type Beat,
  type DockerHost,
  type Maintenance,
  type Monitor,
  type Notification,
} from './kuma-schema.ts'
import type { Pushed } from './session.ts'

/** What is kept of one monitor beside what it is. */
export interface MonitorRecord {
  /** The latest checks, oldest first. */
  beats: Beat[]
  /** The latest checks that were another state than the one before, oldest first. */
  changes: Beat[]
  /** Part of the last 24 hours it was up, 0 to 1. */
  uptime?: number
  averagePing?: number
  certificateDays?: number
  certificateValid?: boolean
}

/** Everything Uptime Kuma told of its own accord, as it stands now. */
export interface Picture {
  pushed: Pushed
  monitors: () => readonly Monitor[]
  recordOf: (id: number) => MonitorRecord
  notifications: () => readonly Notification[]
  maintenances: () => readonly Maintenance[]
  dockerHosts: () => readonly DockerHost[]
  /** Absent until it is told, which is after the login. */
  version: () => string | undefined
  /** True for 2.x, whose monitors have conditions, and which pushes what changed rather than everything. */
  isSecond: () => boolean
  /** How long ago the whole list of monitors came, in milliseconds; undefined where none did that could be read. */
  age: () => number | undefined
  /** How long ago anything came, in milliseconds. */
  silence: () => number
  /** The latest time it told of, by its own clock; undefined where it told of none. */
  latest: () => string | undefined
  /** Fulfilled once each monitor of the first list has its checks: 1.23 sends them after it answered the login. */
  whole: Promise<void>
  /** Takes changes that are only told when asked for, newest first. */
  addChanges: (rows: readonly unknown[]) => void
}

// As many as it sends by itself.
const mostBeats = 100
const mostChanges = 20
const day = 24

const byId = <Schema extends z.ZodType>(schema: Schema) => z.record(z.string(), schema)

/** Keeps what is pushed, within bounds: for the monitors there are, and no more of each than is ever shown. */
export function createPicture(now: () => number = () => performance.now()): Picture {
  const monitors = new Map<number, Monitor>()
  const records = new Map<number, MonitorRecord>()
  let notifications: readonly Notification[] = []
  let maintenances: readonly Maintenance[] = []
  let dockerHosts: readonly DockerHost[] = []
  let version: string | undefined
  let isSecond = false
  let told: number | undefined
  let heard = now()
  let latest: string | undefined
  let missing: Set<number> | undefined
  let complete = () => {}
  const whole = new Promise<void>((resolve) => (complete = resolve))

  const recordOf = (id: number): MonitorRecord => records.get(id) ?? { beats: [], changes: [] }
  /** Changes what is kept of a monitor that is there; what is told of others is not kept. */
  const keep = (id: unknown, change: (record: MonitorRecord) => Partial<MonitorRecord>) => {
    const known = Number(id)
    if (!monitors.has(known)) return
    const record = recordOf(known)
    records.set(known, { ...record, ...change(record) })
  }
  const arrived = (id: unknown) => {
    missing?.delete(Number(id))
    if (missing?.size === 0) complete()
  }
  const seen = (rows: readonly Beat[]) => {
    for (const { time } of rows) if (latest === undefined || time > latest) latest = time
  }
  const readBeats = (rows: unknown): Beat[] => {
    const read = (Array.isArray(rows) ? rows : []).flatMap((row) => beat.safeParse(row).data ?? [])
    seen(read)
    return read.toSorted(byTime)
  }
  const addChanges = (rows: readonly unknown[]) => {
    for (const row of rows) {
      const { data } = beat.safeParse(row)
      if (data === undefined) continue
      seen([data])
      keep(data.monitorID ?? data.monitor_id, ({ changes }) => ({ changes: merged(changes, [data], mostChanges) }))
    }
  }

  const events: Record<string, (...values: unknown[]) => void> = {
    info: (value) => (version = z.object({ version: z.string().nullish() }).safeParse(value).data?.version ?? version),
    monitorTypeList: () => (isSecond = true),
    monitorList(value) {
      const { data } = byId(monitor).safeParse(value)
      // What cannot be read is asked for, and then told.
      told = undefined
      if (data === undefined) return
      monitors.clear()
      for (const one of Object.values(data)) monitors.set(one.id, one)
      for (const id of records.keys()) if (!monitors.has(id)) records.delete(id)
      told = now()
      missing ??= new Set(monitors.keys())
      for (const id of missing) if (!monitors.has(id)) missing.delete(id)
      if (missing.size === 0) complete()
    },
    updateMonitorIntoList(value) {
      const { data } = byId(monitor).safeParse(value)
      if (data === undefined) told = undefined
      for (const one of Object.values(data ?? {})) monitors.set(one.id, one)
    },
    deleteMonitorFromList(id) {
      monitors.delete(Number(id))
      records.delete(Number(id))
      arrived(id)
    },
    heartbeat(value) {
      const [one] = readBeats([value])
      if (one === undefined) return
      const { data } = beat.safeParse(value)
      keep(data?.monitorID ?? data?.monitor_id, ({ beats, changes }) => ({
        beats: merged(beats, [one], mostBeats),
        changes: one.important ? merged(changes, [one], mostChanges) : changes,
      }))
    },
    heartbeatList(id, rows, overwrite) {
      const read = readBeats(rows)
      keep(id, ({ beats, changes }) => ({
        beats: merged(overwrite === true ? [] : beats, read, mostBeats),
        changes: merged(
          overwrite === true ? [] : changes,
          read.filter(({ important }) => important),
          mostChanges,
        ),
      }))
      arrived(id)
    },
    importantHeartbeatList(id, rows, overwrite) {
      const read = readBeats(rows)
      keep(id, ({ changes }) => ({ changes: merged(overwrite === true ? [] : changes, read, mostChanges) }))
    },
    avgPing: (id, value) => keep(id, () => (typeof value === 'number' ? { averagePing: value } : {})),
    uptime: (id, hours, value) => keep(id, () => (hours === day && typeof value === 'number' ? { uptime: value } : {})),
    certInfo(id, value) {
      const { data } = certificate.safeParse(typeof value === 'string' ? jsonOf(value) : value)
      keep(id, () => ({
        ...(typeof data?.certInfo?.daysRemaining === 'number' ? { certificateDays: data.certInfo.daysRemaining } : {}),
        ...(typeof data?.valid === 'boolean' ? { certificateValid: data.valid } : {}),
      }))
    },
    notificationList: (value) => (notifications = z.array(notification).safeParse(value).data ?? notifications),
    dockerHostList: (value) => (dockerHosts = z.array(dockerHost).safeParse(value).data ?? dockerHosts),
    maintenanceList(value) {
      maintenances = Object.values(byId(maintenance).safeParse(value).data ?? {})
      // Which monitors it is about is told with them, and not by this: theirs is old news now.
      if (told !== undefined) told = -Infinity
    },
  }
  const pushed = Object.fromEntries(
    Object.entries(events).map(([event, take]) => [
      event,
      (...values: unknown[]) => {
        heard = now()
        take(...values)
      },
    ]),
  )
  return {
    pushed,
    monitors: () => [...monitors.values()],
    recordOf,
    notifications: () => notifications,
    maintenances: () => maintenances,
    dockerHosts: () => dockerHosts,
    version: () => version,
    isSecond: () => isSecond,
    age: () => (told === undefined ? undefined : now() - told),
    silence: () => now() - heard,
    latest: () => latest,
    whole,
    addChanges,
  }
}

/** Both, oldest first, once each, and of those the latest. */
function merged(before: readonly Beat[], more: readonly Beat[], most: number): Beat[] {
  const byMoment = new Map(
    [...before, ...more].map(({ status, time, msg, ping, important }) => [time, { status, time, msg, ping, important }]),
  )
  return [...byMoment.values()].toSorted(byTime).slice(-most)
}

function byTime(first: Beat, second: Beat): number {
  return first.time < second.time ? -1 : first.time > second.time ? 1 : 0
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
