import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/**
 * Starts a server and waits for the address it says on stderr.
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
export function startServer(args, env) {
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = new Promise((resolve) => child.once('close', resolve))
  /** @type {Promise<string>} */
  const url = new Promise((resolve, reject) => {
    let said = ''
    child.stderr.on('data', (chunk) => {
      said += chunk
      const found = /http:\/\/\S+\/mcp/.exec(said)?.[0]
      if (found !== undefined) resolve(found)
    })
    child.once('exit', () => reject(new Error(`${args[0]} ended before it served:\n${said}`)))
  })
  return {
    url,
    /** CPU time of all its threads, in microseconds. */
    cpu: () => cpuOf(child.pid ?? 0),
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** @param {number} id */
function cpuOf(id) {
  const tasks = readdirSync(`/proc/${id}/task`)
  return tasks.reduce((sum, task) => sum + Number(readFileSync(`/proc/${id}/task/${task}/schedstat`, 'utf8').split(' ')[0]) / 1000, 0)
}

/**
 * Milliseconds from starting a program to what it answers on stdout last, or to its end when nothing is asked.
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @param {string[]} [messages]
 * @returns {Promise<{ milliseconds: number, answer: string }>}
 */
export function timeToAnswer(args, env, messages = []) {
  return new Promise((resolve, reject) => {
    const start = performance.now()
    const child = spawn(process.execPath, args, { env, stdio: ['pipe', 'pipe', 'pipe'] })
    const expected = messages.filter((message) => message.includes('"id"')).length
    let answer = ''
    let errors = ''
    let milliseconds = 0
    child.stdin.on('error', () => {})
    child.stdout.on('data', (chunk) => {
      answer += chunk
      if (milliseconds > 0 || answer.split('\n').length - 1 < expected) return
      milliseconds = performance.now() - start
      child.stdin.end()
    })
    child.stderr.on('data', (chunk) => (errors += chunk))
    child.on('exit', () => (milliseconds ||= performance.now() - start))
    child.on('close', (code) =>
      expected > 0 && answer === '' ? reject(new Error(`${args.join(' ')}: ${code} ${errors}`)) : resolve({ milliseconds, answer }),
    )
    for (const message of messages) child.stdin.write(`${message}\n`)
    if (messages.length === 0) child.stdin.end()
  })
}
