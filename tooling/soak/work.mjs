import { setTimeout as pause } from 'node:timers/promises'
import { WrongAnswer } from './clients.mjs'

/**
 * @typedef {import('./clients.mjs').Answer} Answer
 * @typedef {import('./clients.mjs').Client} Client
 * @typedef {import('./clients.mjs').Connect} Connect
 * @typedef {import('./random.mjs').Random} Random
 * @typedef {import('./tally.mjs').Tally} Tally
 * @typedef {object} Worker One client under constant load.
 * @property {string} name
 * @property {Connect} connect
 * @property {string} token
 * @property {string} tokenName
 * @property {boolean} mayBeRevoked Whether somebody began to take its token back.
 * @property {number} revokedAt When its token was taken back, 0 where it was not.
 * @property {number} sent
 * @typedef {object} Work What every worker is told.
 * @property {string} url
 * @property {Tally} tally
 * @property {Random} random
 * @property {AbortSignal} over
 * @property {(worker: Worker) => Promise<void>} renew Gives the worker another token.
 * @property {Writes} writes
 * @typedef {object} Writes What the Pi-holes should hold at the end.
 * @property {Set<string>} there
 * @property {Set<string>} unknown Writes of which it is not known what became.
 * @property {number} lastDone
 */

/** Nothing takes longer, whatever happens to its target. */
const longestMs = 60_000
const revokedWithinMs = 5000
const codes = /^(?:not_found|conflict|unauthorized|rate_limited|unreachable|timeout|upstream|denied): \S/

/**
 * Works until it is over.
 * @param {Worker} worker
 * @param {Work} work
 */
export async function keepWorking(worker, work) {
  const { random, over, tally } = work
  while (!over.aborted) {
    /** @type {Client | undefined} */
    let client
    try {
      client = await worker.connect(work.url, worker.token)
      while (!over.aborted && (await doOne(client, worker, work))) await pause(60 + random.below(60))
    } catch (error) {
      if (!worker.mayBeRevoked) tally.wrong(`${worker.name}: ${error instanceof Error ? error.message : String(error)}`)
      await pause(500)
    } finally {
      await client?.close().catch(() => undefined)
    }
    if (isRevoked(worker) && !over.aborted) await work.renew(worker)
  }
}

/** @param {Worker} worker */
function isRevoked({ revokedAt }) {
  return revokedAt > 0
}

/**
 * Asks once; false where the client has to begin anew.
 * @param {Client} client
 * @param {Worker} worker
 * @param {Work} work
 */
async function doOne(client, worker, work) {
  const { random, tally } = work
  worker.sent += 1
  const word = `soak-${worker.name.replaceAll(/[^a-z0-9]+/gi, '-')}-${worker.sent}`
  const number = 1_000_000 + random.below(1_000_000)
  const chosen = random.below(100)
  if (chosen < 15) return ask(client, worker, work, { tool: 'echo_echo', input: { text: word }, holds: word })
  if (chosen < 30)
    return ask(client, worker, work, { tool: 'docker_get_container', input: { container: word }, holds: word, fails: true, word })
  if (chosen < 50) {
    const at = new Date(number * 1_000_000).toISOString()
    return ask(client, worker, work, { tool: 'prometheus_query', input: { query: 'time()', at }, holds: String(number * 1000) })
  }
  if (chosen < 65) return ask(client, worker, work, { tool: 'docker_list_containers', input: { name: 'jellyfin' }, holds: 'jellyfin' })
  if (chosen < 72) return ask(client, worker, work, { tool: 'pihole_list_records', input: { text: 'router' }, holds: 'router' })
  if (chosen < 78) return ask(client, worker, work, { tool: 'service_health', input: {}, holds: 'docker' })
  if (chosen < 81) return ask(client, worker, work, { tool: 'needs_attention', input: {}, holds: '' })
  if (chosen < 85) return ask(client, worker, work, { tool: 'docker_restart_container', input: { container: 'jellyfin' }, holds: 'PLAN' })
  if (chosen < 92) return write(client, worker, work, `${word.toLowerCase()}.soak.lan`)
  const began = performance.now()
  const names = await client.list()
  if ('refused' in names) return refused(names.refused, worker, tally, began)
  tally.answered('list', performance.now() - began)
  if (!names.includes('docker_list_containers')) tally.wrong(`${worker.name}: the list has no docker_list_containers`)
  return true
}

/**
 * @typedef {object} Asked
 * @property {string} tool
 * @property {Record<string, unknown>} input
 * @property {string} holds What a right answer has in it.
 * @property {boolean} [fails] Whether a right answer is that there is no such thing.
 * @property {string} [word] Of its own, looked for in the audit.
 */

