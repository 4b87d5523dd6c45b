import { spawn } from 'node:child_process'
import { cpuOf, residentOf } from './process-tree.mjs'

const probe = new URL('heap-probe.mjs', import.meta.url).href
const startLimitMs = 60_000

/**
 * @typedef {Awaited<ReturnType<typeof startServer>>} MeasuredServer A server under measurement.
 */

/**
 * Starts a server and waits for the address it says on stderr, or until `ready` finds it.
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @param {{ heap?: boolean, ready?: () => Promise<string> }} [options] `heap` makes its heap readable.
 */
export async function startServer(args, env, { heap = false, ready } = {}) {
  const probing = heap ? ['--expose-gc', '--import', probe] : []
  const child = spawn(process.execPath, [...probing, ...args], { env, stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = new Promise((resolve) => child.once('close', resolve))
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (chunk) => (said += chunk))
  /** @type {Promise<never>} */
  const gone = new Promise((_resolve, reject) => {
    const fail = (/** @type {string} */ why) => reject(new Error(`${args[0]} ${why}:\n${said}`))
    child.once('exit', () => fail('ended before it answered'))
    child.once('error', (error) => fail(error.message))
  })
  // It ends one day, whether or not anybody still waits for it.
  gone.catch(() => undefined)
  const late = setTimeout(() => child.kill('SIGKILL'), startLimitMs)
  const id = child.pid ?? 0
  const stop = async () => {
    clearTimeout(late)
    child.kill('SIGTERM')
    const forced = setTimeout(() => child.kill('SIGKILL'), 5000)
    await ended
    clearTimeout(forced)
  }
  try {
    const url = await (ready === undefined ? matchIn(/http:\/\/\S+\/mcp/) : Promise.race([ready(), gone]))
    clearTimeout(late)
    return {
      id,
      url,
      stop,
      /** CPU time of everything it runs, in microseconds. */
      cpu: () => cpuOf(id),
      /** Resident memory of everything it runs, in megabytes. */
      resident: () => residentOf(id),
      /** Bytes on its heap after everything that can go has gone. */
      heap: async () => {
        said = ''
        child.kill('SIGUSR2')
        return Number((await matchIn(/heap \d+\n/)).slice(5))
      },
    }
  } catch (error) {
    await stop()
    throw error
  }

  /**
   * @param {RegExp} wanted
   * @returns {Promise<string>}
   */
  function matchIn(wanted) {
    const look = new Promise((resolve) => {
      const check = () => {
        const found = wanted.exec(said)?.[0]
        if (found === undefined) return
        child.stderr.off('data', check)
        resolve(found)
      }
      child.stderr.on('data', check)
      check()
    })
    return Promise.race([/** @type {Promise<string>} */ (look), gone])
  }
}
