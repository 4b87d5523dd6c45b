import type { SimulatedMonitor } from './world.ts'

/** A row of the checks, as it stands in the database. */
export interface BeatRow {
  id: number
  monitor_id: number
  status: number
  time: string
  msg: string
  ping: number | null
  important: number
}

const statuses = { down: 0, up: 1, pending: 2, none: 1 }
const regular = 20
const minuteMs = 60_000

/** A time as the database writes it: UTC, and not saying so. */
export function databaseTime(from: string, offsetMs: number): string {
  return new Date(Date.parse(from) + offsetMs).toISOString().replace('T', ' ').replace('Z', '')
}

/** The checks a monitor begins with: when it last changed, and one a minute until now, or until it was paused. */
export function beatsOf(id: number, monitor: SimulatedMonitor, now: string, nextId: () => number): BeatRow[] {
  const { state = 'up', active = true, since, flaps = 0, message, ping } = monitor
  if (state === 'none') return []
  const status = statuses[state]
  const row = (time: string, is: number, important: boolean): BeatRow => ({
    id: nextId(),
    monitor_id: id,
    status: is,
    time,
    msg: is === status ? (message ?? (is === 1 ? '200 - OK' : 'timeout of 48000ms exceeded')) : is === 1 ? '200 - OK' : 'connect ETIMEDOUT',
    ping: is === 1 ? (ping ?? 12) : null,
    important: important ? 1 : 0,
  })
  if (flaps > 0)
    return Array.from({ length: flaps }, (_, index) =>
      row(databaseTime(now, (index + 1 - flaps) * 5 * minuteMs), (flaps - index) % 2 === 1 ? status : 1 - status, true),
    )
  const last = active ? now : (since ?? now)
  const changed = since ?? new Date(Date.parse(now) - 30 * minuteMs).toISOString()
  const first = row(databaseTime(changed, 0), status, true)
  const checks = Array.from({ length: regular }, (_, index) => databaseTime(last, (index + 1 - regular) * minuteMs))
  return [first, ...checks.filter((time) => time > first.time).map((time) => row(time, status, false))]
}
