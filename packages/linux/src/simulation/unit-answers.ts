import { idOf, type JournalEntry, type PretendHost, type UnitRecord } from './host.ts'
import type { Printed } from './printed.ts'

/** What the part `manager` prints. */
export function managerAnswer({ units }: PretendHost): Printed {
  const failed = units.filter(({ active }) => active === 'failed').length
  return {
    'manager:summary': `Version=257.8-1\nSystemState=${failed > 0 ? 'degraded' : 'running'}\nNNames=${units.length + 207}\nNFailedUnits=${failed}`,
  }
}

/** What the part `failures` prints. */
export function failuresAnswer({ units }: PretendHost): Printed {
  const failed = units.filter(({ active }) => active === 'failed')
  return {
    'failures:units': failed
      .map((unit) =>
        [
          `Id=${unit.given.name}`,
          `Description=${unit.given.description ?? unit.given.name}`,
          'Result=exit-code',
          `ExecMainStatus=${unit.exitCode}`,
          `InactiveEnterTimestamp=${timestampOf(unit.changedAt)}`,
        ].join('\n'),
      )
      .join('\n\n'),
    ...Object.fromEntries(failed.map(({ given, journal }) => [`failures:log:${given.name}`, journal.map(({ text }) => text).join('\n')])),
  }
}

/** What the part `units` prints. */
export function unitsAnswer({ units }: PretendHost): Printed {
  return {
    'units:list': units
      .map((unit) => `  ${unit.given.name} loaded ${unit.active} ${subOf(unit)} ${unit.given.description ?? unit.given.name}`)
      .join('\n'),
  }
}

function subOf({ active, given }: UnitRecord): string {
  if (active !== 'active') return active === 'failed' ? 'failed' : 'dead'
  return given.name.endsWith('.timer') ? 'waiting' : 'running'
}

/** What the part `unit` prints. */
export function unitAnswer(host: PretendHost, name: string): Printed {
  const unit = host.find(name)
  const uptime = `${(host.given.upDays ?? 30) * 86_400}.00 1.00`
  if (unit === undefined)
    return {
      'unit:show': `Id=${name}\nLoadState=not-found\nActiveState=inactive`,
      'unit:uptime': uptime,
      'unit:names': host.units.map(({ given }) => given.name).join('\n'),
    }
  const { given, active, enabled, exitCode } = unit
  const isUp = active === 'active'
  const enteredAt = (host.given.upDays ?? 30) * 86_400_000 - (host.now - unit.changedAt)
  return {
    'unit:show': [
      `Id=${given.name}`,
      `Names=${[given.name, ...(given.aliases ?? [])].join(' ')}`,
      `Description=${given.description ?? given.name}`,
      `LoadState=${enabled === 'masked' ? 'masked' : 'loaded'}`,
      `ActiveState=${active}`,
      `SubState=${subOf(unit)}`,
      `UnitFileState=${enabled}`,
      // Its time does not pass, so nobody could watch one that does not say when it is ready.
      `Type=${given.type ?? 'notify'}`,
      `Result=${active === 'failed' ? 'exit-code' : 'success'}`,
      `InvocationID=${idOf(`${given.name}/${unit.starts}`)}`,
      `MainPID=${isUp && given.name.endsWith('.service') ? 600 + unit.starts + host.units.indexOf(unit) * 10 : 0}`,
      `MemoryCurrent=${isUp && given.memoryMib !== undefined ? given.memoryMib * 1024 ** 2 : '[not set]'}`,
      `NRestarts=${given.restarts ?? 0}`,
      `ExecMainStatus=${exitCode}`,
      'ExecMainCode=1',
      'Restart=on-failure',
      `TriggeredBy=${given.triggeredBy?.join(' ') ?? ''}`,
      `RequiredBy=${given.requiredBy?.join(' ') ?? ''}`,
      `ActiveEnterTimestamp=${isUp ? timestampOf(unit.changedAt) : ''}`,
      `ActiveEnterTimestampMonotonic=${isUp ? enteredAt * 1000 : 0}`,
      `InactiveEnterTimestamp=${isUp ? '' : timestampOf(unit.changedAt)}`,
      'CanStart=yes',
      'CanStop=yes',
    ].join('\n'),
    'unit:uptime': uptime,
    'unit:log': unit.journal.slice(-8).map(jsonOf).join('\n'),
  }
}

/** What the part `journal` prints. */
export function journalAnswer(host: PretendHost, [name = '', most = '', since = '', priority = '']: readonly string[]): Printed {
  const unit = host.find(name)
  if (unit === undefined)
    return { 'journal:load': 'LoadState=not-found', 'journal:id': name, 'unit:names': host.units.map(({ given }) => given.name).join('\n') }
  const worst = priorityNumber(priority)
  const from = sinceOf(since, host.now)
  const entries = unit.journal.filter((entry) => entry.priority <= worst && entry.at >= from).slice(-Number(most))
  return { 'journal:load': 'LoadState=loaded', 'journal:id': unit.given.name, 'journal:entries': entries.map(jsonOf).join('\n') }
}

function priorityNumber(name: string): number {
  const found = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'].indexOf(name)
  return found === -1 ? 7 : found
}

function sinceOf(since: string, now: number): number {
  if (since.startsWith('@')) return Number(since.slice(1)) * 1000
  const [, amount, unit = ''] = /^-(\d+)(s|min|h|d)$/.exec(since) ?? []
  return amount === undefined ? 0 : now - Number(amount) * ({ s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 }[unit] ?? 0)
}

function jsonOf({ at, priority, identifier, text }: JournalEntry): string {
  return JSON.stringify({
    __REALTIME_TIMESTAMP: String(at * 1000),
    PRIORITY: String(priority),
    SYSLOG_IDENTIFIER: identifier,
    MESSAGE: text,
  })
}

function timestampOf(at: number): string {
  const iso = new Date(at).toISOString()
  return `${new Date(at).toUTCString().slice(0, 3)} ${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`
}
