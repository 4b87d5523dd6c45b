import { ToolError } from '@rackwarden/core'
import { z } from 'zod'
import { matcher } from '../alertmanager-schema.ts'
import { parseMatchers } from '../matchers.ts'
import { matchAll, type AlertRecord, type SilenceRecord, type SimulatedMonitor } from './monitor.ts'

/** What the pretend Alertmanager says to one request. */
export interface Reply {
  status: number
  body?: unknown
}

const postable = z.object({
  matchers: z.array(matcher).min(1),
  startsAt: z.iso.datetime(),
  endsAt: z.iso.datetime(),
  createdBy: z.string(),
  comment: z.string().min(1),
})

/** Answers one path below `/api/v2/`; undefined where there is no such endpoint. */
export function alertmanagerReply(
  monitor: SimulatedMonitor,
  { method, path, query, body }: { method: string; path: string; query: URLSearchParams; body: string },
): Reply | undefined {
  const [, id] = /^silence\/([^/]+)$/.exec(path) ?? []
  if (id !== undefined && method === 'DELETE') return expire(monitor, decodeURIComponent(id))
  switch (`${method} ${path}`) {
    case 'GET status':
      return { status: 200, body: status(monitor) }
    case 'GET alerts':
      return alerts(monitor, query.getAll('filter'))
    case 'GET silences':
      return { status: 200, body: monitor.look().map((silence) => silenceOf(monitor, silence)) }
    case 'POST silences':
      return create(monitor, body)
    default:
      return undefined
  }
}

function status({ world, now }: SimulatedMonitor) {
  return {
    cluster: { status: 'disabled', peers: [] },
    config: { original: 'route:\n  receiver: chat\nreceivers:\n- name: chat\n' },
    uptime: new Date(now - 864_000_000).toISOString(),
    versionInfo: { version: world.alertmanagerVersion, revision: '', branch: 'HEAD', buildUser: '', buildDate: '', goVersion: 'go1.24.4' },
  }
}

function alerts(monitor: SimulatedMonitor, filters: readonly string[]): Reply {
  try {
    const matchers = parseMatchers(filters)
    const sent = monitor.alerts().filter(({ given }) => given.state !== 'pending')
    const found = sent
      .map((alert) => ({ ...alert, labels: { ...monitor.world.externalLabels, ...alert.labels } }))
      .filter(({ labels }) => matchAll(matchers, labels))
    return { status: 200, body: found.map((alert) => alertOf(monitor, alert)) }
  } catch (error) {
    if (error instanceof SyntaxError) return { status: 400, body: `error parsing regexp: ${error.message}` }
    if (ToolError.isInstance(error)) return { status: 400, body: `bad matcher format: ${filters.join(' ')}` }
    throw error
  }
}

function alertOf(monitor: SimulatedMonitor, { given, labels }: AlertRecord) {
  const silencedBy = monitor.silencedBy(labels)
  const at = (milliseconds: number) => new Date(milliseconds).toISOString()
  return {
    labels,
    annotations: given.summary === undefined ? {} : { summary: given.summary },
    receivers: [{ name: 'chat' }],
    fingerprint: fingerprintOf(labels),
    startsAt: at(monitor.now - given.minutes * 60_000),
    updatedAt: at(monitor.now - 10_000),
    endsAt: at(monitor.now + 240_000),
    status: { state: silencedBy.length > 0 ? 'suppressed' : 'active', silencedBy, inhibitedBy: [], mutedBy: [] },
    generatorURL: 'http://prometheus.simulated/graph',
  }
}

function fingerprintOf(labels: Readonly<Record<string, string>>): string {
  let hash = 7
  for (const unit of Object.values(labels).join(' ')) hash = Math.imul(hash ^ (unit.codePointAt(0) ?? 0), 16_777_619)
  return (hash >>> 0).toString(16).padStart(16, '0')
}

function silenceOf(monitor: SimulatedMonitor, silence: SilenceRecord) {
  const at = (milliseconds: number) => new Date(milliseconds).toISOString()
  return {
    id: silence.id,
    status: { state: monitor.stateOf(silence) },
    updatedAt: at(silence.updatedAt),
    comment: silence.comment,
    createdBy: silence.author,
    startsAt: at(silence.startsAt),
    endsAt: at(silence.endsAt),
    matchers: silence.matchers,
    annotations: {},
  }
}

function create(monitor: SimulatedMonitor, body: string): Reply {
  const { success, data } = postable.safeParse(body === '' ? undefined : (JSON.parse(body) as unknown))
  if (!success) return { status: 400, body: 'silence invalid' }
  if (matchAll(data.matchers, {})) return { status: 400, body: 'silence invalid: at least one matcher must not match the empty string' }
  const endsAt = Date.parse(data.endsAt)
  if (endsAt <= monitor.now) return { status: 400, body: "end time can't be in the past" }
  const { id } = monitor.add({ matchers: data.matchers, author: data.createdBy, comment: data.comment, endsAt })
  return { status: 200, body: { silenceID: id } }
}

function expire(monitor: SimulatedMonitor, id: string): Reply {
  const silence = monitor.silences.find((one) => one.id === id)
  if (silence === undefined) return { status: 404 }
  if (monitor.stateOf(silence) === 'expired') return { status: 500, body: `silence ${id} already expired` }
  monitor.expire(silence)
  return { status: 200 }
}
