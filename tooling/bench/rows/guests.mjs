import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)
const probe = new URL('../measure/guests-probe.mjs', import.meta.url).pathname

/**
 * What the first page of five thousand guests on twenty nodes costs: processor time of our own, and a model's context.
 * @param {import('../bench.mjs').Bench} bench
 */
export async function measureGuests({ add, env, quick }) {
  const { stdout } = await run(process.execPath, [probe, quick ? '5' : '40'], { env })
  /** @type {{ own: number, floor: number, tokens: number, requests: number }} */
  const { own, floor, tokens, requests } = JSON.parse(stdout)
  const reference = `JSON.parse of its ${requests} answers`
  add('guests.cpu', { subject: 'proxmox', value: own, reference, referenceValue: floor, judged: true })
  add('guests.tokens', { subject: 'proxmox', value: tokens, judged: true })
}
