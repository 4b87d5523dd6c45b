import { ToolError } from '@rackwarden/core'
import { journalFields, journalOf, type JournalLine } from './journal.ts'
import { sh, type Part } from './script.ts'
import { pairsOf, type Sections } from './sections.ts'
import { noSuchUnit, requireSystemd, timeOf } from './units.ts'

const properties = [
  'Id Names Description LoadState ActiveState SubState UnitFileState Type Result InvocationID FragmentPath StatusText',
  'MainPID MemoryCurrent NRestarts ExecMainStatus ExecMainCode Restart TriggeredBy RequiredBy BoundBy ConsistsOf',
  'ActiveEnterTimestamp ActiveEnterTimestampMonotonic InactiveEnterTimestamp CanStart CanStop RefuseManualStart RefuseManualStop',
]
  .join(' ')
  .split(' ')

/** One unit whole; the first parameter of its own is the unit, the part before it may have taken others. */
export const unitPart: Part = {
  name: 'unit',
  body: sh`
for unit in "$@"; do :; done
if has_systemd; then
  section unit:show; limited 5 systemctl show -p ${properties.join(' -p ')} -- "$unit"
  section unit:uptime; cat /proc/uptime
  id=$(systemctl show -p Id -- "$unit"); id=\${id#Id=}
  if [ "$(systemctl show -p LoadState -- "$unit")" = LoadState=not-found ]; then
    section unit:names
    { limited 5 systemctl list-units --all --plain --no-legend --no-pager --full
      limited 5 systemctl list-unit-files --no-legend --no-pager --full; } | sed 's/^[^A-Za-z0-9@_-]*//; s/[[:space:]].*//'
  else
    section unit:log; limited 5 journalctl -q --no-pager -n 8 -o json --output-fields=${journalFields} -u "$id"
  fi
else
  section units:none; of /proc/1/comm; echo "$value"
fi`,
}

/** Starts, stops, restarts, enables or disables: the verb, then the unit. */
export const actPart: Part = {
  name: 'act',
  body: sh`
if has_systemd; then
  section act:said; systemctl --no-ask-password --no-pager "$1" -- "$2" 2>&1
  code=$?
  section act:code; echo $code
fi`,
}

/** Where one unit stands. */
export interface UnitDetail {
  name: string
  /** Every name it goes by. */
  names: string[]
  description: string
  load: string
  active: string
  sub: string
  /** Whether it starts at boot: `enabled`, `disabled`, `static`, `masked` …; empty for what has no file. */
  enabled: string
  type: string
  result: string
  statusText: string
  pid: number | undefined
  memoryBytes: number | undefined
  restarts: number
  restartPolicy: string
  exitCode: number
  /** True where its main process was ended by a signal, which `exitCode` then is. */
  wasKilled: boolean
  /** Since it is as it is. */
  since: string | undefined
  /** How long it is active, by the host's clock. */
  activeSeconds: number | undefined
  /** New at every start. */
  invocation: string
  triggeredBy: string[]
  /** What is stopped with it. */
  dependents: string[]
  canStart: boolean
  canStop: boolean
  log: JournalLine[]
}

/** Reads what the part printed; throws where there is no systemd, or no such unit. */
export function unitOf(sections: Sections, wanted: string): UnitDetail {
  requireSystemd(sections)
  const shown = pairsOf(sections.text('unit:show'))
  if (shown['LoadState'] === 'not-found') throw noSuchUnit(wanted, sections.lines('unit:names'))
  if (shown['Id'] === undefined || shown['ActiveState'] === undefined)
    throw new ToolError('upstream', `systemd did not say how '${wanted}' is.`, { hint: 'Look at the host: systemctl status.' })
  const isUp = isActive(shown['ActiveState'])
  const enteredAt = Number(shown['ActiveEnterTimestampMonotonic'] ?? 0) / 1_000_000
  const uptime = Number(sections.text('unit:uptime').trim().split(' ')[0])
  return {
    name: shown['Id'],
    names: wordsOf(shown['Names']),
    description: shown['Description'] ?? '',
    load: shown['LoadState'] ?? '',
    active: shown['ActiveState'],
    sub: shown['SubState'] ?? '',
    enabled: shown['UnitFileState'] ?? '',
    type: shown['Type'] ?? '',
    result: shown['Result'] ?? '',
    statusText: shown['StatusText'] ?? '',
    pid: positive(shown['MainPID']),
    // `[not set]` where nothing counts it, and 2^64 - 1 where it is counted elsewhere.
    memoryBytes: (positive(shown['MemoryCurrent']) ?? Infinity) < 2 ** 60 ? positive(shown['MemoryCurrent']) : undefined,
    restarts: positive(shown['NRestarts']) ?? 0,
    restartPolicy: shown['Restart'] ?? 'no',
    exitCode: Number(shown['ExecMainStatus'] ?? 0) || 0,
    wasKilled: ['2', '3'].includes(shown['ExecMainCode'] ?? ''),
    since: timeOf(isUp ? shown['ActiveEnterTimestamp'] : shown['InactiveEnterTimestamp']),
    activeSeconds: isUp && enteredAt > 0 && uptime >= enteredAt ? Math.floor(uptime - enteredAt) : undefined,
    invocation: shown['InvocationID'] ?? '',
    triggeredBy: wordsOf(shown['TriggeredBy']),
    dependents: [...new Set([...wordsOf(shown['RequiredBy']), ...wordsOf(shown['BoundBy']), ...wordsOf(shown['ConsistsOf'])])],
    canStart: shown['CanStart'] !== 'no' && shown['RefuseManualStart'] !== 'yes',
    canStop: shown['CanStop'] !== 'no' && shown['RefuseManualStop'] !== 'yes',
    log: journalOf(sections.lines('unit:log')),
  }
}

/** True where a unit is meant to be doing its work. */
export function isActive(state: string): boolean {
  return state === 'active' || state === 'activating' || state === 'reloading' || state === 'refreshing'
}

/** How it ended, in words. */
export function endOf({ exitCode, wasKilled, result }: UnitDetail): string {
  if (wasKilled) return `killed by signal ${exitCode}`
  return exitCode === 0 && result !== 'success' && result !== '' ? result : `exit code ${exitCode}`
}

/** The last thing it said itself, or systemd about it. */
export function lastLineOf({ log }: UnitDetail): string {
  const own = log.findLast(({ identifier, text }) => identifier !== 'systemd' && text.trim() !== '')
  return (own ?? log.at(-1))?.text.replaceAll(/\s+/g, ' ').trim().slice(0, 200) ?? ''
}

function wordsOf(text: string | undefined): string[] {
  return (text ?? '').split(' ').filter((word) => word !== '')
}

function positive(text: string | undefined): number | undefined {
  const value = Number(text)
  return Number.isFinite(value) && value > 0 ? value : undefined
}
