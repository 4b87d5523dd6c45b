import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { clients } from './clients.mjs'
import { markedProcesses } from './hub.mjs'

/**
 * @typedef {object} Stage What faults have to work with.
 * @property {import('./hub.mjs').Hub} hub
 * @property {import('./disk.mjs').Disk} disk
 * @property {import('./targets.mjs').Targets} targets
 * @property {import('./work.mjs').Worker[]} workers
 * @property {import('./random.mjs').Random} random
 * @property {import('./tally.mjs').Tally} tally
 * @property {string} guest A token of nobody under constant load.
 * @property {Record<string, unknown>} configuration
 * @property {string} mark
 * @typedef {(stage: Stage) => Promise<void>} Fault It does its worst, and leaves things as they were.
 */

/** @type {Record<string, Fault>} */
export const faults = {
  'target refuses connections': (stage) => failing(stage, 'refused'),
  'target hangs': (stage) => failing(stage, 'hang'),
  'target breaks off its answers': (stage) => failing(stage, 'truncated'),
  'target answers with a page': (stage) => failing(stage, 'html'),
  'target answers 500': (stage) => failing(stage, '500'),
  'target answers without end': (stage) => failing(stage, 'oversized'),
  'MCP server of others killed': async ({ mark }) => {
    for (const id of markedProcesses(mark).filter((one) => commandOf(one).includes('upstream.mjs'))) process.kill(Number(id), 'SIGKILL')
    await pause(1500)
  },
  'state directory full': async ({ disk }) => {
    if (disk.cannotBeFull !== undefined) return
    disk.fill()
    try {
      await pause(2500)
    } finally {
      disk.empty()
    }
  },
  'clients gone in the middle of a call': async ({ hub, guest, targets, random }) => {
    const proxy = targets.proxies.get('docker')
    await proxy?.setFault('hang')
    const client = await clients['requests of 2026']?.(hub.url, guest)
    const gone = Array.from({ length: 20 }, async () => {
      const leave = new AbortController()
      const call = client?.call('docker_get_logs', { container: 'jellyfin' }, leave.signal).catch(() => undefined)
      await pause(100 + random.below(500))
      leave.abort()
      await call
    })
    await Promise.all(gone)
    await client?.close()
    await proxy?.setFault(null)
  },
  'token taken back': async ({ hub, workers, random }) => {
    const worker = random.one(workers)
    if (worker.revokedAt > 0) return
    // It counts no longer from some moment before the command has ended.
    worker.mayBeRevoked = true
    await hub.command('token', 'revoke', worker.tokenName)
    worker.revokedAt = Date.now()
  },
  'configuration read anew': async ({ hub, configuration, random }) => {
    hub.reload({ ...configuration, limits: { callsPerMinute: 1200, callsAtOnce: 4 + random.below(8) } })
    await pause(500)
  },
  'flood of calls': async ({ hub, guest, tally }) => {
    const client = await clients['single requests, as curl sends them']?.(hub.url, guest)
    const flood = Array.from({ length: 300 }, async () => {
      try {
        const answer = await client?.call('service_health', {})
        if (answer !== undefined && 'text' in answer) tally.called('token:guest', answer.text.startsWith('rate_limited: token:'))
      } catch {
        // A connection that is turned away may be closed before all of it was sent.
      }
    })
    await Promise.all(flood)
    await client?.close()
  },
  'sessions opened and left': async ({ hub, guest }) => {
    const left = Array.from({ length: 60 }, async () => {
      const client = await clients['a session of 2025']?.(hub.url, guest)
      client?.leave()
    })
    await Promise.allSettled(left)
  },
}

/** @param {string} id */
function commandOf(id) {
  try {
    return readFileSync(`/proc/${id}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

/**
 * @param {Stage} stage
 * @param {import('@rackwarden/core/testing').Fault} fault
 */
async function failing({ targets, random }, fault) {
  const proxy = targets.proxies.get(random.one([...targets.proxies.keys()]))
  await proxy?.setFault(fault)
  await pause(1500 + random.below(2000))
  await proxy?.setFault(null)
}
