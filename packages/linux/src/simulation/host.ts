import { createHash } from 'node:crypto'
import type { SimulatedHost, SimulatedUnit } from './world.ts'

/** A line of a pretend journal. */
export interface JournalEntry {
  at: number
  priority: number
  identifier: string
  text: string
}

/** A unit as the pretend host keeps it. */
export interface UnitRecord {
  given: SimulatedUnit
  active: 'active' | 'inactive' | 'failed'
  enabled: 'enabled' | 'disabled' | 'static' | 'masked'
  exitCode: number
  starts: number
  changedAt: number
  journal: JournalEntry[]
}

const hour = 3_600_000

/** What a pretend host remembers, and how acting on its units changes it; its time never passes by itself. */
export class PretendHost {
  readonly given: SimulatedHost
  readonly now: number
  readonly units: UnitRecord[]
  /** As in its world, without those that were installed. */
  updates: readonly string[]
  rebootFor: readonly string[] | undefined
  kernel: string
  removed: readonly string[] = []
  /** Every start of it. */
  boots = 1

  constructor(given: SimulatedHost, now: number) {
    this.given = given
    this.now = now
    this.updates = given.updates ?? []
    this.rebootFor = given.rebootFor
    this.kernel = given.kernel ?? '6.12.48+deb13-amd64'
    this.units = (given.units ?? []).map((unit) => this.record(unit))
  }

  /** The unit a name means, as systemd would find it. */
  find(name: string): UnitRecord | undefined {
    const wanted = /\.\w+$/.test(name) ? name : `${name}.service`
    return this.units.find(({ given }) => given.name === wanted || given.aliases?.includes(wanted))
  }

  /** Does what `systemctl` is told; gives back what it says and its exit code. */
  act(verb: string, name: string): { said: string; code: number } {
    const unit = this.find(name)
    if (unit === undefined) return { said: `Unit ${name} not found.`, code: 5 }
    if (verb === 'enable' || verb === 'disable') unit.enabled = verb === 'enable' ? 'enabled' : 'disabled'
    if (verb === 'stop' && unit.active !== 'inactive') {
      unit.active = 'inactive'
      unit.changedAt = this.now
      this.write(unit, 'systemd', `Stopped ${unit.given.name}.`)
    }
    const starts = verb === 'restart' || (verb === 'start' && unit.active !== 'active')
    return starts ? this.start(unit) : { said: '', code: 0 }
  }

  /** Starts it as a whole anew: what is enabled comes up, what is not stays down. */
  reboot(): void {
    this.boots += 1
    this.rebootFor = undefined
    this.kernel = this.given.newerKernel ?? this.kernel
    for (const unit of this.units) {
      unit.active = 'inactive'
      unit.changedAt = this.now
      const isWanted = unit.enabled === 'enabled' || (unit.enabled === 'static' && unit.given.type !== 'oneshot')
      if (isWanted) this.start(unit)
    }
  }

  /** Installs what was foretold. */
  install(names: readonly string[], gone: readonly string[]): void {
    this.updates = this.updates.filter((update) => !names.includes(update.split(' ')[0] ?? ''))
    this.removed = [...this.removed, ...gone]
  }

  private start(unit: UnitRecord): { said: string; code: number } {
    const { given } = unit
    unit.starts += 1
    unit.changedAt = this.now
    for (const line of given.startLog ?? []) this.write(unit, short(given.name), line)
    if (given.onStart === 'fails') {
      unit.active = 'failed'
      unit.exitCode = given.exitCode ?? 1
      for (const line of (given.log ?? []).slice(-1)) this.write(unit, short(given.name), line)
      return { said: `Job for ${given.name} failed because the control process exited with error code.`, code: 1 }
    }
    unit.exitCode = 0
    unit.active = given.type === 'oneshot' ? 'inactive' : 'active'
    return { said: '', code: 0 }
  }

  private write(unit: UnitRecord, identifier: string, line: string): void {
    unit.journal.push(entryOf(this.now, identifier, line))
  }

  private record(given: SimulatedUnit): UnitRecord {
    const changedAt = this.now - (given.hours ?? 24) * hour
    const lines = given.log ?? []
    return {
      given,
      active: given.active ?? 'active',
      enabled: given.enabled ?? 'enabled',
      exitCode: given.exitCode ?? 0,
      starts: 1,
      changedAt,
      journal: lines.map((line, index) =>
        entryOf((given.active === 'failed' ? changedAt : this.now) - (lines.length - index) * 20_000, short(given.name), line),
      ),
    }
  }
}

function short(name: string): string {
  return name.replace(/\.\w+$/, '')
}

function entryOf(at: number, identifier: string, line: string): JournalEntry {
  return line.startsWith('! ') ? { at, priority: 3, identifier, text: line.slice(2) } : { at, priority: 6, identifier, text: line }
}

/** A stable made-up number in hexadecimal. */
export function idOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}
