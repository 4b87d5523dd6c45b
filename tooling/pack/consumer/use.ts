import { prefixOf, ToolError, type Service } from '@rackwarden/core'
import { openService, type CallResult } from '@rackwarden/core/runtime'
import { openSimulatedLab, testService, type SimulatedLab } from '@rackwarden/core/testing'
import { createLab, type Lab } from '@rackwarden/simlab'
import { quote } from '@rackwarden/ssh'
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import lamps from './lamp-service.js'
import { namesOnFirstLine, namesOnSecondLine } from './own-servers.js'
import { answers, program } from './served.js'
import { fileNames, throughHost } from './ways-out.js'

/** Uses every library the way its readers are told to, with a service of its own and the published ones. */
export async function use(services: readonly Service[]): Promise<void> {
  await testOwnService()
  const stateDirectory = await mkdtemp(join(tmpdir(), 'rackwarden-consumer-'))
  try {
    const lab = createLab()
    for (const service of [lamps, ...services]) await offer(service, lab, stateDirectory)
    await serve(stateDirectory)
  } finally {
    await rm(stateDirectory, { recursive: true, force: true })
  }
  await reachOut()
}

async function testOwnService(): Promise<void> {
  const lab: SimulatedLab = await openSimulatedLab(lamps)
  const input = { lamp: 'attic', lit: true }
  const asked: CallResult = await lab.call('update_lamp', input)
  assert.ok(asked.kind === 'plan', asked.text)
  const done = await lab.call('update_lamp', { ...input, confirm: asked.plan.confirm })
  assert.equal(done.kind, 'done', done.text)
  assert.deepEqual(lab.simulation.snapshot(), { attic: true, hall: true })
  await lab.close()

  const checks: Promise<void>[] = []
  testService(lamps, {
    test: (_name, check) => checks.push(check()),
    samples: { update_lamp: { right: input, wrong: { lamp: 'cellar', lit: true } } },
  })
  await Promise.all(checks)
  assert.ok(checks.length > 3)
}

async function offer(service: Service, lab: Lab, stateDirectory: string): Promise<void> {
  const simulation = (await lab.simulationOf(service.name)) ?? (await (await service.simulate()).default())
  const options = { simulation, stateDirectory, environment: {}, log: () => undefined }
  const opened = await openService(service, options)
  const health = await opened.call('service_health')
  assert.equal(health.kind, 'done', health.text)
  await opened.close()
  const names = await namesOnFirstLine(service, options)
  assert.ok(names.includes(`${prefixOf(service.name)}service_health`), names.join(' '))
  assert.deepEqual(await namesOnSecondLine(service, options), names)
}

async function serve(stateDirectory: string): Promise<void> {
  const { http, stdio } = await answers(lamps, stateDirectory)
  assert.equal(http, 200)
  assert.match(stdio, /"serverInfo"/)
  assert.equal(program.application(lamps).services[0], lamps)
  assert.equal(typeof program.start, 'function')
}

async function reachOut(): Promise<void> {
  assert.equal(quote(['echo', "it's"]), String.raw`'echo' 'it'\''s'`)
  const connection = throughHost({ url: 'ssh://nobody@127.0.0.1:1' }, { log: () => undefined })
  await assert.rejects(fileNames(connection, '/'), (error) => ToolError.isInstance(error))
  await connection.close()
}
