import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { aptSource, cacheDirectory } from './apt-source.ts'
import { requireComponent, searchPath } from './component.ts'

const component = 'prometheus-newest'

// Debian's next release, in a directory of its own: nothing of it is installed. An apt of its own reads it, without root.
const program = `
set -e
cache=$1 tree=$2 mirror=$3
exec 9>"$cache/metrics.lock"
flock 9
[ -e "$tree" ] && exit 0
work=$cache/metrics.partial
rm -rf "$work"
mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/packages" "$work/tree"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror sid main" > "$work/sources.list"
set -- -qq -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=- -o Dir::State::lists="$work/lists" \\
  -o Dir::Cache="$work/cache" -o Dir::State::status=/dev/null -o APT::Sandbox::User= -o Acquire::Languages=none
apt-get "$@" update
cd "$work/packages"
apt-get "$@" download prometheus prometheus-alertmanager
for package in *.deb; do dpkg-deb --extract "$package" "$work/tree"; done
for program in prometheus prometheus-alertmanager; do "$work/tree/usr/bin/$program" --version; done
mv "$work/tree" "$tree"
rm -rf "$work"
`

/** Says why the newest Prometheus cannot run here, after trying to fetch it; undefined when `newest: true` will do. */
export async function requireNewestPrometheus(): Promise<string | undefined> {
  const missing = requireComponent(component)
  if (missing !== undefined) return missing
  try {
    await newestPrometheus()
    return undefined
  } catch (error) {
    const reason = `${component} could not be fetched: ${(error as Error).message.trim().split('\n').at(-1) ?? ''}`
    process.stderr.write(`skipped: ${reason}\n`)
    return reason
  }
}

/** The directory of the programs of the newest Prometheus and Alertmanager, fetched on first use into the user's cache. */
export async function newestPrometheus(): Promise<string> {
  const cache = cacheDirectory()
  const tree = join(cache, 'metrics-sid')
  if (!existsSync(tree))
    await promisify(execFile)('sh', ['-c', program, 'fetch', cache, tree, aptSource().mirror], {
      env: { ...process.env, PATH: searchPath() },
    })
  return join(tree, 'usr/bin')
}
