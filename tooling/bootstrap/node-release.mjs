import { tmpdir } from 'node:os'
import { runChild } from './child.mjs'

/**
 * Releases of Node beside the one that runs this, pinned so that a test fails for a reason of ours.
 * @type {Record<string, string>}
 */
const releases = { 22: '22.23.3', 24: '24.21.0' }
const [running = ''] = process.versions.node.split('.')

/** @type {Map<string, Promise<string>>} */
const fetched = new Map()

/**
 * The path of another release of Node, which npm fetches once and keeps.
 * @param {string} release one of those that are pinned (`22`), or a whole version (`20.19.0`)
 * @returns {Promise<string>}
 */
export function nodeRelease(release) {
  const known = fetched.get(release) ?? fetch(releases[release] ?? release)
  fetched.set(release, known)
  return known
}

/** A Node of at least 22, which other people's tests need: this one where it is new enough. */
export async function newerNode() {
  return Number(running) >= 22 ? process.execPath : nodeRelease('22')
}

/** A Node of another line than this one. */
export async function otherNode() {
  return nodeRelease(running === '22' ? '24' : '22')
}

/** @param {string} version */
async function fetch(version) {
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const name = `node-${platform}-${process.arch}@${version}`
  const args = ['--yes', `--package=${name}`, '--', 'node', '--print', '`path=${process.execPath}`']
  const { code, output } = await runChild('npx', args, { cwd: tmpdir(), captured: true })
  const [, path] = /^path=(.+)$/m.exec(output) ?? []
  if (code === 0 && path !== undefined) return path.trim()
  throw new Error(`${output.trimEnd()}\nnpm could not fetch ${name}: name a release there is, such as 22 or 20.19.0.`)
}
