import type { InstanceConfiguration } from '../config/configuration.ts'
import type { Connection } from '../define/connection.ts'
import { ToolError } from '../define/error.ts'
import type { Closeable, Service } from '../define/service.ts'
import { createAdmission, type Admission, type AdmissionOptions } from '../call/admission.ts'
import type { View } from '../call/view.ts'
import type { Tracing } from '../measure/tracing.ts'
import { createSight, type Sight } from '../measure/sight.ts'
import type { Clock, Log } from './runtime.ts'

/** One configured target of a service, with its client once it was needed. */
export interface Instance {
  readonly name: string
  /** The machine it is on, where its address names one other than this. */
  readonly host: string | undefined
  /** The machine it is reached through, where there is one. */
  readonly jump: string | undefined
  /** Why it cannot be used, where its configuration is wrong. */
  readonly problem: ToolError | undefined
  /** The client, made at the first use and kept until it is dropped. */
  client(view?: View): Promise<unknown>
  /** Keeps the client of now open until the answer is called, even where it is dropped meanwhile: others may be at work with it. */
  hold?(): () => void
  /** Forgets the client after a failure that a new one may not have. */
  dropAfter(error: unknown): void
  /** Lets go of the client; with patience only once nobody is at work with it. */
  close(patience?: 'patiently'): Promise<void>
  /** How it was when it was last asked. */
  readonly sight?: Sight
  /** How busy it is, where it admits calls by itself. */
  readonly busy?: Pick<Admission, 'running' | 'waiting' | 'refused'>
  /** Who may be at work with it; unlimited where it has none. */
  readonly admission?: Admission
  /** The same for what looks at all instances: how it is, is told of one that is busy, too. */
  readonly looks?: Admission
}

/** What an instance is made from; `connection` stands in for the real way out. */
export interface InstanceOptions {
  service: Service
  configuration: InstanceConfiguration
  connection?: Connection | undefined
  log: Log
  tracing?: Tracing | undefined
  /** How many calls it is given; unlimited where nothing is said. */
  admits?: Pick<AdmissionOptions, 'callsAtOnce' | 'callsWaiting'> & { clock: Clock }
}

const longestWaitMs = 30_000

/** A client and who is at work with it. */
interface Opened {
  client: unknown
  users: number
  /** Called when the last of them is done. */
  idle?: () => void
  close(): Promise<void>
}

/** Makes an instance; nobody is contacted. */
export function createInstance({ service, configuration, connection, log, tracing, admits }: InstanceOptions): Instance {
  let opened: Promise<Opened> | undefined
  let current: Opened | undefined
  const open = async (): Promise<Opened> => {
    if (configuration.problem !== undefined) throw configuration.problem
    const values = configuration.values ?? {}
    const base = connection ?? (await import('../connect/connection.ts')).createConnection(values, { log })
    const way = service.open === undefined ? base : await service.open(values, base, { log })
    const client = await service.connect(values, tracing === undefined ? way : await followed(way, tracing))
    return (current = {
      client,
      users: 0,
      close: async () => {
        await (client as Closeable | undefined)?.close?.()
        await way.close?.()
      },
    })
  }
  const followed = async (way: Connection, by: Tracing) =>
    (await import('../connect/traced-connection.ts')).traceConnection(way, by, { service: service.name, instance: configuration.name })
  const drop = async (patient: boolean) => {
    const dropping = opened
    opened = undefined
    current = undefined
    try {
      const dropped = await dropping
      if (patient && dropped !== undefined && dropped.users > 0) await new Promise<void>((resolve) => (dropped.idle = resolve))
      await dropped?.close()
    } catch (error) {
      if (!ToolError.isInstance(error)) log('warn', `${service.name}: closing the client of '${configuration.name}' failed.`)
    }
  }
  return {
    name: configuration.name,
    ...(admits === undefined ? {} : doorsOf(service, configuration, admits)),
    host: hostOf(configuration.values?.['url']),
    jump: hostOf(configuration.values?.['sshJump'], 'ssh://'),
    problem: configuration.problem,
    client: async () => {
      if ((current?.client as Closeable | undefined)?.isLost?.() === true) void drop(true)
      opened ??= open()
      const mine = opened
      try {
        return (await mine).client
      } catch (error) {
        if (opened === mine) opened = undefined
        throw error
      }
    },
    hold: () => {
      const held = current
      if (held === undefined) return () => undefined
      held.users += 1
      return () => {
        held.users -= 1
        if (held.users === 0) held.idle?.()
      }
    },
    dropAfter: (error) => {
      if (ToolError.isInstance(error) && (error.code === 'unreachable' || error.code === 'unauthorized')) void drop(true)
    },
    close: async (patience) => drop(patience === 'patiently'),
  }
}

/** Nobody waits longer for an instance than for one of its answers. */
function doorsOf(service: Service, { name, values }: InstanceConfiguration, admits: Required<InstanceOptions>['admits']) {
  const timeoutMs = values?.['timeoutMs']
  const door = () =>
    createAdmission({
      ...admits,
      place: name === 'default' ? service.title : `${service.title} '${name}'`,
      waitMs: typeof timeoutMs === 'number' ? timeoutMs : longestWaitMs,
    })
  return { admission: door(), looks: door(), sight: createSight(admits.clock) }
}

function hostOf(address: unknown, scheme = ''): string | undefined {
  if (typeof address !== 'string' || !URL.canParse(scheme + address)) return undefined
  const { hostname } = new URL(scheme + address)
  return hostname === '' || hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.') ? undefined : hostname
}
