import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cacheDirectory } from './apt-source.ts'
import { requireComponent, searchPath, withoutComponent } from './component.ts'

/** One release of a package of npm, installed with what it depends on into a directory of its own. */
export interface NpmRelease {
  /** What it is called in components.json, and its directory in the cache with the version behind it. */
  component: string
  package: string
  version: string
  /** Shell words run in the directory; where they fail, what was fetched does not run here. */
  trial: string
}

const program = `
set -e
cache=$1 name=$2 release=$3 trial=$4
mkdir -p "$cache"
exec 9>"$cache/$name.lock"
flock 9
[ -e "$cache/$name" ] && exit 0
work=$cache/$name.partial
rm -rf "$work"
mkdir -p "$work"
cd "$work"
npm install --no-audit --no-fund --no-save --omit=dev "$release"
eval "$trial"
mv "$work" "$cache/$name"
`

/** The directory of the package, fetched on first use into the user's cache. */
export async function npmRelease({ component, package: name, version, trial }: NpmRelease): Promise<string> {
  const [cache, directory] = [cacheDirectory(), `${component}-${version}`]
  const tree = join(cache, directory)
  if (!existsSync(tree))
    await promisify(execFile)('sh', ['-c', program, 'fetch', cache, directory, `${name}@${version}`, trial], {
      env: { ...process.env, PATH: searchPath() },
      maxBuffer: 64 * 1024 * 1024,
    })
  return join(tree, 'node_modules', name)
}

/** Says why the package cannot be used here, after trying to fetch it; undefined when it can. */
export async function requireNpmRelease(release: NpmRelease): Promise<string | undefined> {
  const { component } = release
  const missing = requireComponent(component)
  if (missing !== undefined) return missing
  try {
    await npmRelease(release)
    return undefined
  } catch (error) {
    const reason = `${component} could not be fetched: ${(error as Error).message.trim().split('\n').at(-1) ?? ''}`
    return withoutComponent(component, reason)
  }
}
