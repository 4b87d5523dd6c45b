import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { runChild } from './child.mjs'

/**
 * Installs the dependencies of the lockfile unless they are there already, and gives the environment tasks run in:
 * the pinned pnpm and the workspace's own binaries come first on its PATH.
 * @param {string} root
 * @returns {Promise<NodeJS.ProcessEnv>}
 */
export async function prepare(root) {
  const stampFile = join(root, 'node_modules/.rackwarden.json')
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'pnpm-lock.yaml')))
    .update(`${process.platform} ${process.arch}`)
    .digest('hex')
  const stamp = readStamp(stampFile)
  const pnpm = stamp?.pnpm !== undefined && existsSync(stamp.pnpm) ? stamp.pnpm : await findPnpm(root)
  const env = {
    ...process.env,
    PATH: [join(root, 'node_modules/.bin'), ...ownNode(), dirname(pnpm), process.env['PATH'] ?? ''].join(delimiter),
  }
  if (stamp?.lock === lock && stamp.pnpm === pnpm) return env
  if (stamp?.lock !== lock) await install(root, env)
  writeFileSync(stampFile, JSON.stringify({ lock, pnpm }))
  return env
}

/**
 * The directory of the Node that runs this, before whatever else lies beside pnpm; one with a pnpm of its own would hide the pinned one.
 * @returns {string[]}
 */
function ownNode() {
  const directory = dirname(process.execPath)
  return firstOnPath(directory) === undefined ? [directory] : []
}

/**
 * @param {string} file
 * @returns {{ lock: string, pnpm: string } | undefined}
 */
function readStamp(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

/**
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 */
async function install(root, env) {
  console.log('Installing dependencies (once for each lockfile) …')
  const { code, output } = await runChild('pnpm', ['install', '--frozen-lockfile', '--reporter=append-only'], {
    cwd: root,
    // Nobody is asked anything, even when node_modules came from another package manager.
    env: { ...env, CI: 'true' },
    captured: true,
  })
  if (code === 0) return
  console.error(output)
  throw new Error('Installing dependencies failed; the output is above.')
}

/**
 * Finds pnpm in the version package.json pins: on PATH, else fetched by npx.
 * @param {string} root
 * @returns {Promise<string>}
 */
async function findPnpm(root) {
  /** @type {{ packageManager: string }} */
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const wanted = packageManager.replace(/^pnpm@/, '')
  const installed = firstOnPath(process.env['PATH'] ?? '')
  if (installed !== undefined) {
    const { output } = await runChild(installed, ['--version'], { cwd: root, captured: true })
    if (output.trim().split('\n').at(-1) === wanted) return installed
  }
  console.log(`Fetching pnpm ${wanted} with npx …`)
  const printPath = 'console.log(JSON.stringify({ path: process.env.PATH }))'
  const { code, output } = await runChild('npx', ['-y', `pnpm@${wanted}`, 'exec', 'node', '-e', printPath], { cwd: root, captured: true })
  const line = output.split('\n').find((text) => text.startsWith('{"path":'))
  const fetched = line === undefined ? undefined : firstOnPath(JSON.parse(line).path)
  if (code === 0 && fetched !== undefined) return fetched
  console.error(output)
  throw new Error(`pnpm ${wanted} is not on PATH and npx could not fetch it.`)
}

/**
 * @param {string} path
 * @returns {string | undefined}
 */
function firstOnPath(path) {
  const name = process.platform === 'win32' ? 'pnpm.cmd' : 'pnpm'
  return path
    .split(delimiter)
    .filter(Boolean)
    .map((directory) => join(directory, name))
    .find((file) => existsSync(file))
}
