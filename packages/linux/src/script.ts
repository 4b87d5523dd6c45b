/** One named piece of a script; what it prints stands in sections whose names begin with its own. */
export interface Part {
  name: string
  /** A POSIX shell function's body; its positional parameters are those of the call. */
  body: string
}

/** Shell text as it stands; `\${` is the shell's own, `${` is ours. */
export function sh(text: TemplateStringsArray, ...values: readonly string[]): string {
  return String.raw(text, ...values).replaceAll('\\${', '${')
}

// `timeout` is missing on small systems, and old BusyBox takes its seconds another way.
const prelude = String.raw`
LC_ALL=C
TZ=UTC
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
export LC_ALL TZ PATH
mark=$1
sent=$2
now=$(date +%s)
shift 2
tab=$(printf '\t')
section() { printf '\n%s %s\n' "$mark" "$1"; }
has() { command -v "$1" >/dev/null 2>&1; }
of() { value=; read -r value <"$1"; }
has_systemd() { [ -d /run/systemd/system ] && has systemctl; }
if timeout 5 true >/dev/null 2>&1; then limited() { timeout "$@"; }; else limited() { shift; "$@"; }; fi
`

/** Puts parts together to one script for any POSIX shell; nothing in it reads the script's own input. */
export function scriptOf(parts: readonly Part[]): string {
  return [
    `# rackwarden: ${parts.map(({ name }) => name).join(' ')}`,
    prelude,
    ...parts.map(({ name, body }) => `part_${name}() {\n${body.trim()}\n}`),
    // Parsed whole before it runs, so that no command can eat what follows it.
    `main() {\n${parts.map(({ name }) => `part_${name} "$@"`).join('\n')}\nsection end\n}`,
    `main "$@" </dev/null 2>/dev/null`,
    'exit 0\n',
  ].join('\n')
}

/** The names of the parts of a script, from its first line. */
export function partsOf(script: string): string[] {
  return /^# rackwarden: (.*)$/m.exec(script)?.[1]?.split(' ') ?? []
}
