import { sh, type Part } from './script.ts'
import { numberOf, type Sections } from './sections.ts'

/** Restarts the host as a whole. */
export const restartPart: Part = {
  name: 'restart',
  body: sh`
section restart:said
if has_systemd; then systemctl --no-ask-password --no-pager reboot 2>&1; else reboot 2>&1; fi
code=$?
section restart:code; echo $code`,
}

/** How far a host has come in starting up. */
export const readinessPart: Part = {
  name: 'readiness',
  body: sh`
if has_systemd; then
  section readiness:state; systemctl is-system-running
  section readiness:jobs; systemctl list-jobs --no-legend --no-pager | grep -c .
fi`,
}

/** What would be interrupted: who is logged in, what runs that should not be, and what lives on the host. */
export const tenantsPart: Part = {
  name: 'tenants',
  body: sh`
section tenants:users
if has_systemd && has loginctl; then limited 5 loginctl list-sessions --no-legend --no-pager | while read -r session id user rest; do echo "$user"; done
elif has who; then who | while read -r user rest; do echo "$user"; done
fi
section tenants:busy
for directory in /proc/[0-9]*; do
  of "$directory/comm"
  case $value in
    apt|apt-get|aptitude|dpkg|unattended-upgr|dnf|dnf5|yum|rpm|zypper|pacman|apk|snap|flatpak|do-release-upgr) echo "package manager $value" ;;
    borg|restic|rsync|rclone|duplicity|kopia|vzdump|proxmox-backup-|pg_dump|pg_dumpall|mysqldump|mariadb-dump|tar) echo "copy $value" ;;
    mkfs*|fsck*|e2fsck|resize2fs|badblocks|dd|fwupdmgr|flashrom) echo "disk work $value" ;;
  esac
done | sort | uniq -c
section tenants:arrays; grep -oE '(resync|recovery|reshape|check) *= *[0-9.]+%' /proc/mdstat
if has docker; then section tenants:containers; limited 5 docker ps --format '{{.Names}}'
elif has podman; then section tenants:containers; limited 5 podman ps --format '{{.Names}}'
fi
if has qm; then section tenants:guests; limited 8 qm list | sed -n 's/^ *\([0-9]*\) *\([^ ]*\) *running.*/\1 \2/p'; limited 8 pct list | sed -n 's/^\([0-9]*\) *running.* \([^ ]*\) *$/\1 \2/p'
elif has virsh; then section tenants:guests; limited 5 virsh -q list --name
elif has machinectl && has_systemd; then section tenants:guests; limited 5 machinectl list --no-legend --no-pager | sed 's/ .*//; /^\.host$/d'
fi`,
}

/** What would be interrupted. */
export interface Tenants {
  users: string[]
  /** Work that is better finished first. */
  busy: string[]
  containers: string[]
  guests: string[]
}

/** Reads what the part printed. */
export function tenantsOf(sections: Sections): Tenants {
  const counts = sections.lines('tenants:busy').map((line) =>
    line
      .trim()
      .replace(/^1 /, '')
      .replace(/^(\d+) (.*)$/, '$2 ($1 of them)'),
  )
  return {
    users: [...new Set(sections.lines('tenants:users').map((line) => line.trim()))],
    busy: [...counts, ...sections.lines('tenants:arrays').map((line) => `RAID ${line.replaceAll(/\s+/g, ' ')}`)],
    containers: sections.lines('tenants:containers'),
    guests: sections.lines('tenants:guests').map((line) => line.trim()),
  }
}

/** Why a host is still starting; undefined where it is up, as far as can be told. */
export function startingOf(sections: Sections): string | undefined {
  if (!sections.has('readiness:state')) return undefined
  const state = sections.text('readiness:state').trim()
  if (['running', 'degraded', 'maintenance'].includes(state)) return undefined
  if (state === '') return 'systemd does not answer yet'
  const jobs = numberOf(sections.text('readiness:jobs').trim()) ?? 0
  return jobs > 0 ? `systemd is ${state}, ${jobs} jobs wait` : `systemd is ${state}`
}
