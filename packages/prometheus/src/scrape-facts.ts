import { isIP } from 'node:net'
import type { ScrapeTarget } from './prometheus-schema.ts'

/** The instance label of a target, else the address it was discovered by. */
export function instanceOf({ labels, discoveredLabels }: ScrapeTarget): string {
  return labels['instance'] || discoveredLabels['__address__'] || 'unknown'
}

/** The job of a target, else the pool it is scraped in. */
export function jobOf({ labels, scrapePool }: ScrapeTarget): string {
  return labels['job'] || scrapePool || 'unknown'
}

/** Why the last scrape failed, in one line. */
export function lastErrorOf({ lastError }: ScrapeTarget): string {
  return lastError.replaceAll(/\s+/g, ' ').trim().slice(0, 300)
}

/** The host part of `nas:9100`, `[fe80::1]:9100`, `https://site/path` or `10.0.0.4`. */
export function hostOf(place: string): string {
  const bare = place.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '').replace(/[/?#].*$/s, '')
  const bracketed = /^\[([^\]]+)\]/.exec(bare)?.[1]
  if (bracketed !== undefined) return bracketed
  return isIP(bare) === 0 ? bare.replace(/:\d+$/, '') : bare
}

/** True for an address that means another machine on each machine. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host.startsWith('127.') || host === '::1' || host === '0.0.0.0'
}
