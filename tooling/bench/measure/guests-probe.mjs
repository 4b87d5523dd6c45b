// Lists the guests of a pretend cluster of five thousand in a process of its own and prints what that took: the cluster
// answers once, and then what it answered is handed out again, so that what is measured is what is done with it.
import { openSimulatedLab } from '@rackwarden/core/testing'
import proxmox from '@rackwarden/proxmox'
import { encode } from 'gpt-tokenizer/encoding/o200k_base'

const [rounds = '20'] = process.argv.slice(2)
const world = { nodeCount: 20, guestCount: 5_000 }

/** @type {Map<string, { status: number, headers: [string, string][], text: string }>} */
const kept = new Map()
/** @type {Set<string>} */
const asked = new Set()

/** @type {() => Promise<{ default: import('@rackwarden/core').Simulate }>} */
const simulate = async () => {
  const made = await (await proxmox.simulate()).default(world)
  const { connection } = made
  if (connection === undefined) throw new Error('The pretend cluster answers through no connection.')
  /** @type {import('@rackwarden/core').Connection['fetch']} */
  const again = async (target, options = {}) => {
    const name = `${options.method ?? 'GET'} ${target}`
    asked.add(name)
    const known = kept.get(name)
    if (known !== undefined) return new Response(known.text, { status: known.status, headers: known.headers })
    const response = await connection.fetch(target, options)
    const answer = { status: response.status, headers: [...response.headers], text: await response.text() }
    kept.set(name, answer)
    return new Response(answer.text, { status: answer.status, headers: answer.headers })
  }
  return { default: () => ({ ...made, connection: { ...connection, fetch: again } }) }
}

const lab = await openSimulatedLab({ ...proxmox, simulate }, { tier: 'observe' })
try {
  const call = async () => {
    const result = await lab.call('list_guests')
    if (result.kind !== 'done') throw new Error(result.text)
    return result.text
  }
  for (let round = 0; round < 5; round += 1) await call()
  asked.clear()
  const text = await call()
  const bodies = [...asked].map((name) => kept.get(name)?.text ?? '')
  const own = await cpuOf(call)
  const floor = await cpuOf(async () => {
    for (const body of bodies) JSON.parse(body)
  })
  const bytes = bodies.reduce((sum, body) => sum + body.length, 0)
  console.log(JSON.stringify({ own, floor, tokens: encode(text).length, requests: bodies.length, bytes }))
} finally {
  await lab.close()
}

/**
 * Processor time of one round, in milliseconds.
 * @param {() => Promise<unknown>} work
 */
async function cpuOf(work) {
  const before = process.cpuUsage()
  for (let round = 0; round < Number(rounds); round += 1) await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000 / Number(rounds)
}
