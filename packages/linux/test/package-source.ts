import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SystemdHost } from '@rackwarden/lab'

/** A package with nothing in it but what is given. */
export interface Package {
  name: string
  version: string
  /** More fields of its control file. */
  fields?: readonly string[]
  /** By path; below /etc a file is one of configuration. */
  files?: Readonly<Record<string, string>>
  /** What is run once it is installed. */
  after?: string
}

/** Puts packages on a host as a source apt reads without any network: a directory of its own, under a suite. */
export async function putSource(host: SystemdHost, suite: string, packages: readonly Package[]): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'rw-source-'))
  try {
    const entries = packages.map((one) => build(directory, one)).join('\n')
    writeFileSync(join(directory, 'Packages'), entries)
    const label = suite.includes('security') ? 'Debian-Security' : 'Debian'
    const hash = createHash('sha256').update(entries).digest('hex')
    writeFileSync(
      join(directory, 'Release'),
      [`Origin: Debian`, `Label: ${label}`, `Suite: ${suite}`, 'SHA256:', ` ${hash} ${Buffer.byteLength(entries)} Packages`, ''].join('\n'),
    )
    const archive = execFileSync('tar', ['-C', directory, '--exclude=./build', '-cf', '-', '.']).toString('base64')
    const script = `set -e; mkdir -p "/srv/$0"; base64 -d | tar -C "/srv/$0" -xf -; chmod -R a+rX /srv; rm -f /etc/apt/sources.list /etc/apt/sources.list.d/*debian*
echo "deb [trusted=yes] file:/srv/$0 ./" >"/etc/apt/sources.list.d/$0.list"; apt-get -q update`
    const { code, stdout, stderr } = await host.run(['sh', '-c', script, suite], { input: archive })
    if (code !== 0) throw new Error(stdout + stderr)
  } finally {
    rmSync(directory, { recursive: true })
  }
}

function build(directory: string, { name, version, fields = [], files = {}, after }: Package): string {
  const tree = join(directory, 'build', `${name}-${version}`)
  const control = [
    `Package: ${name}`,
    `Version: ${version}`,
    'Architecture: all',
    'Maintainer: Nobody <nobody@lab>',
    ...fields,
    'Description: a test',
  ]
  const write = (path: string, text: string, mode = 0o644) => {
    mkdirSync(join(tree, path, '..'), { recursive: true })
    writeFileSync(join(tree, path), text, { mode })
  }
  write('DEBIAN/control', `${control.join('\n')}\n`)
  for (const [path, text] of Object.entries(files)) write(path, text)
  const configuration = Object.keys(files).filter((path) => path.startsWith('/etc/'))
  if (configuration.length > 0) write('DEBIAN/conffiles', `${configuration.join('\n')}\n`)
  if (after !== undefined) write('DEBIAN/postinst', `#!/bin/sh\nset -e\n${after}\n`, 0o755)
  const file = `${name}_${version}_all.deb`
  execFileSync('dpkg-deb', ['--root-owner-group', '-Zgzip', '-b', tree, join(directory, file)], { stdio: 'ignore' })
  const hash = createHash('sha256')
    .update(readFileSync(join(directory, file)))
    .digest('hex')
  return `${[...control, `Filename: ./${file}`, `Size: ${statSync(join(directory, file)).size}`, `SHA256: ${hash}`].join('\n')}\n`
}
