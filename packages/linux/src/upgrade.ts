import { ToolError } from '@rackwarden/core'
import { sh, type Part } from './script.ts'
import type { Sections } from './sections.ts'

// What apt-get is told to do, as the positional parameters: which updates, and whether packages may go for them.
const aptArguments = sh`
only=$1 removals=$2
if [ "$removals" = yes ]; then set -- dist-upgrade; else set -- upgrade --with-new-pkgs; fi
if [ "$only" = security ]; then
  wanted=$(limited 60 apt-get -s -o Debug::NoLocking=1 "$@" | sed -n 's/^Inst \([^ ]*\) \[[^]]*\] (.*[Ss]ecurity.*/\1/p')
  set -- install --only-upgrade $wanted
fi`

const aptForetold = `limited 60 apt-get -s -o Debug::NoLocking=1 "$@" 2>&1`
const aptDigest = `sed -n '/^Inst /p; /^Remv /p' | cksum`

/** What the package manager itself says it would do: which updates (`security`, `all`), whether packages may go (`yes`, `no`). */
export const foretoldPart: Part = {
  name: 'foretold',
  body: sh`
if has apt-get && has dpkg; then
  ${aptArguments}
  section foretold:apt
  said=$(${aptForetold})
  code=$?
  printf '%s\n' "$said"
  section foretold:digest; printf '%s\n' "$said" | ${aptDigest}
  section foretold:code; echo $code
else
  for manager in dnf pacman apk zypper; do
    has $manager || continue
    section foretold:other; echo $manager
    break
  done
fi`,
}

// In a session of its own: what is half installed must not end with the connection. Lists of changes and questions about
// configuration files would wait for somebody who is not there; what was changed by hand is kept.
const aptRun = [
  'place=$1 auto=$2; shift 2',
  'export DEBIAN_FRONTEND=noninteractive APT_LISTCHANGES_FRONTEND=none NEEDRESTART_MODE=l UCF_FORCE_CONFFOLD=1',
  'apt-get -y -q -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold -o DPkg::Lock::Timeout=0 "$@"',
  'echo $? >"$place/code.new"',
  '[ -z "$auto" ] || apt-mark -qq auto $auto',
  'mv "$place/code.new" "$place/code"',
].join('; ')

/** Does what was foretold, if it is still foretold: the parameters of then, and the digest. */
export const applyPart: Part = {
  name: 'apply',
  body: sh`
digest=$3
${aptArguments}
if [ "$(${aptForetold} | ${aptDigest})" != "$digest" ]; then section apply:moved; return; fi
[ "$removals" = yes ] || set -- --no-remove "$@"
auto=
[ "$only" != security ] || auto=$(apt-mark showauto $wanted)
umask 077
place=$(mktemp -d /var/tmp/rackwarden-updates.XXXXXX) || { section apply:full; return; }
lead=; if has setsid; then lead=setsid; fi
$lead sh -c '${aptRun}' sh "$place" "$auto" "$@" </dev/null >"$place/log" 2>&1 &
echo $! >"$place/process"
section apply:place; echo "$place"`,
}

/** Waits a little for it, and tells how far it is: the place, and seconds. */
export const followPart: Part = {
  name: 'follow',
  body: sh`
[ -d "$1" ] || { section follow:gone; return; }
count=0
of "$1/process"
while [ ! -e "$1/code" ] && [ "$count" -lt "$2" ] && kill -0 "$value"; do sleep 1; count=$((count + 1)); done
section follow:last; tail -n 1 "$1/log" | tail -c 200
section follow:done; grep -c '^Setting up ' "$1/log"
if [ -e "$1/code" ]; then section follow:code; cat "$1/code"; section follow:log; tail -c 8000 "$1/log"
elif ! kill -0 "$value"; then section follow:gone
fi`,
}

/** Takes away what was kept of it while it ran: the place. */
export const forgetPart: Part = { name: 'forget', body: sh`case $1 in /var/tmp/rackwarden-updates.*) rm -r -- "$1" ;; esac` }

/** One package that would be installed, or go. */
export interface Step {
  package: string
  /** Absent for what is new. */
  from?: string | undefined
  /** Absent for what goes. */
  to?: string | undefined
}

/** What would be done. */
export interface Foretold {
  installs: Step[]
  removes: Step[]
  held: string[]
  /** The same as long as exactly this would be done. */
  digest: string
}

/** Reads what the package manager says it would do; throws where it cannot be known, or it says that it cannot. */
export function foretoldOf(sections: Sections): Foretold {
  if (!sections.has('foretold:apt')) throw unsupported(sections.text('foretold:other').trim())
  const lines = sections.text('foretold:apt').split('\n')
  if (sections.text('foretold:code').trim() !== '0') throw aptFailure(lines)
  return {
    installs: lines.flatMap((line) => stepOf(/^Inst (\S+) (?:\[([^\]]+)\] )?\((\S+)/.exec(line))).toSorted(byName),
    removes: lines.flatMap((line) => stepOf(/^Remv (\S+) \[([^\]]+)\]/.exec(line))).toSorted(byName),
    held: namesUnder(lines, 'The following packages have been kept back:'),
    digest: sections.text('foretold:digest').trim(),
  }
}

function stepOf(match: RegExpExecArray | null): Step[] {
  const [, name, from, to] = match ?? []
  return name === undefined ? [] : [{ package: name, ...(from !== undefined && { from }), ...(to !== undefined && { to }) }]
}

function byName(first: Step, second: Step): number {
  return first.package < second.package ? -1 : 1
}

/** The names apt lists, indented, under a heading of its own. */
function namesUnder(lines: readonly string[], heading: string): string[] {
  const start = lines.indexOf(heading)
  if (start === -1) return []
  const rest = lines.slice(start + 1)
  const end = rest.findIndex((line) => !line.startsWith('  '))
  return rest.slice(0, end === -1 ? undefined : end).flatMap((line) => line.trim().split(/\s+/))
}

function unsupported(manager: string): ToolError {
  if (manager === '')
    return new ToolError('not_found', 'This host has no package manager known here.', { hint: 'Its updates come another way.' })
  return new ToolError('upstream', `Updates are applied with apt only; this host has ${manager}.`, {
    hint: `What ${manager} would do cannot be told exactly before it does it. check_updates lists what waits; a person may run ${manager} with exec_command.`,
  })
}

/** What apt complained of, as a failure somebody can act on. */
export function aptFailure(lines: readonly string[]): ToolError {
  const said = lines
    .filter((line) => /^(?:E|dpkg|W): |^ /.test(line))
    .join(' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 400)
  const text = lines.join('\n')
  if (/Could not get lock|Unable to acquire the dpkg frontend lock|Unable to lock|is another process using it/i.test(text))
    return new ToolError('conflict', `Another package manager is at work: ${said}`, { hint: 'Try again once it has finished.' })
  if (/dpkg was interrupted|--fix-broken|unmet dependencies|held broken packages/i.test(text))
    return new ToolError('conflict', `The packages of this host are not in order: ${said}`, {
      hint: 'Somebody has to look at them first: dpkg --audit, apt-get check.',
    })
  if (/Unable to fetch|Failed to fetch|Hash Sum mismatch/i.test(text))
    return new ToolError('upstream', `Packages could not be fetched: ${said}`, {
      hint: 'Its lists may be too old, or the mirror is not reachable.',
    })
  return new ToolError('upstream', `apt-get failed: ${said || (lines.findLast((line) => line.trim() !== '') ?? 'it did not say why')}`, {
    hint: 'check_updates shows what waits still; the log is /var/log/apt/term.log on the host.',
  })
}
