import { sh, type Part } from './script.ts'

/** The fields of an entry that are read; its time comes with it anyway. */
export const journalFields = 'MESSAGE,PRIORITY,SYSLOG_IDENTIFIER,_PID'

/** The end of a unit's journal: unit, most entries, since (empty for all), priority (empty for all). */
export const journalPart: Part = {
  name: 'journal',
  body: sh`
if has_systemd; then
  section journal:load; systemctl show -p LoadState -- "$1"
  id=$(systemctl show -p Id -- "$1"); id=\${id#Id=}
  section journal:id; echo "$id"
  unit=$1 most=$2 since=$3 priority=$4
  set -- -q --no-pager -o json --output-fields=${journalFields} -u "$id" -n "$most"
  [ -z "$since" ] || set -- "$@" "--since=$since"
  [ -z "$priority" ] || set -- "$@" "--priority=$priority"
  section journal:entries; limited 15 journalctl "$@"
  case $(systemctl show -p LoadState -- "$unit") in
    LoadState=not-found) section unit:names
      { limited 5 systemctl list-units --all --plain --no-legend --no-pager --full
        limited 5 systemctl list-unit-files --no-legend --no-pager --full; } | sed 's/^[^A-Za-z0-9@_-]*//; s/[[:space:]].*//' ;;
  esac
  section journal:hint; limited 2 journalctl -n 0 --no-pager 2>&1
else
  section units:none; of /proc/1/comm; echo "$value"
fi`,
}

/** One entry of a journal. */
export interface JournalLine {
  /** ISO 8601 with milliseconds. */
  at: string
  /** `emerg` … `debug`. */
  priority: string
  identifier: string
  text: string
}

/** The priorities of syslog, worst first. */
export const priorities = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'] as const

/** Reads `journalctl -o json`; what is no entry is left out. */
export function journalOf(lines: readonly string[]): JournalLine[] {
  return lines.flatMap((line) => {
    const entry = parsed(line)
    if (entry === undefined) return []
    const time = Number(entry['__REALTIME_TIMESTAMP']) / 1000
    return [
      {
        at: Number.isFinite(time) ? new Date(time).toISOString() : '',
        priority: priorities[Number(entry['PRIORITY'] ?? 6)] ?? 'info',
        identifier: textOf(entry['SYSLOG_IDENTIFIER']),
        text: textOf(entry['MESSAGE']),
      },
    ]
  })
}

function parsed(line: string): Record<string, unknown> | undefined {
  try {
    const entry: unknown = JSON.parse(line)
    return typeof entry === 'object' && entry !== null ? (entry as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

// A message with control characters comes as its bytes, one of several values as a list of them, one too long as null.
function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (!Array.isArray(value)) return ''
  if (value.every((item) => typeof item === 'number')) return new TextDecoder().decode(Uint8Array.from(value))
  return value.map(textOf).join(' ')
}
