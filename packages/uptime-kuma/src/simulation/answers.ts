import type { BeatRow } from './beats.ts'
import type { Records } from './records.ts'

type Emit = (event: string, ...values: unknown[]) => void

/** What answers an event of somebody who is logged in; what it throws is told as a refusal. */
export type Answer = (...given: never[]) => Record<string, unknown>

/** A check as an event tells of it: in other words than the list of the same. */
export function beatEvent({ monitor_id, important, status, time, msg, ping }: BeatRow) {
  return { monitorID: monitor_id, important: important === 1, status, time, msg, ping, duration: 0, retries: 0 }
}

/** What 1.23 said in words is a key of its translations in 2.x. */
function said(records: Records, key: string, words: string) {
  return records.isSecond ? { ok: true, msg: key, msgi18n: true } : { ok: true, msg: words }
}

/** The events a pretend Uptime Kuma answers, with what it tells everybody of that account. */
export function answersOf(records: Records, toAll: Emit): Readonly<Record<string, Answer>> {
  const { isSecond } = records
  const tellList = () => toAll('monitorList', records.list())
  /** 2.x tells of what changed, 1.23 of everything. */
  const tellMonitor = (id: number) => (isSecond ? toAll('updateMonitorIntoList', records.list(id)) : tellList())
  const tellMaintenances = () => toAll('maintenanceList', records.maintenances())
  const tellBeat = (beat: BeatRow | undefined) => beat !== undefined && toAll('heartbeat', beatEvent(beat))
  const check = () => records.check().forEach(tellBeat)
  const switched = (id: unknown, active: boolean) => {
    tellBeat(records.setActive(id, active))
    tellMonitor(Number(id))
  }
  const tagged = (monitor: number) => isSecond && tellMonitor(monitor)

  return {
    getMonitorList() {
      check()
      tellList()
      return { ok: true }
    },
    getMonitor(id: number) {
      const monitor = records.monitor(id)
      if (monitor === undefined) throw new TypeError(`Cannot read properties of null (reading '${isSecond ? 'id' : 'toJSON'}')`)
      return { ok: true, monitor }
    },
    add(monitor: Record<string, unknown>) {
      if (monitor['accepted_statuscodes'] === undefined) throw new TypeError("Cannot read properties of undefined (reading 'every')")
      const { id, beat } = records.add(monitor)
      tellMonitor(id)
      tellBeat(beat)
      return { ...said(records, 'successAdded', 'Added Successfully.'), monitorID: id }
    },
    editMonitor(monitor: Record<string, unknown>) {
      const id = records.edit(monitor)
      tellMonitor(id)
      return { ...said(records, 'Saved.', 'Saved.'), monitorID: id }
    },
    pauseMonitor(id: number) {
      switched(id, false)
      return said(records, 'successPaused', 'Paused Successfully.')
    },
    resumeMonitor(id: number) {
      switched(id, true)
      return said(records, 'successResumed', 'Resumed Successfully.')
    },
    deleteMonitor(id: number) {
      const children = records.remove(id)
      if (isSecond) for (const child of children) tellMonitor(child)
      // It tells of it after it answered.
      setImmediate(() => (isSecond ? toAll('deleteMonitorFromList', id) : tellList()))
      return said(records, 'successDeleted', 'Deleted Successfully.')
    },
    ...(isSecond && {
      monitorImportantHeartbeatListPaged(id: number | null, offset: number, count: number) {
        const rows = id === null ? records.allBeats() : records.beatsOf(id)
        const important = rows.filter((row) => row.important === 1).toSorted((first, second) => (first.time < second.time ? 1 : -1))
        return { ok: true, data: important.slice(offset, offset + count).map(beatEvent) }
      },
    }),
    getTags: () => ({ ok: true, tags: records.tags }),
    addTag: (given: { name: string; color: string }) => ({ ok: true, tag: records.addTag(given) }),
    deleteTag(id: number) {
      records.removeTag(id)
      return said(records, 'successDeleted', 'Deleted Successfully.')
    },
    addMonitorTag(tag: number, monitor: number, value: string) {
      records.attach(tag, monitor, value)
      tagged(monitor)
      return said(records, 'successAdded', 'Added Successfully.')
    },
    deleteMonitorTag(tag: number, monitor: number, value: string) {
      records.detach(tag, monitor, value)
      tagged(monitor)
      return said(records, 'successDeleted', 'Deleted Successfully.')
    },
    getMaintenanceList() {
      tellMaintenances()
      return { ok: true }
    },
    getMonitorMaintenance: (id: number) => ({ ok: true, monitors: records.membersOf(id) }),
    addMaintenance(given: Record<string, unknown>) {
      const maintenanceID = records.addMaintenance(given)
      tellMaintenances()
      return { ...said(records, 'successAdded', 'Added Successfully.'), maintenanceID }
    },
    // It tells nobody which monitors it is about.
    addMonitorMaintenance(id: number, monitors: { id: number }[]) {
      records.setMembers(
        id,
        monitors.map((monitor) => monitor.id),
      )
      return said(records, 'successAdded', 'Added Successfully.')
    },
    deleteMaintenance(id: number) {
      records.removeMaintenance(id)
      check()
      setImmediate(tellMaintenances)
      return said(records, 'successDeleted', 'Deleted Successfully.')
    },
    pauseMaintenance(id: number) {
      records.setMaintenance(id, false)
      setImmediate(tellMaintenances)
      return said(records, 'successPaused', 'Paused Successfully.')
    },
    resumeMaintenance(id: number) {
      records.setMaintenance(id, true)
      setImmediate(tellMaintenances)
      return said(records, 'successResumed', 'Resume Successfully')
    },
  }
}
