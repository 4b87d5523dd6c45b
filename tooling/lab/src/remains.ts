import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { searchPath } from './component.ts'

/** The processes whose command line names a directory: an engine's helpers that outlived it. */
export function processesNaming(directory: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((id) => id !== process.pid && read(`/proc/${id}/cmdline`).includes(`${directory}/`))
}

/** Kills what is left in a control group of every hierarchy and removes the group. */
export function clearControlGroup(name: string): void {
  const root = '/sys/fs/cgroup'
  for (const group of [join(root, name), ...list(root).map((hierarchy) => join(root, hierarchy, name))]) {
    for (const directory of deepestFirst(group)) {
      for (const id of read(join(directory, 'cgroup.procs')).split('\n').filter(Boolean)) kill(Number(id))
      attempt(() => rmdirSync(directory))
    }
  }
}

/** Unmounts everything below a directory. */
export function unmountBelow(directory: string): void {
  const points = read('/proc/self/mountinfo')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((point) => point.startsWith(`${directory}/`))
  for (const point of points.toReversed())
    attempt(() => execFileSync('umount', ['-l', point], { stdio: 'ignore', env: { PATH: searchPath() } }))
}

/** Kills a process that may be gone already. */
export function kill(id: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  attempt(() => process.kill(id, signal))
}

/** Freezes processes, and returns when each of their threads stands still: the signal alone comes back before that. */
export function freeze(ids: readonly number[]): void {
  for (const id of ids) kill(id, 'SIGSTOP')
  const deadline = Date.now() + 2000
  for (const id of ids) {
    const moves = () => list(`/proc/${id}/task`).some((task) => /[RSD]/.test(stateOf(`/proc/${id}/task/${task}`)))
    while (moves() && Date.now() < deadline) continue
  }
}

/** When a process was started, in clock ticks since boot: with its id, who it is. Empty for one that is gone or a zombie. */
export function startOf(id: number): string {
  const fields = fieldsOf(`/proc/${id}`)
  return fields[0] === 'Z' ? '' : (fields[19] ?? '')
}

/** The children of a process, as the kernel lists them. */
export function childrenOf(id: number): number[] {
  return read(`/proc/${id}/task/${id}/children`).split(' ').filter(Boolean).map(Number)
}

// The name of a program, which comes before, may hold anything.
function fieldsOf(task: string): string[] {
  return read(join(task, 'stat'))
    .replace(/^.*\) /s, '')
    .split(' ')
}

function stateOf(task: string): string {
  return fieldsOf(task)[0] ?? ''
}

function deepestFirst(directory: string): string[] {
  const below = list(directory).flatMap((name) => deepestFirst(join(directory, name)))
  return [...below, directory]
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true }).flatMap((found) => (found.isDirectory() ? [found.name] : []))
  } catch {
    return []
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function attempt(action: () => unknown): void {
  try {
    action()
  } catch {
    // It is gone already, which is what was wanted.
  }
}
