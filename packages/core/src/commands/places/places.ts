import type { Scope } from '../call.ts'
import type { Place } from './path.ts'
import { mayName } from './path.ts'

const words = (text: string) => text.split(' ')

/** Trees without which a host or its guests are gone, with everything in them. */
const wholeTrees = words(
  '/bin /boot /lib /lib32 /lib64 /libx32 /sbin /proc /sys /etc/pve /var/lib/docker /var/lib/vz /var/lib/pve-cluster /var/lib/ceph',
)

/** Directories whose deletion as a whole ends a host; parts of them are asked. */
const directories = words(
  '/ /etc /home /root /usr /usr/bin /usr/lib /usr/lib64 /usr/sbin /usr/local /usr/share /var /var/lib /var/lib/dpkg /dev /run /mnt /media /etc/ssh /etc/systemd /etc/network',
)

/** A path, as a whole or as everything in it, is a tree a host cannot do without. */
export function isVital({ path }: Place): boolean {
  const whole = path.replace(/\/(?:\*+|\.\*|\{.*\}|\.\?\*|\.\[.*\]\*)$/, '') || (path.startsWith('/') ? '/' : path)
  if (/^~[^/]*$/.test(whole)) return true
  // At the root every pattern meets one of them.
  if (/^\/[^/]*[*?[]/.test(whole) && whole.split('/').length === 2) return true
  if (directories.some((directory) => mayName(whole, directory))) return true
  return wholeTrees.some((tree) => mayName(path.split('/').slice(0, tree.split('/').length).join('/'), tree))
}

const harmlessDevices = /^\/dev\/(?:null|zero|full|stdout|stderr|stdin|tty|fd\/\d+|shm\/.+)$/
const otherDevices =
  /^\/dev\/(?:tty|pts|usb|bus|input|snd|dri|video|net|watchdog|hidraw|i2c|kvm|fuse|rtc|console|log|random|urandom|char|serial|ptmx|kmsg|tcp|udp|fd|shm|hugepages|mqueue)/

/** What a path below /dev is. */
export function deviceKind({ path }: Place): 'harmless' | 'disk' | 'other' | undefined {
  if (!mayName(path.split('/').slice(0, 2).join('/'), '/dev') || path.split('/').length < 3) return undefined
  if (harmlessDevices.test(path)) return 'harmless'
  return otherDevices.test(path) ? 'other' : 'disk'
}

/** Where Rackwarden keeps plans, approvals and audit; with `tree`, what holds that place, too. */
export function isState(text: string, scope: Scope, tree = false): boolean {
  const places = scope.context.stateDirectories
  return (
    /(?:^|\/)(?:\.local\/share|\.local\/state|var\/lib)\/rackwarden(?:\/|$)/.test(text) ||
    isWithin(text, places) ||
    (tree && holds(text, places))
  )
}

/** The path is one of these, or in one of these. */
function isWithin(path: string, places: readonly string[]): boolean {
  return places.some((place) => {
    const trimmed = place.replace(/\/+$/, '')
    return path === trimmed || path.startsWith(`${trimmed}/`) || mayHold(path, trimmed)
  })
}

/** One of these is in the path. */
function holds(path: string, places: readonly string[]): boolean {
  return places.some((place) => place.startsWith(path.endsWith('/') ? path : `${path}/`))
}

function mayHold(pattern: string, place: string): boolean {
  if (!/[*?[]/.test(pattern)) return false
  const length = pattern.split('/').length
  return mayName(pattern, place.split('/').slice(0, length).join('/'))
}

const ownNames =
  /(?:^|\/)(?:\.ssh|\.claude|\.claude\.json|claude_desktop_config\.json|\.mcp\.json|mcp\.json|\.cursor|\.codex|rackwarden\.ya?ml|rackwarden|authorized_keys2?|sshd_config|sshd_config\.d)(?:\/|$)/i

/** Files of ours: the configuration, keys and settings assistants and the hub live by. */
export function isOurs(text: string, scope: Scope, tree = false): boolean {
  const places = scope.context.protectedPaths
  return ownNames.test(text) || isWithin(text, places) || (tree && holds(text, places))
}

const systemTrees = /^\/(?:bin|boot|etc|lib\w*|proc|root|run|sbin|sys|usr|var\/(?:cache|lib|run|spool))(?:\/|$)/
const configuration =
  /(?:^|\/)(?:\.(?!\.?(?:\/|$))[^/]+|(?:docker-)?compose[^/]*\.ya?ml|[^/]+\.(?:service|timer|socket|path|mount))(?:\/|$)/

/** Directories at the root that are there to be written to. */
const dropPlaces = /^\/(?:data|media|mnt|opt|srv|tmp)$/

/** Why writing there changes more than a file of its own. */
export function systemReason({ path, climbs }: Place): string | undefined {
  if (systemTrees.test(path) || (/^\/[^/]*$/.test(path) && !dropPlaces.test(path))) return 'changes a part of the system'
  if (configuration.test(path)) return 'changes a file other programs read as their configuration'
  if (/^~[^/]*$/.test(path)) return 'changes a home directory'
  return climbs ? 'leads through `..` to a place that is not surely known' : undefined
}

const temporary = /^\/(?:tmp|var\/tmp)\/[^/]/

/** Deleting there is nobody's loss. */
export function isTemporary({ path, climbs }: Place): boolean {
  return !climbs && temporary.test(path) && !/\/\.[*?[]/.test(path)
}
