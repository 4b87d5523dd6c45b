import { readdirSync, readFileSync } from 'node:fs'

/**
 * CPU time a process and all it started have used so far, in microseconds.
 * @param {number} id
 */
export function cpuOf(id) {
  return sumOver(id, (member) =>
    readdirSync(`/proc/${member}/task`)
      .map((task) => Number(readFileSync(`/proc/${member}/task/${task}/schedstat`, 'utf8').split(' ')[0]) / 1000)
      .reduce((sum, value) => sum + value, 0),
  )
}

/**
 * Resident memory of a process and all it started, in megabytes.
 * @param {number} id
 */
export function residentOf(id) {
  return sumOver(id, (member) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${member}/status`, 'utf8'))?.[1] ?? 0) / 1024)
}

/**
 * @param {number} id
 * @param {(member: number) => number} figure
 */
function sumOver(id, figure) {
  return treeOf(id).reduce((sum, member) => sum + (ifAlive(() => figure(member)) ?? 0), 0)
}

/**
 * The command line of a process; empty once it has ended.
 * @param {number} id
 */
export function commandOf(id) {
  return ifAlive(() => readFileSync(`/proc/${id}/cmdline`, 'utf8').replaceAll('\0', ' ')) ?? ''
}

/**
 * A process and all it started.
 * @param {number} id
 * @returns {number[]}
 */
export function treeOf(id) {
  /** @type {Map<number, number[]>} */
  const children = new Map()
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    // What stands in brackets before it may hold anything.
    const parent = Number(
      ifAlive(
        () =>
          readFileSync(`/proc/${name}/stat`, 'utf8')
            .replace(/^.*\) /s, '')
            .split(' ')[1],
      ),
    )
    children.set(parent, [...(children.get(parent) ?? []), Number(name)])
  }
  const found = [id]
  for (const member of found) found.push(...(children.get(member) ?? []))
  return found
}

/**
 * @template T
 * @param {() => T} read
 * @returns {T | undefined}
 */
function ifAlive(read) {
  try {
    return read()
  } catch {
    return undefined
  }
}
