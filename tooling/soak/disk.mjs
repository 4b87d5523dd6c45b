import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, unlinkSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * @typedef {object} Disk Where the hub keeps its state.
 * @property {string} directory As the hub sees it.
 * @property {string} seenFromHere As this process sees it.
 * @property {string[]} enter What a command is put behind, to see it as the hub does.
 * @property {string | undefined} cannotBeFull Why it cannot be made full.
 * @property {() => void} fill
 * @property {() => void} empty
 * @property {() => Promise<void>} close
 */

const megabytes = 256
const filler = '.filler'

/**
 * Opens a small file system in a mount namespace of its own, which goes with the process that holds it; a plain directory where
 * that is not permitted.
 * @returns {Promise<Disk>}
 */
export async function openDisk() {
  const home = mkdtempSync(join(tmpdir(), 'rackwarden-soak-'))
  const directory = join(home, 'state')
  mkdirSync(directory, { mode: 0o700 })
  const remove = () => rmSync(home, { recursive: true, force: true })
  const why = mountRefused(directory)
  if (why !== undefined) {
    const nothing = () => undefined
    return { directory, seenFromHere: directory, enter: [], cannotBeFull: why, fill: nothing, empty: nothing, close: async () => remove() }
  }
  const script = 'mount -t tmpfs -o "size=$2,mode=700" none "$1" && echo ready && exec cat'
  const holder = spawn('unshare', ['-m', '--propagation', 'private', 'sh', '-c', script, 'sh', directory, `${megabytes}m`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = once(holder, 'exit')
  await Promise.race([once(holder.stdout, 'data'), ended])
  const seenFromHere = `/proc/${holder.pid}/root${directory}`
  return {
    directory,
    seenFromHere,
    enter: ['nsenter', '-t', String(holder.pid), '-m', '--'],
    cannotBeFull: undefined,
    fill: () => fill(join(seenFromHere, filler)),
    empty: () => unlinkSync(join(seenFromHere, filler)),
    async close() {
      holder.stdin.end()
      await ended
      remove()
    },
  }
}

/** @param {string} file */
function fill(file) {
  const handle = openSync(file, 'w')
  try {
    for (const bytes of [1_048_576, 4096, 1]) for (const block = Buffer.alloc(bytes); ;) if (writeSync(handle, block) < bytes) break
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOSPC') throw error
  } finally {
    closeSync(handle)
  }
}

/** @param {string} directory */
function mountRefused(directory) {
  try {
    execFileSync('unshare', ['-m', 'sh', '-c', 'mount -t tmpfs -o size=64k none "$1"', 'sh', directory], {
      stdio: 'ignore',
      timeout: 10_000,
    })
    return undefined
  } catch {
    return 'a file system of its own cannot be mounted here (root on Linux can)'
  }
}
