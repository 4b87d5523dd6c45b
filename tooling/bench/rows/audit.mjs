import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { writeAuditLines } from '@rackwarden/core/testing'

const run = promisify(execFile)
const probe = new URL('../measure/audit-probe.mjs', import.meta.url).pathname

/** @typedef {{ found: number, milliseconds: number, residentMegabytes: number }} Probed */

/**
 * What it takes to answer from a long audit, and that its length takes no memory.
 * @param {import('../bench.mjs').Bench} bench
 */
export async function measureAudit({ add, home, env, quick }) {
  const lines = quick ? 100_000 : 1_000_000
  const [short, long] = [await probed(lines / 10), await probed(lines)]
  add('audit.query', { subject: `${lines} lines`, value: long.query.milliseconds, judged: true })
  add('audit.verify', { subject: `${lines} lines`, value: long.verify.milliseconds, judged: true })
  for (const job of /** @type {const} */ (['query', 'verify']))
    add('audit.memory', {
      subject: job,
      value: long[job].residentMegabytes,
      judged: true,
      reference: 'a tenth of the lines',
      referenceValue: short[job].residentMegabytes,
    })

  /** @param {number} count */
  async function probed(count) {
    const directory = await mkdtemp(join(home, 'audit-'))
    try {
      writeAuditLines({ directory, lines: count, files: 12, from: Date.UTC(2026, 0, 1) })
      /** @type {(job: string, ...given: string[]) => Promise<Probed>} */
      const ask = async (...argv) => JSON.parse((await run(process.execPath, [probe, directory, ...argv], { env })).stdout)
      return { query: await ask('query', '{"tool":"nothing"}'), verify: await ask('verify') }
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  }
}
