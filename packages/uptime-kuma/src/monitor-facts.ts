import { isIP } from 'node:net'
import type { Beat, Monitor } from './kuma-schema.ts'
import type { Picture } from './picture.ts'
import { shownUrl } from './withheld.ts'

/** What a monitor is: `unknown` where it was never checked. */
export const monitorStates = ['down', 'pending', 'up', 'maintenance', 'paused', 'unknown'] as const
export type MonitorState = (typeof monitorStates)[number]

/** A monitor, and what is known of it. */
export interface MonitorFacts {
  monitor: Monitor
  state: MonitorState
  /** Since when it is in that state; undefined where that is not told. */
  since: string | undefined
  last: Beat | undefined
  isFlapping: boolean
  /** Changes within the last hour. */
  changes: number
  uptime: number | undefined
  certificateDays: number | undefined
}

const hourMs = 3_600_000
const manyChanges = 4
const byStatus: Readonly<Record<number, MonitorState>> = { 0: 'down', 1: 'up', 2: 'pending', 3: 'maintenance' }

/** What is known of each monitor, worst first. */
export function allFacts(picture: Picture, monitors: readonly Monitor[]): MonitorFacts[] {
  return monitors.map((monitor) => factsOf(picture, monitor)).toSorted(worstFirst)
}

/** What is known of one monitor. */
export function factsOf(picture: Picture, monitor: Monitor): MonitorFacts {
  const { beats, changes, uptime, certificateDays } = picture.recordOf(monitor.id)
  const last = beats.at(-1)
  const state = stateOf(monitor, last)
  const latest = Date.parse(picture.latest() ?? '')
  const recent = changes.filter(({ time, status }) => status < 2 && Date.parse(time) > latest - hourMs)
  const isWatched = state === 'up' || state === 'down' || state === 'pending'
  return {
    monitor,
    state,
    since: state === 'paused' || state === 'unknown' ? last?.time : changes.at(-1)?.time,
    last,
    isFlapping: isWatched && recent.length >= manyChanges,
    changes: recent.length,
    uptime,
    certificateDays,
  }
}

function stateOf({ active, maintenance }: Monitor, last: Beat | undefined): MonitorState {
  if (!active) return 'paused'
  if (maintenance) return 'maintenance'
  return (last === undefined ? undefined : byStatus[last.status]) ?? 'unknown'
}

function worstFirst(first: MonitorFacts, second: MonitorFacts): number {
  const rank = ({ state, isFlapping }: MonitorFacts) => (state === 'up' && isFlapping ? 0.5 : monitorStates.indexOf(state))
  const byName = first.monitor.name < second.monitor.name ? -1 : 1
  return rank(first) - rank(second) || (first.monitor.name === second.monitor.name ? first.monitor.id - second.monitor.id : byName)
}

/** What a monitor watches, in a few words and without secrets. */
export function watchedOf({ type, url, hostname, port, docker_container, dns_resolve_type }: Monitor): string {
  if (type === 'docker') return `container ${docker_container}`
  if (type === 'dns') return `${dns_resolve_type || 'A'} ${hostname}`
  if (hostname !== '') return typeof port === 'number' && port > 0 && type !== 'ping' ? `${hostname}:${port}` : hostname
  return usesUrl(type) ? shownUrl(url) : ''
}

/** Says whether a kind of monitor asks an address; others keep one that was never meant. */
export function usesUrl(type: string): boolean {
  return ['http', 'keyword', 'json-query', 'real-browser', 'websocket-upgrade'].includes(type)
}

/** Names and addresses of what a monitor watches, as other services may know them. */
export function namesWatched(monitor: Monitor): { names: string[]; addresses: string[] } {
  const { type, url, hostname, docker_container } = monitor
  const host = usesUrl(type) && URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : hostname
  if (type === 'docker') return { names: docker_container === '' ? [] : [docker_container], addresses: [] }
  if (host === '' || type === 'group' || type === 'push') return { names: [], addresses: [] }
  return isIP(host) > 0 ? { names: [], addresses: [host] } : { names: [host], addresses: [] }
}

/** How long ago something was told, in words that stay the same while it is fresh. */
export function ageText(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000)
  return minutes < 1 ? 'less than a minute ago' : `${minutes} min ago`
}

/** A part of a whole in percent, as it is shown; undefined where it is not known. */
export function percent(part: number | undefined): number | undefined {
  return part === undefined ? undefined : Math.floor(part * 10_000) / 100
}

/** `3 down, 1 pending, 12 up`: how many are in which state. */
export function countsText(all: readonly MonitorFacts[]): string {
  const counts = monitorStates.map((state) => [all.filter((facts) => facts.state === state).length, state] as const)
  const flapping = all.filter(({ isFlapping }) => isFlapping).length
  const told = counts
    .filter(([count]) => count > 0)
    .map(([count, state]) => `${count} ${state === 'maintenance' ? 'in maintenance' : state}`)
  return [...told, ...(flapping > 0 ? [`${flapping} flapping`] : [])].join(', ') || 'none'
}
