import { httpConfig, secret, type ConfigOf, type Connection } from '@rackwarden/core'
import { z } from 'zod'
import { bean, tag, type Bean } from './kuma-schema.ts'
import { createDoor, logIn } from './login.ts'
import { createPicture } from './picture.ts'
import { openSession, unexpected } from './session.ts'

/** What has to be known of Uptime Kuma to reach it. */
export const config = {
  ...httpConfig,
  // To the library a path means something else, and what else an address may hold means nothing: refused rather than ignored.
  url: z
    .string()
    .regex(/^https?:\/\/[^/?#@]+\/?$/, 'is not http:// or https:// with a host and nothing after it')
    .describe('Address of Uptime Kuma: http://host:3001.'),
  username: z.string().min(1).optional().describe('Name of the account; without one, it must let everybody in.'),
  password: secret().optional().describe('Its password.'),
  totpSecret: secret().optional().describe('Secret of its authenticator, where it logs in with two factors: base32 text.'),
  token: secret().optional().describe('JWT of a login, instead of name and password; an API key (uk1_…) is none.'),
}

/** What of a configuration the client itself needs. */
type ClientConfig = Partial<Pick<ConfigOf<typeof config>, 'url' | 'username' | 'password' | 'totpSecret' | 'token' | 'timeoutMs'>>

/** What one Uptime Kuma is asked. */
export interface UptimeKumaClient extends Awaited<ReturnType<typeof connect>> {}

/** A window of maintenance that is to be. */
export interface Window {
  title: string
  from: Date
  until: Date
  monitors: readonly number[]
}

const defaultTimeoutMs = 30_000
// The list of monitors does not say when a window of maintenance ended by itself, so an older one is asked for again.
const freshMs = 60_000
// Changes of all monitors together, asked for once.
const mostChanges = 500

const nothing = z.unknown()

/** Connects to one Uptime Kuma and logs in; what it pushes is kept, and reads answer from it. */
export async function connect(configuration: ClientConfig, connection: Connection) {
  const { url = '', timeoutMs = defaultTimeoutMs, ...credentials } = configuration
  const picture = createPicture()
  const door = createDoor()
  const session = await openSession(connection, { url, timeoutMs, pushed: [picture.pushed, door.pushed] })
  const ask = session.ask
  /** Has the list told anew: it comes before the answer does. */
  const refresh = async (signal?: AbortSignal) => {
    await ask('getMonitorList', [], nothing, signal)
    if (picture.age() === undefined) throw unexpected('getMonitorList')
    return picture.monitors()
  }
  try {
    await logIn(session, door, credentials)
    await refresh()
    await session.until(picture.whole, 'to tell of its checks')
    if (picture.isSecond()) {
      const { data } = await ask('monitorImportantHeartbeatListPaged', [null, 0, mostChanges], z.object({ data: z.array(z.unknown()) }))
      picture.addChanges(data)
    }
  } catch (error) {
    session.close()
    throw error
  }
  let last: Promise<unknown> = Promise.resolve()
  return {
    picture,
    version: () => picture.version(),
    /** The monitors as they were told last. */
    async monitors(signal: AbortSignal) {
      const lost = session.lost()
      if (lost !== undefined) throw lost
      const age = picture.age()
      return age !== undefined && age < freshMs ? picture.monitors() : refresh(signal)
    },
    /** The monitors as they are now. */
    refresh,
    /** One monitor with all its fields, the secret ones too: to be changed and written back. */
    bean: async (id: number, signal: AbortSignal) => (await ask('getMonitor', [id], z.object({ monitor: bean }), signal)).monitor,
    add: async (fields: Readonly<Record<string, unknown>>, signal: AbortSignal) =>
      (await ask('add', [fields], z.object({ monitorID: z.number() }), signal)).monitorID,
    edit: async (whole: Bean, signal: AbortSignal) => void (await ask('editMonitor', [whole], nothing, signal)),
    pause: async (id: number, signal: AbortSignal) => void (await ask('pauseMonitor', [id], nothing, signal)),
    resume: async (id: number, signal: AbortSignal) => void (await ask('resumeMonitor', [id], nothing, signal)),
    remove: async (id: number, signal: AbortSignal) => void (await ask('deleteMonitor', [id], nothing, signal)),
    tags: async (signal: AbortSignal) => (await ask('getTags', [], z.object({ tags: z.array(tag) }), signal)).tags,
    addTag: async (name: string, color: string, signal: AbortSignal) =>
      (await ask('addTag', [{ name, color }], z.object({ tag }), signal)).tag,
    deleteTag: async (id: number, signal: AbortSignal) => void (await ask('deleteTag', [id], nothing, signal)),
    attachTag: async (monitor: number, { id, value }: { id: number; value: string }, signal: AbortSignal) =>
      void (await ask('addMonitorTag', [id, monitor, value], nothing, signal)),
    detachTag: async (monitor: number, { id, value }: { id: number; value: string }, signal: AbortSignal) =>
      void (await ask('deleteMonitorTag', [id, monitor, value], nothing, signal)),
    /** The windows of maintenance as they are now. */
    async maintenances(signal: AbortSignal) {
      await ask('getMaintenanceList', [], nothing, signal)
      return picture.maintenances()
    },
    monitorsUnder: async (maintenance: number, signal: AbortSignal) =>
      (
        await ask('getMonitorMaintenance', [maintenance], z.object({ monitors: z.array(z.object({ id: z.number() })) }), signal)
      ).monitors.map(({ id }) => id),
    async startMaintenance({ title, from, until, monitors }: Window, signal: AbortSignal) {
      const made = await ask('addMaintenance', [windowOf({ title, from, until })], z.object({ maintenanceID: z.number() }), signal)
      const given = [made.maintenanceID, monitors.map((id) => ({ id }))]
      await ask('addMonitorMaintenance', given, nothing, signal).catch(async (error: unknown) => {
        // A window that is about nothing is nobody's.
        if (session.lost() === undefined) await ask('deleteMaintenance', [made.maintenanceID], nothing)
        throw error
      })
      return made.maintenanceID
    },
    deleteMaintenance: async (id: number, signal: AbortSignal) => void (await ask('deleteMaintenance', [id], nothing, signal)),
    pauseMaintenance: async (id: number, signal: AbortSignal) => void (await ask('pauseMaintenance', [id], nothing, signal)),
    resumeMaintenance: async (id: number, signal: AbortSignal) => void (await ask('resumeMaintenance', [id], nothing, signal)),
    /** The time it has; no event tells of it, every answer over HTTP does. */
    async now(signal: AbortSignal) {
      const response = await connection.fetch('/api/entry-page', { signal, timeoutMs })
      await response.body?.cancel()
      const time = Date.parse(response.headers.get('date') ?? '')
      return new Date(Number.isNaN(time) ? Date.now() : time)
    },
    /** One at a time: it takes several monitors of one name, so whoever adds one has to have looked before. */
    async inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
      const turn = last.then(work)
      last = turn.catch(() => undefined)
      return turn
    },
    isLost: () => session.lost() !== undefined,
    close: session.close,
  }
}

/** The longest a window may last, in minutes: a week. */
export const longestWindow = 7 * 24 * 60

function windowOf({ title, from, until }: Omit<Window, 'monitors'>): Record<string, unknown> {
  // Without a zone, for the zone stands beside it; with a T, or it is taken for a pattern of cron.
  const timeOf = (moment: Date) => moment.toISOString().slice(0, 19)
  return {
    title,
    description: 'Started by an assistant through Rackwarden.',
    strategy: 'single',
    active: true,
    intervalDay: 1,
    dateRange: [timeOf(from), timeOf(until)],
    timeRange: [
      { hours: 0, minutes: 0 },
      { hours: 0, minutes: 0 },
    ],
    weekdays: [],
    daysOfMonth: [],
    cron: '',
    durationMinutes: 0,
    timezoneOption: 'UTC',
  }
}
