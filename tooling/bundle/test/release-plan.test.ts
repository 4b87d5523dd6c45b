import { execFileSync, spawnSync } from 'node:child_process'
import { appendFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { entriesOf } from '../bundle-package.mjs'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const planner = fileURLToPath(new URL('../release-plan.mjs', import.meta.url))
const lock = 'pnpm-lock.yaml'
const plan = '.changeset/bundled-changes.md'
const serverSource = 'packages/server/src/run.ts'
const files = [serverSource, 'packages/core/src/testing/toolbox.ts', 'packages/linux/src/btrfs.ts', 'tooling/bundle/loader.cjs', lock]

const programs = ['packages', 'apps']
  .flatMap((group) => readdirSync(join(root, group)).map((name) => join(root, group, name)))
  .filter((directory) => entriesOf(directory).length > 0)
  .map((directory) => (JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as { name: string }).name)
  .toSorted()

/** A repository with some files of this one, as they are or changed before they are committed. */
function repository(committed: (text: string) => string = (text) => text) {
  const directory = mkdtempSync(join(tmpdir(), 'rackwarden-release-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  for (const file of files) {
    mkdirSync(dirname(join(directory, file)), { recursive: true })
    cpSync(join(root, file), join(directory, file))
  }
  mkdirSync(join(directory, '.changeset'))
  const text = readFileSync(join(root, lock), 'utf8')
  writeFileSync(join(directory, lock), committed(text))
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@localhost', '-c', 'commit.gpgsign=false', ...args], {
      cwd: directory,
    })
  git('init', '--quiet', '--initial-branch=main')
  git('add', '.')
  git('commit', '--quiet', '--message=base')
  writeFileSync(join(directory, lock), text)
  return {
    touch: (file: string) => appendFileSync(join(directory, file), '\n// Touched.\n'),
    plan: (...options: string[]) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [planner, '--root', directory, '--base', 'main', ...options], {
        encoding: 'utf8',
      })
      const written = existsSync(join(directory, plan)) ? readFileSync(join(directory, plan), 'utf8') : ''
      const bumped = [...written.matchAll(/^'(.+)': patch$/gm)].map(([, name = '']) => name).toSorted()
      return { code: status, printed: `${stdout}${stderr}`, bumped, written }
    },
    cover: (name: string, packageName: string) =>
      writeFileSync(join(directory, '.changeset', name), `---\n'${packageName}': minor\n---\n\nSaid by hand.\n`),
  }
}

/** The lock file as it was when a library had another version. */
const withOlder = (name: string) => (text: string) => {
  const version = new RegExp(`^ {2}${name}@(.+):$`, 'm').exec(text)?.[1] ?? ''
  const older = text.replaceAll(`${name}@${version}`, `${name}@0.9.0`).replaceAll(`version: ${version}`, 'version: 0.9.0')
  expect(older).not.toBe(text)
  return older.replaceAll(`${name}: ${version}`, `${name}: 0.9.0`)
}

describe('the release plan', () => {
  test('gives every program a patch when one file of the server changes, and is content afterwards', () => {
    const { touch, plan: run } = repository()
    touch(serverSource)
    expect(run('--check')).toMatchObject({ code: 1, bumped: [] })
    expect(programs.length).toBeGreaterThan(3)
    expect(run().bumped).toEqual(programs)
    expect(run('--check').code).toBe(0)
  })

  test('gives nobody anything for a file that nobody ships inside', () => {
    const { touch, plan: run } = repository()
    touch('packages/core/src/testing/toolbox.ts')
    expect(run()).toMatchObject({ code: 0, bumped: [], written: '' })
  })

  test('gives the hub a patch for a service it contains', () => {
    const { touch, plan: run } = repository()
    touch('packages/linux/src/btrfs.ts')
    expect(run().bumped).toEqual(['@rackwarden/linux', 'rackwarden'])
  })

  test('gives every program a patch for the loader they begin with', () => {
    const { touch, plan: run } = repository()
    touch('tooling/bundle/loader.cjs')
    expect(run().bumped).toEqual(programs)
  })

  test('gives whatever contains a library a patch for its new version', () => {
    const undici = repository(withOlder('undici')).plan()
    // Programs of services find it in core; the hub has no core beside it.
    expect(undici.bumped).toEqual(['@rackwarden/core', 'rackwarden'])
    expect(undici.written).toMatch(/What is shipped inside is current: undici@\d+\.\d+\.\d+\.\n$/)
    // It comes with ssh2, and only where that is contained.
    const deep = repository(withOlder('asn1')).plan()
    expect(deep.bumped).toContain('@rackwarden/ssh')
    expect(deep.bumped).not.toContain('@rackwarden/core')
    expect(deep.bumped).not.toContain('@rackwarden/prometheus')
  })

  test('does not mind the libraries of tools, nor a version that they were given before', () => {
    expect(repository(withOlder('publint')).plan()).toMatchObject({ code: 0, bumped: [] })
    const alreadyThere = (text: string) => withOlder('undici')(text).replace('\nsnapshots:\n', `\nsnapshots:\n\n${undiciOf(text)}: {}\n`)
    expect(repository(alreadyThere).plan().bumped).toContain('@rackwarden/core')
  })

  test('leaves out what has a changeset already, and keeps what it said itself before', () => {
    const { touch, cover, plan: run } = repository()
    cover('by-hand.md', 'rackwarden')
    touch('packages/linux/src/btrfs.ts')
    expect(run().bumped).toEqual(['@rackwarden/linux'])
    touch(serverSource)
    expect(run().bumped).toEqual(programs.filter((name) => name !== 'rackwarden'))
  })
})

function undiciOf(text: string): string {
  return /^ {2}undici@.+(?=:$)/m.exec(text)?.[0] ?? ''
}
