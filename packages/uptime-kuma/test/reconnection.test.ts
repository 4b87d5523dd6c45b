import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openSimulatedLab } from '@rackwarden/core/testing'
import { expect, onTestFinished, test, vi } from 'vitest'
import uptimeKuma from '../src/index.ts'
import { createRecords } from '../src/simulation/records.ts'
import { serveKuma, type KumaServer } from '../src/simulation/server.ts'
import { account, defaultWorld } from '../src/simulation/world.ts'

const rounds = 20
const atOnce = 5
const { username, password } = account

/** A pretend Uptime Kuma that is killed when it hears what it is to be killed by, and is there again at once, on the same port. */
async function mortal(version: string) {
  const world = { ...defaultWorld, version }
  const records = createRecords(world)
  let server: KumaServer
  let killedBy: ((event: string) => boolean) | undefined
  let restarted: Promise<void> = Promise.resolve()
  let deaths = 0
  const heard = (event: string) => {
    if (killedBy?.(event) !== true) return
    killedBy = undefined
    deaths += 1
    restarted = again(server)
  }
  async function again(dead: KumaServer) {
    await dead.kill()
    server = await serveKuma(records, world, { port: dead.port, heard })
  }
  server = await serveKuma(records, world, { heard })
  onTestFinished(async () => {
    await restarted
    await server.kill()
  })
  return {
    records,
    url: `http://127.0.0.1:${server.port}`,
    deaths: () => deaths,
    connections: () => server.connections(),
    killWhen: (by: (event: string) => boolean) => (killedBy = by),
    standing: () => restarted,
  }
}

test.each(['1.23.17', '2.5.3'])(
  '%s: killed and started anew twenty times under load, it loses nothing and makes nothing twice',
  async (version) => {
    const warnings: string[] = []
    const warn = (warning: Error) => warnings.push(warning.message)
    process.on('warning', warn)
    onTestFinished(() => void process.off('warning', warn))
    const kuma = await mortal(version)
    const lab = await openSimulatedLab(uptimeKuma, { configuration: { url: kuma.url, username, password } })
    onTestFinished(lab.close)
    const counted = (name: string) => Object.values(kuma.records.list()).filter((monitor) => monitor.name === name).length
    const told = { done: 0, moved: 0, unmoved: 0, unseen: 0 }
    const confirmed: string[] = []

    for (let round = 0; round < rounds; round += 1) {
      const inputs = Array.from({ length: atOnce }, (_, index) => ({ name: `load ${round}-${index}`, host: `10.${round}.${index}.1` }))
      const plans = await Promise.all(inputs.map((input) => lab.call('create_monitor', input)))
      // Each time at another moment: before, in the middle of and after what the writes do.
      let [left, adds] = [1 + (round % 7), round % atOnce]
      kuma.killWhen((event) => (round % 2 === 0 ? (left -= 1) <= 0 : event === 'add' && (adds -= 1) < 0))
      const reads = ['get_status', 'list_monitors', 'list_tags'].map((name) => lab.call(name))
      const writes = inputs.map((input, index) => {
        const plan = plans[index]
        if (plan?.kind !== 'plan') throw new Error(plan?.text)
        confirmed.push(input.name)
        return lab.call('create_monitor', { ...input, confirm: plan.plan.confirm })
      })
      const odd = (await Promise.all(reads)).filter(
        (read) => read.kind !== 'done' && !(read.kind === 'error' && read.error.code === 'unreachable'),
      )
      expect(odd).toEqual([])
      const results = await Promise.all(writes)
      await kuma.standing()
      const became = results.map(({ kind, text }) => fateOf(kind, text))
      for (const fate of became) told[fate] += 1
      const untrue = inputs.filter(({ name }, index) => !possible[became[index] ?? 'unseen'].includes(counted(name)))
      expect(untrue.map(({ name }) => [name, counted(name), results.map(({ text }) => text)])).toEqual([])
      await vi.waitFor(() => expect(kuma.connections()).toBeLessThan(2))
    }

    expect(kuma.deaths()).toBe(rounds)
    // Many were cut off, and many were not.
    expect(told.done).toBeGreaterThan(0)
    expect(told.done).toBeLessThan(rounds * atOnce)
    const again = await Promise.all(confirmed.map(async (name) => [name, counted(name)] as const))
    expect(again.filter(([, count]) => count > 1)).toEqual([])
    await lab.catalogue.runtime.audit.flush()
    const outcomes = await auditOutcomes(lab.stateDirectory)
    // Each write that began has an end that is told, what became of it unknown or not.
    expect(outcomes.intents).toBe(outcomes.outcomes)
    expect(outcomes.intents).toBeGreaterThanOrEqual(told.done + told.moved + told.unseen)
    await lab.catalogue.close(0)
    await vi.waitFor(() => expect(kuma.connections()).toBe(0))
    expect(warnings).toEqual([])
  },
)

type Fate = 'done' | 'moved' | 'unmoved' | 'unseen'

/** How many monitors there may be of a name after what was said of making one. */
const possible: Readonly<Record<Fate, readonly number[]>> = { done: [1], moved: [1], unmoved: [0], unseen: [0, 1] }

/** What an answer says became of a write; what was refused before anything was sent is none that may be lost. */
function fateOf(kind: string, text: string): Fate {
  if (kind === 'done') return 'done'
  if (text.includes('could not be seen')) return 'unseen'
  return /no longer what it was|done, but/.test(text) ? 'moved' : 'unmoved'
}

async function auditOutcomes(directory: string) {
  const files = (await readdir(join(directory, 'audit'))).filter((file) => file.endsWith('.jsonl'))
  const lines = (await Promise.all(files.map((file) => readFile(join(directory, 'audit', file), 'utf8')))).join('').split('\n')
  const count = (kind: string) => lines.filter((line) => line.includes(`"kind":"${kind}"`)).length
  return { intents: count('intent'), outcomes: count('outcome') }
}

test('sockets do not pile up: twenty lost connections leave as many as there were', async () => {
  const sockets = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length
  const kuma = await mortal('2.5.3')
  const lab = await openSimulatedLab(uptimeKuma, { configuration: { url: kuma.url, username, password } })
  onTestFinished(lab.close)
  await lab.call('list_tags')
  const before = sockets()
  for (let round = 0; round < rounds; round += 1) {
    kuma.killWhen(() => true)
    await lab.call('list_tags')
    await kuma.standing()
    expect(await lab.call('list_tags')).toMatchObject({ kind: 'done' })
  }
  expect(kuma.deaths()).toBe(rounds)
  await vi.waitFor(() => expect(sockets()).toBeLessThanOrEqual(before))
})
