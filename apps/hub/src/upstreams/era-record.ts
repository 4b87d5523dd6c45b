import type { PriorDiscovery } from '@modelcontextprotocol/client'
import type { Clock, StateStore } from '@rackwarden/core/runtime'
import { isRecord } from './definitions.ts'

/** Which era a server speaks, as it was found out once. */
export interface KnownEra {
  /** What it was found out of. */
  readonly identity: string
  readonly prior: PriorDiscovery
  /** Milliseconds since the epoch. */
  readonly at: number
  /** True where asking ended the program: it is not asked again. */
  readonly endedByAsking?: true
}

/** Eras of servers, kept over restarts: asking anew costs a round trip, and of some programs a second process. */
export interface EraRecords {
  find(name: string, identity: string): Promise<KnownEra | undefined>
  keep(name: string, era: KnownEra): Promise<void>
  forget(name: string): Promise<void>
}

/** A server that spoke the old era may have been taught the new one since, and would go on answering the old. */
const oldForMs = 7 * 24 * 60 * 60_000

/** Opens the records; one that cannot be read or written is none, for it only saves time. */
export function createEraRecords(store: StateStore, clock: Pick<Clock, 'now'>): EraRecords {
  const path = (name: string) => `upstreams/eras/${name}.json`
  const held = new Map<string, KnownEra>()
  return {
    async find(name, identity) {
      const era = held.get(name) ?? eraIn(await store.read(path(name)).catch(() => undefined))
      if (era?.identity !== identity) return undefined
      if (era.prior.kind === 'legacy' && era.endedByAsking !== true && clock.now() - era.at > oldForMs) return undefined
      held.set(name, era)
      return era
    },
    async keep(name, era) {
      held.set(name, era)
      await store.write(path(name), JSON.stringify(era)).catch(() => undefined)
    },
    async forget(name) {
      held.delete(name)
      await store.remove(path(name)).catch(() => undefined)
    },
  }
}

function eraIn(text: string | undefined): KnownEra | undefined {
  try {
    const value = JSON.parse(text ?? '') as unknown
    if (!isRecord(value) || typeof value['identity'] !== 'string' || typeof value['at'] !== 'number') return undefined
    const { prior } = value
    const isPrior = isRecord(prior) && (prior['kind'] === 'legacy' || (prior['kind'] === 'modern' && isRecord(prior['discover'])))
    return isPrior ? (value as unknown as KnownEra) : undefined
  } catch {
    return undefined
  }
}
