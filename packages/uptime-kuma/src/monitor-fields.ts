import type { Derived } from './derivation.ts'
import type { Bean } from './kuma-schema.ts'
import { isSecretField } from './withheld.ts'

/** What a monitor is made with besides what it watches. */
export interface Wishes {
  name: string
  interval: number
  retries: number
  parent: number | undefined
  notifications: readonly number[]
  dockerHost: number | undefined
}

const pushTokenLength = 32
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** Every field a new monitor has to have, in 1.23 or 2.x; a field of the other is one its database does not know. */
export async function newMonitor({ type, fields }: Derived, wishes: Wishes, isSecond: boolean): Promise<Record<string, unknown>> {
  const { interval, notifications } = wishes
  return {
    type,
    name: wishes.name,
    description: null,
    parent: wishes.parent ?? null,
    method: 'GET',
    interval,
    retryInterval: interval,
    resendInterval: 0,
    maxretries: wishes.retries,
    notificationIDList: Object.fromEntries(notifications.map((id) => [String(id), true])),
    ignoreTls: false,
    upsideDown: false,
    expiryNotification: false,
    maxredirects: 10,
    packetSize: 56,
    accepted_statuscodes: ['200-299'],
    dns_resolve_type: 'A',
    dns_resolve_server: '1.1.1.1',
    proxyId: null,
    docker_host: wishes.dockerHost ?? null,
    authMethod: null,
    httpBodyEncoding: 'json',
    kafkaProducerBrokers: [],
    kafkaProducerSaslOptions: { mechanism: 'None' },
    kafkaProducerSsl: false,
    kafkaProducerAllowAutoTopicCreation: false,
    gamedigGivenPortOnly: true,
    // It gives up on an answer before the next one is due.
    ...('url' in fields ? { timeout: Math.round(interval * 0.8) } : {}),
    ...(type === 'push' ? { pushToken: await newPushToken() } : {}),
    ...(isSecond ? { conditions: [], rabbitmqNodes: [] } : {}),
    ...(isSecond && type === 'json-query' ? { jsonPathOperator: '==' } : {}),
    ...fields,
  }
}

async function newPushToken(): Promise<string> {
  const { randomInt } = await import('node:crypto')
  return Array.from({ length: pushTokenLength }, () => letters[randomInt(letters.length)]).join('')
}

/** What is told of a monitor and is no field of it, and what it writes itself. */
const notKept = new Set([
  'id',
  'tags',
  'path',
  'pathName',
  'childrenIDs',
  'forceInactive',
  'maintenance',
  'screenshot',
  'includeSensitiveData',
  'dns_last_result',
  'active',
])

/** A monitor as it can be made again. */
export interface KeptMonitor {
  fields: Record<string, unknown>
  /** Its secrets, as JSON: one text under a name that says what it is, so that it is shown nowhere. */
  secret: string
}

/** Takes a monitor apart into what may be shown and what may not; whether it ran is among its fields. */
export function kept(bean: Bean): KeptMonitor {
  const own = Object.entries(bean).filter(([name]) => !notKept.has(name))
  const isRunning = bean['active'] === true || bean['active'] === 1 || bean['forceInactive'] === true
  return {
    fields: { ...Object.fromEntries(own.filter(([name]) => !isSecretField(name))), active: isRunning },
    secret: JSON.stringify(Object.fromEntries(own.filter(([name]) => isSecretField(name)))),
  }
}

/** Puts it together again, as it is sent. */
export function whole({ fields, secret }: KeptMonitor): Record<string, unknown> {
  return { ...fields, ...(JSON.parse(secret) as Record<string, unknown>) }
}