/**
 * @param {Client} client
 * @param {Worker} worker
 * @param {Work} work
 * @param {Asked} asked
 */
async function ask(client, worker, work, asked) {
  return (await answerTo(client, worker, work, asked)) !== undefined
}

/**
 * Asks, judges the answer, and gives it; undefined where the client has to begin anew.
 * @param {Client} client
 * @param {Worker} worker
 * @param {Work} work
 * @param {Asked} asked
 * @returns {Promise<Answer | { refused: number } | undefined>}
 */
async function answerTo(client, worker, { tally }, { tool, input, holds, fails = false, word }) {
  const began = performance.now()
  /** @type {Awaited<ReturnType<Client['call']>>} */
  let answer
  try {
    answer = await client.call(tool, input)
  } catch (error) {
    if (error instanceof WrongAnswer) tally.wrong(`${worker.name}: ${tool}: ${error.message}`)
    throw error
  }
  const milliseconds = performance.now() - began
  if ('refused' in answer) return refused(answer.refused, worker, tally, began) ? answer : undefined
  const { text, isError } = answer
  const isLimited = isError && text.startsWith('rate_limited: token:')
  tally.called(`token:${worker.tokenName}`, isLimited)
  tally.answered(isError ? (/^\w+/.exec(text)?.[0] ?? 'error') : tool === 'docker_restart_container' ? 'plan' : 'done', milliseconds)
  if (word !== undefined && !isLimited) tally.named(word)
  if (milliseconds > longestMs) tally.wrong(`${worker.name}: ${tool} took ${Math.round(milliseconds)} ms`)
  if (isRevoked(worker) && Date.now() - worker.revokedAt > revokedWithinMs)
    tally.wrong(`${worker.name}: a token that was taken back still counts`)
  const isRight = isError === fails && text.includes(holds)
  const isClear = isError && codes.test(text) && !text.includes('failed unexpectedly')
  if (!isRight && !(isClear && !(fails && text.startsWith('not_found'))))
    tally.wrong(`${worker.name}: ${tool} ${JSON.stringify(input)} was answered: ${text.slice(0, 200)}`)
  return answer
}

/**
 * Adds a record, looks for it, and takes it away; each with a plan.
 * @param {Client} client
 * @param {Worker} worker
 * @param {Work} work
 * @param {string} name
 */
async function write(client, worker, work, name) {
  const { writes } = work
  const added = await confirmed(client, worker, work, {
    tool: 'pihole_add_record',
    input: { name, addresses: ['192.168.10.250'] },
    holds: '',
  })
  if (added === undefined) return false
  if (added === 'unknown') writes.unknown.add(name)
  if (added !== 'done') return true
  writes.there.add(name)
  writes.lastDone = Date.now()
  const listed = await answerTo(client, worker, work, { tool: 'pihole_list_records', input: { text: name }, holds: name })
  if (listed === undefined) return false
  const removed = await confirmed(client, worker, work, { tool: 'pihole_remove_record', input: { name }, holds: '' })
  if (removed !== 'refused') writes.there.delete(name)
  if (removed === 'unknown' || removed === undefined) writes.unknown.add(name)
  return removed !== undefined
}

/**
 * @param {Client} client
 * @param {Worker} worker
 * @param {Work} work
 * @param {Asked} asked
 * @returns {Promise<'done' | 'refused' | 'unknown' | undefined>} Undefined where the client has to begin anew.
 */
async function confirmed(client, worker, work, asked) {
  const planned = await answerTo(client, worker, work, asked)
  if (planned === undefined) return undefined
  const confirm = 'text' in planned ? /confirm: ([A-Z2-7]+)/i.exec(planned.text)?.[1] : undefined
  if (confirm === undefined) return 'refused'
  try {
    const ran = await answerTo(client, worker, work, { ...asked, input: { ...asked.input, confirm } })
    if (ran === undefined || 'refused' in ran) return 'refused'
    if (!ran.isError && ran.text.includes('DONE')) return 'done'
    // What says that nothing was done, or that the audit took nothing, did nothing.
    return /^denied: The audit|^denied: The plan|Nothing is changed anywhere|^rate_limited|^conflict: The state moved/.test(ran.text)
      ? 'refused'
      : 'unknown'
  } catch (error) {
    work.writes.unknown.add(String(asked.input['name']))
    throw error
  }
}

/**
 * @param {number} status
 * @param {Worker} worker
 * @param {Tally} tally
 * @param {number} began
 */
function refused(status, worker, tally, began) {
  tally.answered(`HTTP ${status}`, performance.now() - began)
  // A session that gave way to others is opened anew.
  if (status === 401 && !worker.mayBeRevoked) tally.wrong(`${worker.name}: its token was refused`)
  return status === 429 || status === 503
}
