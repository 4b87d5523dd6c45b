import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { aptSource, cacheDirectory } from './apt-source.ts'
import { requireComponent, searchPath, withoutComponent } from './component.ts'

/** Packages of another release of Debian, whose files stand in a directory of their own: nothing of them is installed. */
export interface UnpackedPackages {
  /** What it is called in components.json. */
  component: string
  /** Name of the directory in the cache. */
  directory: string
  release: string
  packages: readonly string[]
  /** Shell words that fail where what was unpacked, in `$tree`, does not run here. */
  trial: string
}

// An apt of its own reads the other release, without root. Links stand in for the directories Debian has merged into usr.
const program = `
set -e
cache=$1 name=$2 mirror=$3 release=$4 trial=$5
shift 5
packages=$*
exec 9>"$cache/$name.lock"
flock 9
[ -e "$cache/$name" ] && exit 0
work=$cache/$name.partial tree=$cache/$name.partial/tree
rm -rf "$work"
mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/packages" "$tree"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $release main" > "$work/sources.list"
set -- -qq -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=- -o Dir::State::lists="$work/lists" \\
  -o Dir::Cache="$work/cache" -o Dir::State::status=/dev/null -o APT::Sandbox::User= -o Acquire::Languages=none
apt-get "$@" update
cd "$work/packages"
apt-get "$@" download $packages
for package in *.deb; do dpkg-deb --extract "$package" "$tree"; done
for merged in lib lib64; do [ -e "$tree/$merged" ] || ln -s "usr/$merged" "$tree/$merged"; done
eval "$trial"
mv "$tree" "$cache/$name"
rm -rf "$work"
`

/** The directory of the packages, fetched on first use into the user's cache. */
export async function unpackedPackages({ directory, release, packages, trial }: UnpackedPackages): Promise<string> {
  const cache = cacheDirectory()
  const tree = join(cache, directory)
  if (!existsSync(tree))
    await promisify(execFile)('sh', ['-c', program, 'fetch', cache, directory, aptSource().mirror, release, trial, ...packages], {
      env: { ...process.env, PATH: searchPath() },
    })
  return tree
}

/** Says why the packages cannot be used here, after trying to fetch them; undefined when they can. */
export async function requireUnpacked(unpacked: UnpackedPackages): Promise<string | undefined> {
  const { component } = unpacked
  const missing = requireComponent(component)
  if (missing !== undefined) return missing
  try {
    await unpackedPackages(unpacked)
    return undefined
  } catch (error) {
    const reason = `${component} could not be fetched: ${(error as Error).message.trim().split('\n').at(-1) ?? ''}`
    return withoutComponent(component, reason)
  }
}
