import { spawn } from 'node:child_process'
import { constants } from 'node:os'

const onWindows = process.platform === 'win32'
const killAfterMs = 10_000

/**
 * @typedef {object} ChildOptions
 * @property {string} cwd
 * @property {NodeJS.ProcessEnv} [env]
 * @property {boolean} [captured] Keep the output instead of showing it.
 * @property {boolean} [foreground] Stay in the terminal's process group, to read keys from it.
 */

/**
 * Runs a command to its end and tells its exit code. Signals go on to the command and everything it started.
 * @param {string} command
 * @param {string[]} args
 * @param {ChildOptions} options
 * @returns {Promise<{ code: number, output: string }>}
 */
export function runChild(command, args, { cwd, env = process.env, captured = false, foreground = false }) {
  return new Promise((resolve) => {
    const ownGroup = !onWindows && !foreground
    const child = spawn(command, args, {
      cwd,
      env,
      detached: ownGroup,
      // npx is a batch file on Windows.
      shell: onWindows && !command.endsWith('.exe'),
      stdio: captured ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    })
    let output = ''
    child.stdout?.on('data', (chunk) => (output += chunk))
    child.stderr?.on('data', (chunk) => (output += chunk))

    /** @param {NodeJS.Signals} signal */
    const forward = (signal) => {
      sendSignal(signal)
      setTimeout(sendSignal, killAfterMs, 'SIGKILL').unref()
    }
    /** @param {NodeJS.Signals} signal */
    const sendSignal = (signal) => {
      if (child.pid === undefined) return
      try {
        process.kill(ownGroup ? -child.pid : child.pid, signal)
      } catch {
        // The child ended meanwhile.
      }
    }
    /** @type {NodeJS.Signals[]} */
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
    for (const signal of signals) process.on(signal, forward)

    /**
     * @param {number} code
     * @param {string} text
     */
    const finish = (code, text) => {
      for (const signal of signals) process.off(signal, forward)
      resolve({ code, output: text })
    }
    child.on('error', (error) => finish(127, `${output}${command}: ${error.message}\n`))
    child.on('close', (code, signal) => {
      // Whoever a terminated command left behind goes with it.
      if (signal !== null && ownGroup) sendSignal('SIGKILL')
      finish(code ?? 128 + (signal === null ? 0 : constants.signals[signal]), output)
    })
  })
}
