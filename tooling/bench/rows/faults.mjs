import { createServer } from 'node:net'
import { join } from 'node:path'
import { createApiClient, defineService, httpConfig, toolsFor } from '@rackwarden/core'
import { createRuntime, openCatalogue } from '@rackwarden/core/runtime'
import { z } from 'zod'
import { bins, serverFile } from '../measure/bench-environment.mjs'
import { inTurn } from '../measure/load.mjs'
import { askOverStdio } from '../measure/stdio-start.mjs'

const healthLimitMs = 2000
const callLimitMs = 1000
const services = 12
const caller = /** @type {const} */ ({ principal: 'local:bench', tier: 'observe' })

/**
 * What something that hangs costs, and how soon a program is gone.
 * @param {import('../bench.mjs').Bench} bench
 */
export async function measureFaults({ add, attempt, env, home, quick }) {
  await attempt('a hung call', async () => {
    const value = await hungCall(join(home, 'hung-call'), quick ? 2 : 4)
    add('fault.call', { subject: 'rackwarden', value, reference: 'its limit', referenceValue: callLimitMs, judged: true })
  })
  await attempt('service_health with a hung service', async () => {
    const value = await hungHealth(join(home, 'hung-health'))
    add('fault.health', { subject: 'rackwarden', value, reference: 'its limit', referenceValue: healthLimitMs, judged: true })
  })
  await attempt('the end of a program', async () => {
    const programs = Object.entries({ ...bins, 'floor, one file': serverFile('floor-stdio.mjs') })
    const times = await inTurn(programs, quick ? 2 : 8, async ([, file]) => (await askOverStdio([file], env)).endMs)
    const [floor = Number.NaN, ...own] = programs.toReversed().map((program) => Math.min(...(times.get(program) ?? [])))
    for (const [index, value] of own.toReversed().entries())
      add('fault.end', { subject: programs[index]?.[0] ?? '', value, reference: 'floor, one file', referenceValue: floor, judged: true })
  })
}

/**
 * Milliseconds to the error of a call whose upstream takes the connection and never answers.
 * @param {string} stateDirectory
 * @param {number} rounds The first also loads what calls are made with.
 */
async function hungCall(stateDirectory, rounds) {
  /** @type {Set<import('node:net').Socket>} */
  const sockets = new Set()
  const upstream = createServer((socket) => void sockets.add(socket))
  await new Promise((resolve) => upstream.listen(0, '127.0.0.1', () => resolve(undefined)))
  const address = upstream.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  const getPage = toolsFor()({
    name: 'get_page',
    title: 'Get a page',
    description: 'Ask the upstream for a page.',
    access: 'observe',
    input: z.object({}),
    output: z.object({ text: z.string().describe('The page.') }),
    run: async (_input, { client, signal }) => ({
      text: await (await /** @type {ReturnType<typeof createApiClient>} */ (client).request('/', { signal })).text(),
    }),
  })
  const hung = serviceOf('hung', {
    config: httpConfig,
    connect: (_config, connection) => createApiClient(connection, { name: 'Hung' }),
    health: () => ({ evidence: 'not asked' }),
    tools: [getPage],
  })
  try {
    return await timed(stateDirectory, [hung], { values: { url, timeoutMs: callLimitMs }, rounds }, async (catalogue) => {
      const result = await catalogue.call({ name: 'hung_get_page', input: {}, caller })
      if (result.kind !== 'error') throw new Error(`The hung call came out as ${result.kind}.`)
    })
  } finally {
    for (const socket of sockets) socket.destroy()
    upstream.close()
  }
}

/**
 * Milliseconds service_health takes over a dozen services, one of which never answers.
 * @param {string} stateDirectory
 */
function hungHealth(stateDirectory) {
  const all = Array.from({ length: services }, (_, index) =>
    serviceOf(`service-${index}`, {
      config: { url: z.string().describe('Not used.') },
      connect: () => ({}),
      health: () => (index === 0 ? new Promise(() => undefined) : Promise.resolve({ evidence: 'here' })),
      tools: [],
    }),
  )
  return timed(stateDirectory, all, { values: { url: 'http://127.0.0.1' }, rounds: 1 }, async (catalogue) => {
    const result = await catalogue.call({ name: 'service_health', input: {}, caller })
    if (result.kind !== 'done' || !result.text.includes('no answer within 2 s'))
      throw new Error(`service_health answered ${JSON.stringify(result)}`)
  })
}

/**
 * @param {string} name
 * @param {Pick<Parameters<typeof defineService>[0], 'config' | 'connect' | 'health' | 'tools'>} parts
 */
function serviceOf(name, parts) {
  return defineService({
    name,
    title: name,
    description: 'Answers at once, or never.',
    instances: 'single',
    simulate: () => Promise.reject(new Error('There is nothing to simulate.')),
    ...parts,
  })
}

/**
 * Milliseconds of a call in a catalogue made for it, the best of some.
 * @param {string} stateDirectory
 * @param {ReturnType<typeof serviceOf>[]} all
 * @param {{ values: Record<string, unknown>, rounds: number }} options
 * @param {(catalogue: ReturnType<typeof openCatalogue>) => Promise<void>} call
 */
async function timed(stateDirectory, all, { values, rounds }, call) {
  const runtime = createRuntime({ version: '0.0.0', environment: {}, stateDirectory, log: () => undefined })
  const held = { toolsOff: [], missing: [], off: false, instances: [{ name: 'default', source: 'bench', values }] }
  const configuration = { tier: /** @type {const} */ ('observe'), services: Object.fromEntries(all.map(({ name }) => [name, held])) }
  const catalogue = openCatalogue({ name: 'bench', title: 'Bench', services: all, prefixed: true, runtime, configuration })
  try {
    const times = await inTurn([catalogue], rounds, async () => {
      const start = performance.now()
      await call(catalogue)
      return performance.now() - start
    })
    return Math.min(...(times.get(catalogue) ?? []))
  } finally {
    await catalogue.close(0)
    await runtime.close()
  }
}
