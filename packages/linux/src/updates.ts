import { sh, type Part } from './script.ts'
import { numberOf, type Sections } from './sections.ts'

/** What waits to be installed, as the host knows it already: nothing is refreshed. */
export const updatesPart: Part = {
  name: 'updates',
  body: sh`
age() { for file in "$@"; do [ -e "$file" ] || continue; section updates:age; date -r "$file" +%s; return; done; }
section updates:now; echo "$now"
if has apt && has dpkg; then
  section updates:apt; limited 25 apt list --upgradable
  age /var/lib/apt/periodic/update-success-stamp /var/lib/apt/lists/partial /var/lib/apt/lists
elif has dnf; then
  section updates:dnf; limited 25 dnf -q -C check-update
  section updates:advisories; limited 25 dnf -q -C updateinfo list --security || limited 25 dnf -q -C advisory list --security
  age /var/cache/libdnf5 /var/cache/dnf
elif has pacman; then
  section updates:pacman; pacman -Qu
  age /var/lib/pacman/sync
elif has apk; then
  section updates:apk; limited 25 apk list --upgradable || limited 25 apk version -l '<'
  age /var/cache/apk /etc/apk/cache /lib/apk/db
fi`,
}

/** Whether what is installed runs yet. */
export const rebootPart: Part = {
  name: 'reboot',
  body: sh`
section reboot:required
for file in /run/reboot-required /var/run/reboot-required; do
  [ -e "$file" ] || continue
  echo yes; sort -u "$file.pkgs"
  break
done
section reboot:kernels; uname -r; ls /lib/modules`,
}

/** One package that waits. */
export interface Update {
  package: string
  from: string
  to: string
  isSecurity: boolean
}

/** What waits on a host. */
export interface Updates {
  /** `apt`, `dnf`, `pacman`, `apk`; undefined where there is none of them. */
  manager: string | undefined
  updates: Update[]
  /** Days since the lists were fetched. */
  listsDays: number | undefined
}

/** Reads what the part printed, security first. */
export function updatesOf(sections: Sections): Updates {
  const manager = ['apt', 'dnf', 'pacman', 'apk'].find((name) => sections.has(`updates:${name}`))
  const lines = sections.lines(`updates:${manager ?? ''}`)
  const found =
    manager === 'apt'
      ? lines.flatMap(aptUpdate)
      : manager === 'dnf'
        ? dnfUpdates(lines, sections.lines('updates:advisories'))
        : manager === 'apk'
          ? lines.flatMap(apkUpdate)
          : lines.flatMap(pacmanUpdate)
  const fetched = numberOf(sections.text('updates:age'))
  const now = numberOf(sections.text('updates:now')) ?? 0
  return {
    manager,
    updates: found.toSorted(
      (first, second) => Number(second.isSecurity) - Number(first.isSecurity) || (first.package < second.package ? -1 : 1),
    ),
    listsDays: fetched === undefined || fetched > now ? undefined : Math.floor((now - fetched) / 86_400),
  }
}

function aptUpdate(line: string): Update[] {
  const [, name = '', suites = '', to = '', from = ''] = /^([^/\s]+)\/(\S+) (\S+) \S+ \[upgradable from: ([^\]]+)\]/.exec(line) ?? []
  return name === '' ? [] : [{ package: name, from, to, isSecurity: suites.includes('security') }]
}

function dnfUpdates(lines: readonly string[], advisories: readonly string[]): Update[] {
  const obsoletes = lines.findIndex((line) => /^Obsoleting/i.test(line))
  return (obsoletes === -1 ? lines : lines.slice(0, obsoletes)).flatMap((line) => {
    const [, name = '', to = ''] = /^(\S+)\.\w+\s+(\d\S*)\s+\S+\s*$/.exec(line) ?? []
    if (name === '') return []
    const version = to.replace(/^\d+:/, '')
    return [
      {
        package: name,
        from: '',
        to,
        isSecurity: advisories.some((advisory) => advisory.includes(` ${name}-`) && advisory.includes(version)),
      },
    ]
  })
}

function pacmanUpdate(line: string): Update[] {
  const [, name = '', from = '', to = ''] = /^(\S+) (\S+) -> (\S+)/.exec(line) ?? []
  return name === '' ? [] : [{ package: name, from, to, isSecurity: false }]
}

function apkUpdate(line: string): Update[] {
  const [, name = '', to = '', , before = ''] = /^(\S+?)-(\d\S*) (\S+) .*\[upgradable from: (\S+)\]/.exec(line) ?? []
  if (name !== '') return [{ package: name, from: before.replace(`${name}-`, ''), to, isSecurity: false }]
  const [, other = '', from = '', next = ''] = /^(\S+?)-(\d\S*)\s+<\s+(\S+)/.exec(line) ?? []
  return other === '' ? [] : [{ package: other, from, to: next, isSecurity: false }]
}

/** Why a reboot waits; undefined where none does. */
export function rebootOf(sections: Sections): string | undefined {
  const [required, ...packages] = sections.lines('reboot:required')
  if (required !== undefined) return packages.length > 0 ? `asked for by ${packages.slice(0, 6).join(', ')}` : 'the system asks for it'
  const [running = '', ...installed] = sections.lines('reboot:kernels')
  if (installed.length === 0) return undefined
  const newest = installed
    .filter((kernel) => flavour(kernel) === flavour(running))
    .toSorted(byVersion)
    .at(-1)
  if (newest !== undefined && byVersion(newest, running) > 0) return `kernel ${newest} is installed, ${running} runs`
  return newest === undefined && !installed.includes(running) ? `the modules of the running kernel ${running} are gone` : undefined
}

function flavour(kernel: string): string {
  return kernel.replaceAll(/[\d.]+/g, '')
}

function byVersion(first: string, second: string): number {
  return first.localeCompare(second, 'en', { numeric: true })
}
