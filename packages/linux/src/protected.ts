import { ToolError } from '@rackwarden/core'
import type { UnitDetail } from './unit.ts'

/** What a write does to a unit. */
export type UnitAction = 'start' | 'stop' | 'restart' | 'enable' | 'disable'

const base = (name: string) => name.replace(/\.(?:service|socket)$/, '')
const named = (pattern: RegExp) => (name: string) => pattern.test(base(name))

const sshd = named(/^(?:sshd?|sshd?@.*|dropbear|rackwarden.*)$/)
const bus = named(/^(?:dbus|dbus-broker|dbus-daemon|messagebus|systemd-(?:journald|logind|udevd).*)$/)
const network = named(/^(?:systemd-networkd|NetworkManager|networking|network|netctl.*|ifup@.*|connman|dhcpcd.*|wpa_supplicant.*|iwd)$/)
const paths = named(/^(?:tailscaled|wg-quick@.*|openvpn.*|zerotier-one|firewalld|nftables|iptables|ufw|systemd-resolved)$/)
// Each of these, started, takes the host down, or opens a shell on it.
const power = named(
  /^(?:systemd-(?:poweroff|reboot|halt|kexec|soft-reboot|suspend|hibernate|hybrid-sleep|suspend-then-hibernate).*|rescue|emergency|debug-shell|initrd-.*)$/,
)
const startable = /\.(?:service|timer|socket|path)$/

/** Throws where an action would cut the way in, take the host down, or pull the floor from under it. */
export function refuseProtected(action: UnitAction, unit: UnitDetail, isRemote: boolean): void {
  const names = [unit.name, ...unit.names]
  const touched = action === 'stop' || action === 'restart' ? [...names, ...unit.dependents] : names
  const ends = action === 'stop' || action === 'disable'
  if (!startable.test(unit.name)) throw refused(unit.name, 'only services, timers, sockets and paths are started and stopped here')
  if (names.some(power)) throw refused(unit.name, 'it takes the host down, or opens a shell on it')
  if (ends && touched.some(sshd)) throw refused(unit.name, 'it is, or takes with it, the way into this host')
  if (action !== 'start' && action !== 'enable' && touched.some(bus)) throw refused(unit.name, 'the rest of the host cannot do without it')
  if (ends && isRemote && touched.some(network)) throw refused(unit.name, 'it holds the network this host is reached over')
}

/** What may surprise about an action that is not refused. */
export function pathWarnings(action: UnitAction, unit: UnitDetail, isRemote: boolean): string[] {
  if (action === 'start' || action === 'enable') return []
  const names = [unit.name, ...unit.names]
  if (names.some(paths)) return ['The way to this host may lead through it.']
  if (names.some(network))
    return [isRemote ? 'The network this host is reached over goes away for a moment.' : 'It holds the network of this host.']
  return names.some(sshd) ? ['New logins are refused for a moment; those that stand are kept.'] : []
}

function refused(name: string, reason: string): ToolError {
  return new ToolError('protected', `${name} is protected: ${reason}.`, { hint: 'If it must be, do it at the console of the host.' })
}
