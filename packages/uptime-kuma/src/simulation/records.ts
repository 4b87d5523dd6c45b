import { columnsOf, missingColumn, snake } from './columns.ts'
import { beatsOf, databaseTime, type BeatRow } from './beats.ts'
import type { SimulatedMonitor, UptimeKumaWorld } from './world.ts'

/** A row of the monitors, by the names it is told under. */
export type Row = Record<string, unknown> & { id: number; name: string; type: string; active: boolean; parent: number | null }

interface MaintenanceRow {
  id: number
  title: string
  strategy: string
  active: boolean
  from: string | null
  until: string | null
  fields: Record<string, unknown>
}

/** What a pretend Uptime Kuma remembers. */
export type Records = ReturnType<typeof createRecords>

/** Makes what a pretend Uptime Kuma remembers from the world it begins with; it outlives the server that answers from it. */
export function createRecords({ version = '2.5.3', now = '2026-06-01T08:00:00Z', ...world }: UptimeKumaWorld) {
  const isSecond = !version.startsWith('1.')
  const columns = columnsOf(isSecond)
  const tags = (world.tags ?? []).map((tag, index) => ({ id: index + 1, ...tag }))
  const notifications = (world.notifications ?? []).map(({ name, type, isDefault = false }, index) => ({
    id: index + 1,
    name,
    type,
    isDefault,
  }))
  const monitors = new Map<number, Row>()
  const beats = new Map<number, BeatRow[]>()
  const statistics = new Map<number, Pick<SimulatedMonitor, 'uptime' | 'ping' | 'certificateDays'>>()
  let attached: { tag_id: number; monitor_id: number; value: string }[] = []
  let notified: { monitor_id: number; notification_id: number }[] = []
  const maintenances = new Map<number, MaintenanceRow>()
  let members: { maintenance: number; monitor: number }[] = []
  const next = { monitor: 1, tag: tags.length + 1, maintenance: 1, beat: 1 }

  const idOf = (name: string | undefined) => [...monitors.values()].find((row) => row.name === name)?.id ?? null
  const setNotified = (monitor: number, map: unknown) => {
    notified = notified.filter(({ monitor_id }) => monitor_id !== monitor)
    for (const [id, isOn] of Object.entries((map ?? {}) as Record<string, unknown>))
      if (isOn === true) notified.push({ monitor_id: monitor, notification_id: Number(id) })
  }
  for (const one of world.monitors) {
    const id = next.monitor++
    const own = { id, name: one.name, type: one.type ?? 'http', active: one.active !== false, parent: idOf(one.parent) }
    monitors.set(id, { ...columns, conditions: isSecond ? [] : undefined, interval: 60, retryInterval: 60, ...one.fields, ...own })
    beats.set(
      id,
      beatsOf(id, one, now, () => next.beat++),
    )
    statistics.set(id, one)
    for (const { name, value = '' } of one.tags ?? []) {
      const tag = tags.find((known) => known.name === name)
      if (tag !== undefined) attached.push({ tag_id: tag.id, monitor_id: id, value })
    }
    for (const name of one.notifications ?? [])
      notified.push({ monitor_id: id, notification_id: notifications.find((known) => known.name === name)?.id ?? 0 })
  }
  for (const { title, strategy = 'single', from = null, until = null, monitors: names } of world.maintenances ?? []) {
    const id = next.maintenance++
    maintenances.set(id, { id, title, strategy, active: true, from, until, fields: {} })
    members.push(...names.map((name) => ({ maintenance: id, monitor: idOf(name) ?? 0 })))
  }

  /** Looks at what each monitor watches, and gives the checks that found another state than the one before. */
  const check = (): BeatRow[] =>
    [...monitors.values()].flatMap(({ id, name, active }) => {
      const rows = beats.get(id) ?? []
      const status = { up: 1, down: 0, unknown: undefined }[world.finds?.(name) ?? 'unknown']
      if (!active || status === undefined || rows.at(-1)?.status === status) return []
      const beat = {
        id: next.beat++,
        monitor_id: id,
        status,
        // Time stands still, and yet what comes later is later.
        time: databaseTime(now, next.beat),
        msg: status === 1 ? '200 - OK' : 'connect ECONNREFUSED',
        ping: status === 1 ? 12 : null,
        important: 1,
      }
      beats.set(id, [...rows, beat])
      return [beat]
    })

  const statusOf = ({ active, strategy, from, until }: MaintenanceRow): string => {
    if (!active) return 'inactive'
    if (strategy === 'recurring-weekday') return 'scheduled'
    if (from !== null && `${from}Z` > now) return 'scheduled'
    return until !== null && `${until}Z` < now ? 'ended' : 'under-maintenance'
  }
  const above = (row: Row | undefined): Row[] => {
    const parent = row?.parent == null ? undefined : monitors.get(row.parent)
    return parent === undefined ? [] : [parent, ...above(parent)]
  }
  const below = (id: number): number[] =>
    [...monitors.values()].filter(({ parent }) => parent === id).flatMap((child) => [child.id, ...below(child.id)])
  const isUnderMaintenance = (row: Row): boolean =>
    [row, ...above(row)].some(({ id }) =>
      members.some(({ maintenance, monitor }) => {
        const window = maintenances.get(maintenance)
        return monitor === id && window !== undefined && statusOf(window) === 'under-maintenance'
      }),
    )
  const told = (row: Row) => {
    const groups = above(row)
    return {
      ...row,
      active: row.active && groups.every(({ active }) => active),
      forceInactive: groups.some(({ active }) => !active),
      pathName: [...groups.toReversed(), row].map(({ name }) => name).join(' / '),
      childrenIDs: below(row.id),
      maintenance: isUnderMaintenance(row),
      tags: attached
        .filter(({ monitor_id }) => monitor_id === row.id)
        .map((tag) => ({ ...tag, name: nameOfTag(tag.tag_id)?.name, color: nameOfTag(tag.tag_id)?.color })),
      notificationIDList: Object.fromEntries(
        notified.filter(({ monitor_id }) => monitor_id === row.id).map(({ notification_id }) => [String(notification_id), true]),
      ),
      includeSensitiveData: true,
      screenshot: null,
    }
  }
  const nameOfTag = (id: number) => tags.find((tag) => tag.id === id)
  const monitorOf = (id: unknown): Row | undefined => monitors.get(Number(id))
  /** What the database says of a field it does not know. */
  const unknownColumn = (given: Readonly<Record<string, unknown>>) => {
    const name = Object.keys(given).find((field) => !(field in columns) && field !== 'active')
    if (name !== undefined) throw new Error(`insert into \`monitor\` - SQLITE_ERROR: table monitor has no column named ${snake(name)}`)
  }
  const checked = (row: Row): Row => {
    const codes = row['accepted_statuscodes'] as unknown[]
    if (!codes.every((code) => typeof code === 'string')) throw new Error('Accepted status codes are not all strings')
    const missing = missingColumn(row, columns)
    if (missing !== undefined) throw new Error(missing)
    const least = isSecond ? 1 : 20
    if (Number(row['interval']) < least) throw new Error(`Interval cannot be less than ${least} seconds`)
    return row
  }
  const beatNow = (id: number): BeatRow => {
    const row = { id: next.beat++, monitor_id: id, status: 1, time: databaseTime(now, 0), msg: '200 - OK', ping: 12, important: 1 }
    const known = beats.get(id) ?? []
    // Time stands still: what is checked twice at once is one check.
    beats.set(id, [...known.filter(({ time }) => time !== row.time), row])
    return row
  }

  return {
    check,
    isSecond,
    version,
    now,
    tags,
    notifications,
    statistics,
    beatsOf: (id: number) => beats.get(id) ?? [],
    allBeats: () => [...beats.values()].flat(),
    list: (id?: number) =>
      Object.fromEntries(
        [...monitors.values()].filter((row) => id === undefined || row.id === id).map((row) => [String(row.id), told(row)]),
      ),
    monitor(id: unknown) {
      const row = monitorOf(id)
      return row === undefined ? undefined : told(row)
    },
    add(given: Record<string, unknown>): { id: number; beat: BeatRow | undefined } {
      const { notificationIDList, ...fields } = given
      unknownColumn(fields)
      const { active = true, ...own } = fields
      const id = next.monitor
      const row = checked({ ...columns, ...own, id, active: active !== false, parent: own['parent'] ?? null } as Row)
      next.monitor += 1
      monitors.set(id, row)
      setNotified(id, notificationIDList)
      return { id, beat: row.active ? beatNow(id) : undefined }
    },
    edit(given: Record<string, unknown>): number {
      const row = monitorOf(given['id'])
      if (row === undefined) throw new TypeError("Cannot read properties of null (reading 'user_id')")
      if (below(row.id).includes(Number(given['parent']))) throw new Error('Invalid Monitor Group')
      // What is not sent is not kept: the whole row is written.
      const written = Object.fromEntries(Object.keys(columns).map((name) => [name, given[name] ?? null]))
      monitors.set(row.id, checked({ ...written, weight: row['weight'], id: row.id, active: row.active } as unknown as Row))
      setNotified(row.id, given['notificationIDList'])
      return row.id
    },
    setActive(id: unknown, active: boolean): BeatRow | undefined {
      const row = monitorOf(id)
      if (row === undefined) throw new Error('You do not own this monitor.')
      monitors.set(row.id, { ...row, active })
      return active && above(row).every((group) => group.active) ? beatNow(row.id) : undefined
    },
    remove(id: unknown): number[] {
      const key = Number(id)
      const children = [...monitors.values()].filter(({ parent }) => parent === key)
      for (const child of children) monitors.set(child.id, { ...child, parent: null })
      monitors.delete(key)
      beats.delete(key)
      statistics.delete(key)
      attached = attached.filter(({ monitor_id }) => monitor_id !== key)
      notified = notified.filter(({ monitor_id }) => monitor_id !== key)
      members = members.filter(({ monitor }) => monitor !== key)
      return children.map((child) => child.id)
    },
    addTag(given: { name: string; color: string }) {
      const tag = { id: next.tag++, name: given.name, color: given.color }
      tags.push(tag)
      return tag
    },
    removeTag(id: number) {
      tags.splice(0, tags.length, ...tags.filter((tag) => tag.id !== id))
      attached = attached.filter(({ tag_id }) => tag_id !== id)
    },
    attach: (tag_id: number, monitor_id: number, value: string) => void attached.push({ tag_id, monitor_id, value }),
    detach(tag_id: number, monitor_id: number, value: string) {
      attached = attached.filter((tag) => tag.tag_id !== tag_id || tag.monitor_id !== monitor_id || tag.value !== value)
    },
    maintenances: () =>
      Object.fromEntries(
        [...maintenances.values()].map((row) => [
          String(row.id),
          {
            ...row.fields,
            id: row.id,
            title: row.title,
            strategy: row.strategy,
            active: row.active,
            status: statusOf(row),
            dateRange: [row.from, ...(row.until === null ? [] : [row.until])],
            timezone: 'UTC',
          },
        ]),
      ),
    addMaintenance({ title, strategy, active, dateRange = [], ...fields }: Record<string, unknown> & { dateRange?: unknown[] }): number {
      if (fields['description'] == null) throw new Error('SQLITE_CONSTRAINT: NOT NULL constraint failed: maintenance.description')
      const id = next.maintenance++
      const [from = null, until = null] = dateRange as (string | null)[]
      maintenances.set(id, { id, title: String(title), strategy: String(strategy), active: active === true, from, until, fields })
      return id
    },
    setMembers(maintenance: number, ids: readonly number[]) {
      members = [...members.filter((member) => member.maintenance !== maintenance), ...ids.map((monitor) => ({ maintenance, monitor }))]
    },
    membersOf: (maintenance: number) =>
      members.filter((member) => member.maintenance === maintenance).map(({ monitor }) => ({ id: monitor })),
    setMaintenance(id: number, active: boolean) {
      const row = maintenances.get(id)
      if (row === undefined) throw new Error('Maintenance not found')
      maintenances.set(id, { ...row, active })
    },
    removeMaintenance(id: number) {
      maintenances.delete(id)
      members = members.filter((member) => member.maintenance !== id)
    },
    /** Everything that can change. */
    snapshot: () =>
      structuredClone({
        monitors: [...monitors.values()],
        tags,
        attached,
        notified,
        maintenances: [...maintenances.values()],
        members,
        beats: [...beats.values()],
      }),
  }
}
