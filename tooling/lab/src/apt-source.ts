import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where what takes long to make is kept between runs. */
export function cacheDirectory(): string {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'rackwarden-lab')
  mkdirSync(cache, { recursive: true })
  return cache
}

/** Where this machine's packages come from. */
export interface AptSource {
  release: string
  mirror: string
  component: string
}

/** Reads the release of this machine and the mirror apt takes it from. */
export function aptSource(): AptSource {
  const release = /^VERSION_CODENAME=(\S+)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'stable'
  const listed = execFileSync('apt-get', ['indextargets', '--format', '$(CODENAME) $(COMPONENT) $(REPO_URI)', 'Created-By: Packages'])
  const source = listed
    .toString('utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .find(([codename, component]) => codename === release && component === 'main')
  if (source === undefined) throw new Error(`apt knows no mirror for ${release}: run apt-get update first`)
  return { release, mirror: resolveMirror(source[2] ?? ''), component: 'main' }
}

// apt may be given a file that lists mirrors, best first, where debootstrap wants one.
function resolveMirror(address: string): string {
  const list = /^mirror\+file:([^\s]+?)\/?$/.exec(address)?.[1]
  return list === undefined ? address : (/^\S+/.exec(readFileSync(list, 'utf8'))?.[0] ?? address)
}

/** The proxy apt goes through, as the environment other programs read. */
export function aptProxy(): Record<string, string> {
  const proxy = /"(.*)"/.exec(
    execFileSync('apt-config', ['dump', '--format', '%F "%v"%n', 'Acquire::http::Proxy'], { encoding: 'utf8' }),
  )?.[1]
  return proxy ? { http_proxy: proxy } : {}
}
