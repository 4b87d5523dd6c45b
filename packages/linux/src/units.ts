import { nearestNames, ToolError } from '@rackwarden/core'
import { sh, type Part } from './script.ts'
import { blocksOf, linesOf, pairsOf, type Sections } from './sections.ts'

const noLegend = '--plain --no-legend --no-pager --full'

/** How systemd itself is: a summary that costs little. */
export const managerPart: Part = {
  name: 'manager',
  body: sh`
if has_systemd; then
  section manager:summary; limited 5 systemctl show -p Version -p SystemState -p NNames -p NFailedUnits
fi`,
}

/** The units that failed, with why and the last thing they said. */
export const failuresPart: Part = {
  name: 'failures',
  body: sh`
if has_systemd; then
  set -- $(limited 5 systemctl list-units --failed --all ${noLegend} | sed 's/^[^A-Za-z0-9]*//; s/[[:space:]].*//')
  section failures:units
  [ $# -eq 0 ] || limited 5 systemctl show -p Id -p Description -p Result -p ExecMainStatus -p InactiveEnterTimestamp -- "$@"
  count=0
  for unit in "$@"; do
    count=$((count + 1))
    [ $count -le 5 ] || break
    section "failures:log:$unit"; limited 2 journalctl -q --no-pager -n 5 -o cat -u "$unit"
  done
fi`,
}

/** Every unit systemd holds. */
export const unitsPart: Part = {
  name: 'units',
  body: sh`
if has_systemd; then
  section units:list; limited 10 systemctl list-units --all ${noLegend}
else
  section units:none; of /proc/1/comm; echo "$value"
fi`,
}

/** How systemd is, in numbers. */
export interface Manager {
  version: string
  state: string
  units: number
  failed: number
}

/** Reads the summary; undefined where the host has no systemd. */
export function managerOf(sections: Sections): Manager | undefined {
  if (!sections.has('manager:summary')) return undefined
  const shown = pairsOf(sections.text('manager:summary'))
  return {
    version: shown['Version'] ?? '',
    state: shown['SystemState'] ?? '',
    units: Number(shown['NNames'] ?? 0) || 0,
    failed: Number(shown['NFailedUnits'] ?? 0) || 0,
  }
}

/** One unit that failed. */
export interface FailedUnit {
  name: string
  description: string
  /** systemd's word for what went wrong: `exit-code`, `signal`, `timeout` … */
  result: string
  exitCode: string
  since: string | undefined
  lastLine: string
}

/** Reads the units that failed. */
export function failedUnitsOf(sections: Sections): FailedUnit[] {
  return blocksOf(sections.text('failures:units')).map((shown) => {
    const name = shown['Id'] ?? ''
    return {
      name,
      description: shown['Description'] ?? '',
      result: shown['Result'] ?? '',
      exitCode: shown['ExecMainStatus'] ?? '0',
      since: timeOf(shown['InactiveEnterTimestamp']),
      lastLine: lastWords(linesOf(sections.text(`failures:log:${name}`))),
    }
  })
}

// What systemd writes about the unit itself says less than what the unit wrote.
function lastWords(lines: readonly string[]): string {
  const own = lines.filter(
    (line) =>
      !/: (?:Main process exited|Failed with result|Scheduled restart|Start request)|^(?:Failed to start|Stopped|Started|Starting) /.test(
        line,
      ),
  )
  return (own.at(-1) ?? lines.at(-1) ?? '').trim().slice(0, 200)
}

/** One unit of a list. */
export interface Unit {
  name: string
  load: string
  active: string
  sub: string
  description: string
}

/** Reads the list; throws where the host has no systemd. */
export function unitsOf(sections: Sections): Unit[] {
  requireSystemd(sections)
  return sections.lines('units:list').flatMap((line) => {
    const [, name = '', load = '', active = '', sub = '', description = ''] =
      /^[^\w@-]*\s*(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s*(.*)$/.exec(line) ?? []
    return name === '' ? [] : [{ name, load, active, sub, description }]
  })
}

/** Throws where a part for units found no systemd. */
export function requireSystemd(sections: Sections): void {
  const [none] = sections.below('units:none')
  if (none === undefined) return
  throw new ToolError('not_found', `This host has no systemd, and so no units; its first process is ${none.text.trim() || 'unknown'}.`, {
    hint: 'get_host_info and check_host work here; services are managed by its own init system.',
  })
}

/** Throws for a unit that is not there, with what resembles it. */
export function noSuchUnit(name: string, known: readonly string[]): ToolError {
  const near = nearestNames(name, new Set([...known, ...known.map((unit) => unit.replace(/\.service$/, ''))]))
  return new ToolError('not_found', `There is no unit '${name}'.`, {
    hint: near.length > 0 ? `Did you mean ${near.join(', ')}?` : 'list_units shows the names.',
  })
}

/** A time as systemd writes it with TZ=UTC, as ISO 8601; nothing where it never came. */
export function timeOf(text: string | undefined): string | undefined {
  const [, day, time] = /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)/.exec(text ?? '') ?? []
  return day === undefined ? undefined : `${day}T${time}Z`
}
