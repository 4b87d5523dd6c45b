import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const bin = fileURLToPath(new URL('../../apps/hub/dist/bin.cjs', import.meta.url))
const probe = new URL('memory-probe.mjs', import.meta.url).href
/** What everything the hub starts carries in its environment. */
export const markName = 'SOAK_MARK'

const [startLimitMs, endLimitMs] = [30_000, 15_000]

/**
 * @typedef {{ heap: number, resident: number, external: number }} Memory Bytes.
 * @typedef {Awaited<ReturnType<typeof startHub>>} Hub
 */

/**
 * Starts the bundled hub over HTTP, and knows everything it starts by a mark in its environment.
 * @param {import('./disk.mjs').Disk} disk
 * @param {Record<string, unknown>} configuration
 * @param {string} mark
 */
export async function startHub(disk, configuration, mark) {
  const file = join(disk.directory, '..', 'rackwarden.yaml')
  const configure = (/** @type {Record<string, unknown>} */ next) => writeFileSync(file, JSON.stringify(next, null, 2))
  configure(configuration)
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: join(disk.directory, '..'),
    RACKWARDEN_STATE_DIR: disk.directory,
    [markName]: mark,
  }
  /** @param {...string} words */
  const command = async (...words) => {
    const [program = '', ...args] = [...disk.enter, process.execPath, bin, ...words]
    return run(program, args, { env, timeout: 60_000, maxBuffer: 64 * 1024 * 1024 })
  }
  const token = async (/** @type {string} */ name) => {
    const { stdout } = await command('token', 'create', name, '--tier', 'configure', '--json')
    return String(JSON.parse(stdout).token)
  }
  // From the first token on everybody needs one.
  const first = await token('watcher')
  await command('upstreams', 'accept', 'echo', '--yes', '--config', file)
  const serving = ['serve', '--http', '127.0.0.1:0', '--config', file]
  const [program = '', ...args] = [...disk.enter, process.execPath, '--expose-gc', '--import', probe, bin, ...serving]
  const child = spawn(program, args, { env, cwd: join(disk.directory, '..'), stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  const exited = /** @type {Promise<[number | null]>} */ (once(child, 'exit'))
  /** @type {string[]} */
  const said = []
  /** @type {string} */
  const url = await new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`The hub did not start:\n${said.join('')}`)), startLimitMs)
    child.stderr?.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      said.push(text)
      const found = /http:\/\/\S+\/mcp/.exec(said.join(''))?.[0]
      if (found === undefined) return
      clearTimeout(late)
      resolve(found)
    })
    child.once('exit', () => reject(new Error(`The hub ended:\n${said.join('')}`)))
  })
  return {
    url,
    watcher: first,
    id: child.pid ?? 0,
    command,
    token,
    said: () => said.join(''),
    isRunning: () => child.exitCode === null && child.signalCode === null,
    /** Writes another configuration and has it read. */
    reload(/** @type {Record<string, unknown>} */ next) {
      configure(next)
      child.kill('SIGHUP')
    },
    /** @returns {Promise<Memory>} */
    async memory() {
      const answer = once(child, 'message', { signal: AbortSignal.timeout(10_000) })
      child.send('memory')
      const [told] = await answer
      return told
    },
    /** Files and sockets it holds open. */
    descriptors: () => readdirSync(`/proc/${child.pid}/fd`).length,
    async metrics() {
      const answer = await fetch(new URL('/metrics', url), { headers: { authorization: `Bearer ${first}` } })
      return answer.text()
    },
    /** Ends it in order; gives its exit code, and how long it took. */
    async end() {
      const began = performance.now()
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), endLimitMs)
      const [code] = await exited
      clearTimeout(late)
      return { code, milliseconds: performance.now() - began }
    },
    kill: () => void child.kill('SIGKILL'),
  }
}

/**
 * Processes that carry a mark in their environment.
 * @param {string} mark
 */
export function markedProcesses(mark) {
  if (!existsSync('/proc')) return []
  return readdirSync('/proc').filter((id) => {
    if (!/^\d+$/.test(id)) return false
    try {
      return readFileSync(`/proc/${id}/environ`, 'utf8').includes(`${markName}=${mark}`)
    } catch {
      return false
    }
  })
}
