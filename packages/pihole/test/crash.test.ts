import { serveHandler } from '@rackwarden/core/testing'
import { verifyAudit } from '@rackwarden/core/runtime'
import { build } from 'esbuild'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { SimulatedPihole } from '../src/index.ts'
import { instanceOf } from '../src/simulate.ts'
import { SimulatedFtl } from '../src/simulation/ftl.ts'
import { openProcess } from './mirror-lab.ts'
import { alike, carriedOut, tokenOf } from './pair.ts'

const add = { name: 'lamp.lan', addresses: ['10.20.0.50'] }
const names = ['primary', 'secondary'] as const

/** A directory of its own, gone when the test ends. */
function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'rackwarden-test-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

async function bundled(): Promise<string> {
  const outfile = join(temporaryDirectory(), 'child.mjs')
  await build({
    entryPoints: [new URL('crash.child.ts', import.meta.url).pathname],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    outfile,
    logLevel: 'silent',
    // Libraries in CommonJS count on what ES modules do not have.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  })
  return outfile
}

/** Kills the child as its nth write arrives, before or after it takes effect, and gives what another process finds. */
async function killedAt(number: number, moment: 'before' | 'after', program: string) {
  const stateDirectory = temporaryDirectory()
  const ftls = names.map(() => new SimulatedFtl(alike().instances['primary'] as SimulatedPihole))
  const instances = Object.fromEntries(names.map((name, index) => [name, instanceOf(ftls[index] as SimulatedFtl).instance]))
  const planning = openProcess(stateDirectory, instances)
  const confirm = tokenOf(await planning.call('add_record', add))
  await planning.close()
  const before = ftls.map(({ hosts }) => hosts.join())

  let child: ChildProcess | undefined
  let writes = 0
  const served = await Promise.all(
    names.map((name) =>
      serveHandler(async (request) => {
        const { pathname, search } = new URL(request.url)
        const isWrite = request.method === 'PUT' || request.method === 'DELETE'
        writes += Number(isWrite && pathname !== '/api/auth')
        const isNow = isWrite && pathname !== '/api/auth' && writes === number
        if (isNow && moment === 'before') child?.kill('SIGKILL')
        if (isNow && moment === 'before') return new Response(null, { status: 503 })
        const body = request.method === 'GET' ? undefined : await request.text()
        const { connection } = instances[name] ?? {}
        if (connection === undefined) throw new Error('the simulator answers through a connection')
        const answered = await connection.fetch(`${pathname}${search}`, {
          method: request.method,
          headers: Object.fromEntries(request.headers),
          ...(body === undefined ? {} : { body }),
        })
        if (isNow) child?.kill('SIGKILL')
        return answered
      }),
    ),
  )
  const given = JSON.stringify({ ...add, confirm })
  const urls = served.map(({ url }) => url)
  child = spawn(process.execPath, [program, stateDirectory, 'add_record', given, 'pretend-password', ...urls], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const ended = once(child, 'exit')
  await ended
  await Promise.all(served.map(async (one) => one.close()))

  const later = openProcess(stateDirectory, instances)
  onTestFinished(() => later.close())
  const after = ftls.map(({ hosts }) => hosts.join())
  const { problems, unfinished } = await verifyAudit(stateDirectory)
  return {
    wasKilled: child.signalCode === 'SIGKILL',
    changed: after.map((hosts, index) => hosts !== before[index]),
    problems,
    unfinished: unfinished.flatMap(({ targets = [] }) => targets),
    findings: (await later.call('needs_attention')).text,
    again: await later.call('add_record', { ...add, confirm }),
    later,
    ftls,
  }
}

function toldIn(findings: string) {
  return {
    isTold: findings.includes('A write is not on every Pi-hole'),
    isNamed: findings.includes('records lamp.lan A only on primary'),
    isMendable: findings.includes('next: sync_instances from=primary'),
  }
}

test('a process that is killed between the Pi-holes leaves no half of a write that is not told', { timeout: 60_000 }, async () => {
  const program = await bundled()
  const seen: string[] = []
  for (const number of [1, 2])
    for (const moment of ['before', 'after'] as const) {
      const { wasKilled, changed, problems, unfinished, findings, again, later, ftls } = await killedAt(number, moment, program)
      expect({ wasKilled, problems, unfinished }).toEqual({ wasKilled: true, problems: [], unfinished: ['pihole/record/lamp.lan'] })
      expect(again.text).not.toContain('DONE')
      seen.push(changed.join())
      const isHalf = changed[0] !== changed[1]
      expect({ isHalf, ...toldIn(findings) }).toEqual({ isHalf, isTold: isHalf, isNamed: isHalf, isMendable: isHalf })
      if (!isHalf) continue
      await carriedOut(later, 'sync_instances', { from: 'primary' })
      expect(ftls[1]?.hosts).toContain('10.20.0.50 lamp.lan')
      expect((await later.call('needs_attention')).text).toContain('Nothing needs attention')
    }
  expect(seen).toEqual(['false,false', 'true,false', 'true,false', 'true,true'])
})
