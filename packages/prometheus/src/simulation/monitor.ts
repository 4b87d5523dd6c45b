import type { Matcher } from '../alertmanager-schema.ts'
import { parseMatchers } from '../matchers.ts'
import { defaultWorld, type PrometheusWorld, type SimulatedAlert, type SimulatedRule } from './world.ts'

/** A silence as the pretend Alertmanager keeps it. */
export interface SilenceRecord {
  id: string
  matchers: Matcher[]
  author: string
  comment: string
  startsAt: number
  endsAt: number
  updatedAt: number
  /** Times it is still missing from the list, as one just made may be. */
  looksLeft: number
}

/** An alert with all its labels. */
export interface AlertRecord {
  rule: SimulatedRule
  given: SimulatedAlert
  labels: Record<string, string>
}

type Labels = Readonly<Record<string, string>>

/** What a pretend Prometheus and its Alertmanager remember, and how silencing changes it. */
export class SimulatedMonitor {
  readonly world: PrometheusWorld & Required<Pick<PrometheusWorld, 'version' | 'alertmanagerVersion' | 'metrics' | 'rules' | 'answers'>>
  /** In milliseconds; only what is done to it makes time pass. */
  now: number
  readonly silences: SilenceRecord[]
  private made = 0

  constructor(world: PrometheusWorld = defaultWorld) {
    this.world = { version: '3.5.0', alertmanagerVersion: '0.28.1', metrics: [], rules: [], answers: {}, ...world }
    this.now = Date.parse(world.now ?? '2026-06-01T09:00:00Z')
    this.silences = (world.silences ?? []).map(({ hours, matchers, ...silence }) => ({
      ...silence,
      matchers: parseMatchers(matchers),
      startsAt: this.now - 72 * 3_600_000,
      endsAt: this.now + hours * 3_600_000,
      updatedAt: this.now - 72 * 3_600_000,
      looksLeft: 0,
    }))
  }

  alerts(): AlertRecord[] {
    return this.world.rules.flatMap((rule) =>
      (rule.alerts ?? []).map((given) => ({
        rule,
        given,
        labels: { alertname: rule.name, ...(rule.severity === undefined ? {} : { severity: rule.severity }), ...given.labels },
      })),
    )
  }

  stateOf(silence: SilenceRecord): 'active' | 'pending' | 'expired' {
    if (silence.endsAt <= this.now) return 'expired'
    return silence.startsAt > this.now ? 'pending' : 'active'
  }

  /** Ids of the silences that keep an alert quiet. */
  silencedBy(labels: Labels): string[] {
    return this.silences
      .filter((silence) => silence.looksLeft === 0 && this.stateOf(silence) === 'active' && matchAll(silence.matchers, labels))
      .map(({ id }) => id)
  }

  /** What the list shows; a look is what brings a new silence into it. */
  look(): SilenceRecord[] {
    const shown = this.silences.filter(({ looksLeft }) => looksLeft === 0)
    for (const silence of this.silences) silence.looksLeft = Math.max(0, silence.looksLeft - 1)
    return shown
  }

  add(silence: Pick<SilenceRecord, 'matchers' | 'author' | 'comment' | 'endsAt'>): SilenceRecord {
    this.made += 1
    const id = `00000000-0000-4000-8000-${this.made.toString().padStart(12, '0')}`
    const record = { ...silence, id, startsAt: this.now, updatedAt: this.now, looksLeft: 1 }
    this.silences.push(record)
    return record
  }

  expire(silence: SilenceRecord): void {
    Object.assign(silence, { endsAt: this.now, updatedAt: this.now })
  }
}

/** Reports whether labels meet all conditions; a label that is missing is empty. */
export function matchAll(matchers: readonly Matcher[], labels: Labels): boolean {
  return matchers.every(({ name, value, isRegex, isEqual }) => {
    const actual = labels[name] ?? ''
    return (isRegex ? new RegExp(`^(?:${value})$`, 's').test(actual) : actual === value) === isEqual
  })
}
