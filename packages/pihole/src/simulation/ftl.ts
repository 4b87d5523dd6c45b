import type { DomainEntry, ListEntry } from '../pihole-schema.ts'
import type { SimulatedPihole } from './world.ts'

/** Where time stands in the simulation. */
export const startOfTime = Date.parse('2026-06-01T09:00:00Z')

const usualSeats = 16
const mostWrongGuesses = 5
const everybody = [{ id: 0, name: 'Default', enabled: true }]

/** What a pretend FTL remembers. */
export class SimulatedFtl {
  readonly sessions = new Set<string>()
  readonly logins: string[] = []
  hosts: string[]
  cnames: string[]
  domains: (DomainEntry & { id: number })[]
  lists: (ListEntry & { id: number })[]
  blocking: { enabled: boolean; seconds: number | undefined }
  now = startOfTime
  builtAt: number
  pid = 300
  /** Requests that find nobody, as while it restarts. */
  deafTo = 0
  private wrongGuesses = 0
  private nextId = 1
  private nextSession = 1

  readonly world: SimulatedPihole

  constructor(world: SimulatedPihole) {
    this.world = world
    this.hosts = [...world.hosts]
    this.cnames = [...world.cnames]
    const whole = { enabled: true, groups: [0], comment: null }
    this.domains = (world.domains ?? []).map((entry) => ({ ...whole, ...entry, id: this.id() }))
    this.lists = (world.lists ?? []).map(({ address, type, enabled = true, groups = [0], comment = null }) => ({
      address,
      type,
      enabled,
      groups: [...groups],
      comment,
      id: this.id(),
    }))
    this.blocking = { enabled: world.blocking?.enabled ?? true, seconds: world.blocking?.seconds }
    this.builtAt = this.now - (world.gravityDays ?? 0) * 86_400_000
  }

  id(): number {
    return this.nextId++
  }

  get groups() {
    return this.world.groups ?? everybody
  }

  get needsLogin(): boolean {
    return this.world.password !== undefined
  }

  /** Why nobody gets in any more, or a new session. */
  async logIn(password: string, isCodeRight: () => Promise<boolean | 'missing'>): Promise<{ sid: string } | { refused: Refusal }> {
    if (this.wrongGuesses >= mostWrongGuesses) return { refused: 'rate limited' }
    if (password !== this.world.password) {
      this.wrongGuesses += 1
      return { refused: 'password' }
    }
    const code = this.world.totpSecret === undefined ? true : await isCodeRight()
    if (code !== true) return { refused: code === 'missing' ? 'code missing' : 'code' }
    if (this.sessions.size >= (this.world.seats ?? usualSeats)) return { refused: 'seats' }
    const sid = `seat-${this.nextSession++}`
    this.sessions.add(sid)
    this.logins.push(sid)
    return { sid }
  }

  /** It comes back with another process and without its sessions; the next request finds nobody. */
  restart(): void {
    this.pid += 100
    this.sessions.clear()
    this.deafTo = 1
  }

  /** Domains on its lists that are in force. */
  get gravityCount(): number {
    return this.lists.filter(({ enabled }) => enabled).reduce((sum, { address }) => sum + this.heldBy(address).count, 0)
  }

  /** What a list holds. */
  heldBy(address: string): { domains: readonly string[]; count: number } {
    const told = (this.world.lists ?? []).find((list) => list.address === address)
    const domains = told?.holds ?? []
    return { domains, count: told?.count ?? domains.length }
  }

  snapshot(): unknown {
    const { hosts, cnames, blocking, builtAt, pid } = this
    const plain = <Entry extends { id: number }>(entry: Entry) => ({ ...entry, id: undefined })
    const byText = (first: unknown, second: unknown) => (JSON.stringify(first) < JSON.stringify(second) ? -1 : 1)
    return {
      hosts,
      cnames,
      domains: this.domains.map(plain).toSorted(byText),
      lists: this.lists.map(plain).toSorted(byText),
      blocking,
      builtAt,
      pid,
    }
  }
}

/** Why a login is refused. */
export type Refusal = 'rate limited' | 'password' | 'code' | 'code missing' | 'seats'
