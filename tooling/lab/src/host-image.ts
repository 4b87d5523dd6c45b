import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { aptProxy, aptSource, cacheDirectory } from './apt-source.ts'
import { searchPath } from './component.ts'

const packages = ['busybox-static', 'dbus', 'iproute2', 'openssh-server', 'sudo', 'systemd', 'systemd-sysv']

// Built in memory, for packages wait for a disk at every step. What no host needs goes, because every host copies the
// image; host keys and the machine's identity are each host's own.
const program = `
set -e
cache=$1 image=$2 release=$3 mirror=$4 components=$5 packages=$6
exec 9>"$cache/lock"
flock 9
[ -e "$image" ] && exit 0
rm -rf --one-file-system "$cache"/*.partial
tree=$cache/tree.partial
mkdir "$tree"
mount -t tmpfs -o mode=755 tree "$tree"
debootstrap --variant=minbase --components="$components" --include="$packages" "$release" "$tree" "$mirror"
chroot "$tree" useradd --create-home --shell /bin/bash --groups sudo admin
chroot "$tree" systemctl mask ssh.socket apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer fstrim.timer
chroot "$tree" systemctl enable ssh.service
rm -rf "$tree"/etc/ssh/ssh_host_* "$tree"/var/cache/* "$tree"/var/lib/apt/lists/* "$tree"/var/log/*
cd "$tree/usr/share"
rm -rf doc i18n info lintian locale man
: > "$tree/etc/machine-id"
: > "$tree/etc/default/locale"
mkfs.ext4 -q -L root -d "$tree" "$image.partial" 1G
mv "$image.partial" "$image"
cd /
umount "$tree"
rmdir "$tree"
`

/** The disk every host starts from, kept in the user's cache and made on first use by debootstrap from the mirror apt uses. */
export async function hostImage(): Promise<string> {
  const cache = cacheDirectory()
  const { release, mirror, component } = aptSource()
  const recipe = createHash('sha256').update(program).update(packages.join()).digest('hex').slice(0, 12)
  const image = join(cache, `${release}-${recipe}.img`)
  if (existsSync(image)) return image
  const build = ['sh', '-c', program, 'build', cache, image, release, mirror, component, packages.join(',')]
  const isolated = ['--pdeathsig', 'KILL', 'unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', ...build]
  try {
    await promisify(execFile)('setpriv', isolated, { env: { ...process.env, ...aptProxy(), PATH: searchPath() }, maxBuffer: 1 << 26 })
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    throw new Error(`The disk of a host could not be built:\n${lastLines(stdout)}\n${lastLines(stderr)}`, { cause: error })
  }
  return image
}

function lastLines(text: string): string {
  return text.trimEnd().split('\n').slice(-6).join('\n')
}
