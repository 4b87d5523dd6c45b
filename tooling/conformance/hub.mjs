import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const hubBin = fileURLToPath(new URL('../../apps/hub/dist/bin.cjs', import.meta.url))
const startMs = 20_000

/**
 * Starts the hub on the pretend lab, in a home of its own.
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function serveHub() {
  const home = mkdtempSync(join(tmpdir(), 'rackwarden-conformance-hub-'))
  const env = { PATH: process.env['PATH'], HOME: home, RACKWARDEN_STATE_DIR: join(home, 'state') }
  const args = [hubBin, 'serve', '--demo', '--tier', 'configure', '--http', '127.0.0.1:0']
  const child = spawn(process.execPath, args, { cwd: home, env, stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = new Promise((resolve) => child.once('close', resolve))
  const close = async () => {
    child.kill('SIGTERM')
    await ended
    rmSync(home, { recursive: true, force: true })
  }
  try {
    return { url: await urlOf(child), close }
  } catch (error) {
    await close()
    throw error
  }
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<string>}
 */
function urlOf(child) {
  return new Promise((resolve, reject) => {
    let said = ''
    const timer = setTimeout(() => reject(new Error(`The hub did not start: ${said}`)), startMs)
    child.stderr?.on('data', (chunk) => {
      said += chunk
      const url = /serves \d+ tools at (http:\S+\/mcp)/.exec(said)?.[1]
      if (url === undefined) return
      clearTimeout(timer)
      resolve(url)
    })
    child.once('close', () => {
      clearTimeout(timer)
      reject(new Error(`The hub ended: ${said}`))
    })
  })
}
