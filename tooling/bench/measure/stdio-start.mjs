import { spawn } from 'node:child_process'
import { residentOf } from './process-tree.mjs'

const limitMs = 60_000
const endLimitMs = 5000
const clientInfo = { name: 'bench', version: '0' }
const firstQuestions = [
  { id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo } },
  { method: 'notifications/initialized' },
  { id: 2, method: 'tools/list' },
].map((message) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)

/**
 * Runs a program that is asked nothing.
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>} Milliseconds from its start to its end.
 */
export function timeToEnd(args, env) {
  return new Promise((resolve, reject) => {
    const start = performance.now()
    const child = spawn(process.execPath, args, { env, stdio: 'ignore' })
    child.once('error', reject)
    child.once('exit', () => resolve(performance.now() - start))
  })
}

/**
 * Starts a program and asks it for its tools over stdio; ends it by closing its stdin.
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @param {{ idleMs?: number }} [options] How long it is left alone before its memory is read.
 * @returns {Promise<{ startMs: number, endMs: number, residentMegabytes: number, tools: object[] }>}
 */
export function askOverStdio(args, env, { idleMs = 0 } = {}) {
  return new Promise((resolve, reject) => {
    const start = performance.now()
    const child = spawn(process.execPath, args, { env, stdio: ['pipe', 'pipe', 'pipe'] })
    const limit = setTimeout(() => child.kill('SIGKILL'), limitMs)
    /** @type {object[] | undefined} */
    let tools
    let [answer, errors, startMs, closedAt, residentMegabytes] = ['', '', 0, 0, 0]
    child.stdin.on('error', () => {})
    child.stderr.on('data', (chunk) => (errors += chunk))
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      const now = performance.now()
      answer += chunk
      if (tools !== undefined || !answer.includes('\n')) return
      const lines = answer.split('\n').slice(0, -1)
      const found = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line))
      tools = found.find(({ id }) => id === 2)?.result?.tools
      if (tools === undefined) return
      startMs = now - start
      setTimeout(() => {
        residentMegabytes = residentOf(child.pid ?? 0)
        closedAt = performance.now()
        child.stdin.end()
        // Some never go by themselves.
        setTimeout(() => child.kill('SIGKILL'), endLimitMs).unref()
      }, idleMs)
    })
    child.once('error', reject)
    child.once('exit', () => {
      clearTimeout(limit)
      if (tools === undefined || closedAt === 0) reject(new Error(`${args.join(' ')} did not list its tools: ${errors}`))
      else resolve({ startMs, endMs: performance.now() - closedAt, residentMegabytes, tools })
    })
    for (const message of firstQuestions) child.stdin.write(message)
  })
}
