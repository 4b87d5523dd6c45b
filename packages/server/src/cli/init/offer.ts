import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type { Service } from '@rackwarden/core'
import { variablesOf, type Configuration, type Environment } from '@rackwarden/core/runtime'
import type { Application } from '../../application.ts'
import type { Answers, Wanted } from './answers.ts'

/** One target that could be configured. */
export interface Offer {
  service: Service
  instance: string
  values: Record<string, unknown>
  evidence: string
  /** Fields that have to be asked for. */
  ask: readonly string[]
  /** True for another machine: taken only when somebody says so. */
  remote: boolean
}

const limitMs = 2_000

/** Asks every service what it finds on this machine; one that fails or takes long finds nothing. */
export async function findOffers(
  { services }: Application,
  environment: Environment,
  tell: (line: string) => void,
): Promise<readonly Offer[]> {
  const found = await Promise.all(
    services.map(async (service) => {
      const limit = new AbortController()
      try {
        const offered = await inTime(service.candidates?.(environment, limit.signal) ?? Promise.resolve([]))
        return offered.map(({ instance, values, evidence, ask = [], remote = false }): Offer => ({
          service,
          instance,
          values: { ...values },
          evidence,
          ask,
          remote,
        }))
      } catch (error) {
        tell(`${service.name}: looking for it failed: ${error instanceof Error ? error.message : String(error)}`)
        return []
      } finally {
        limit.abort()
      }
    }),
  )
  return found.flat()
}

/** The offers that are not configured yet, with a line on each service that is. */
export function newOffers(offers: readonly Offer[], { services }: Configuration): { fresh: readonly Offer[]; known: readonly string[] } {
  const known = new Set<string>()
  const fresh = offers.filter((offer) => {
    const held = services[offer.service.name]
    if (held === undefined) return true
    if (held.off) {
      known.add(`${offer.service.name}: switched off in the file`)
      return false
    }
    const configured = held.instances.filter(({ source }) => source !== 'discovered')
    const own = configured.find(({ source }) => source === 'environment')
    if (own !== undefined) {
      known.add(`${offer.service.name}: configured by the environment`)
      return false
    }
    const broken = configured.find(({ problem }) => problem !== undefined)
    if (broken?.problem !== undefined) {
      known.add(`${nameOf(offer.service, broken.name)}: configured, but not rightly: ${broken.problem.message}`)
      return false
    }
    const same = configured.find(({ values }) => values !== undefined && isSame(offer.values, values))
    if (same !== undefined) known.add(`${nameOf(offer.service, same.name)}: configured already`)
    else if (offer.service.instances === 'single' && configured.length > 0) known.add(`${offer.service.name}: configured already`)
    else return true
    return false
  })
  return { fresh, known: [...known] }
}

/** The offers the owner named, made up where only an address was given. */
export function wantedOffers({ wanted }: Answers, offers: readonly Offer[]): { chosen: readonly Offer[]; nothing: readonly Wanted[] } {
  const chosen: Offer[] = []
  const nothing: Wanted[] = []
  for (const want of wanted) {
    const own = offers.filter(({ service }) => service === want.service)
    const named = want.instance === undefined ? own : own.filter(({ instance }) => instance === want.instance)
    if (want.url !== undefined) chosen.push(offerOf(want, own, wanted))
    else if (named.length > 0) chosen.push(...named)
    else nothing.push(want)
  }
  return { chosen: [...new Set(chosen)], nothing }
}

/** An offer for an address somebody gave. */
export function offerOf(want: Wanted, offers: readonly Offer[], all: readonly Wanted[] = [want]): Offer {
  const { service, url = '' } = want
  const found = offers.find((offer) => isSame({ url }, offer.values))
  const several = all.filter((other) => other.service === service).length > 1
  const instance = want.instance ?? found?.instance ?? (several ? hostOf(url) : 'default')
  return { service, instance, values: { ...found?.values, url }, evidence: 'given by you', ask: found?.ask ?? [], remote: true }
}

/** Fields that nothing works without and that are not there. */
export function missingFields({ service, values }: Pick<Offer, 'service' | 'values'>): string[] {
  return variablesOf(service).flatMap(({ field, required }) => (required && values[field] === undefined ? [field] : []))
}

/** How a target is named to the owner. */
export function nameOf(service: Service, instance: string): string {
  return instance === 'default' ? service.name : `${service.name}@${instance}`
}

/** What is there and cannot be used yet. */
export async function unsupportedFinds({ services }: Application, { KUBECONFIG: named, HOME: home }: Environment): Promise<string[]> {
  if (services.some(({ name }) => name === 'kubernetes')) return []
  const path = named?.split(':')[0] || (home ? join(home, '.kube', 'config') : undefined)
  if (path === undefined) return []
  return access(path).then(
    () => [`kubeconfig ${path}: Kubernetes is not supported yet`],
    () => [],
  )
}

/** The name of an address's host, fit to name an instance. */
export function hostOf(url: string): string {
  const host = URL.canParse(url) ? new URL(url).hostname : ''
  return (
    host
      .replaceAll(/[^\w.-]/g, '')
      .replace(/^[^A-Za-z0-9]+/, '')
      .slice(0, 40) || 'default'
  )
}

function isSame(offered: Readonly<Record<string, unknown>>, configured: Readonly<Record<string, unknown>>): boolean {
  const keys = 'url' in offered ? ['url'] : Object.keys(offered)
  return keys.every((key) => plain(offered[key]) === plain(configured[key]))
}

function plain(value: unknown): string {
  return (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).replace(/\/$/, '')
}

async function inTime<Found>(looking: Promise<Found>): Promise<Found> {
  const timer = new AbortController()
  const { setTimeout: delay } = await import('node:timers/promises')
  const late = delay(limitMs, undefined, { signal: timer.signal, ref: false }).then(() => {
    throw new Error(`no answer within ${limitMs / 1000} s`)
  })
  try {
    return await Promise.race([looking, late])
  } finally {
    timer.abort()
    late.catch(() => undefined)
  }
}
