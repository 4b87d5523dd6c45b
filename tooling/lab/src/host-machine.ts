import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { childrenOf } from './remains.ts'

/** What a command inside a host said. */
export interface HostCommand {
  code: number
  stdout: string
  stderr: string
}

/** The first process of the machine a boot started: systemd, once it is. */
export function machineOf(boot: number): number | undefined {
  const descendants = descendantsOf(boot)
  const container = descendants.find((id) => nameOf(id) === 'systemd-nspawn')
  const machine = container === undefined ? undefined : childrenOf(container)[0]
  return machine !== undefined && nameOf(machine) === 'systemd' ? machine : undefined
}

/** Every process a process has started, directly or not. */
export function descendantsOf(id: number): number[] {
  return childrenOf(id).flatMap((child) => [child, ...descendantsOf(child)])
}

/** Runs a command in the namespaces of a process, in its root directory. */
export function runInside(machine: number, argv: readonly string[], input = ''): Promise<HostCommand> {
  const command = ['--target', String(machine), '--all', '--root', '--wd', '--', ...argv]
  const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', LANG: 'C.UTF-8', TERM: 'dumb' }
  return new Promise((resolve, reject) => {
    const child = spawn('nsenter', command, { env })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code: code ?? -1, stdout, stderr }))
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
  })
}

function nameOf(id: number): string {
  try {
    return readFileSync(`/proc/${String(id)}/comm`, 'utf8').trim()
  } catch {
    return ''
  }
}
