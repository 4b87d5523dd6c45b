import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineService, sshConfig, toolsFor } from '@rackwarden/core'
import { createRuntime, openCatalogue } from '@rackwarden/core/runtime'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'

const lookAround = toolsFor<string>()({
  name: 'get_surroundings',
  title: 'Look around',
  description: 'What a handler is told of the process and the lab.',
  access: 'observe',
  input: z.object({ hosts: z.array(z.string()).optional().describe('Other hosts.') }),
  output: z.object({ stateDirectory: z.string().optional().describe('Records.'), dependents: z.array(z.string()).describe('Others.') }),
  run: ({ hosts }, { stateDirectory, dependents }) => ({ stateDirectory, dependents: [...(dependents?.(hosts) ?? [])] }),
})

const serviceNamed = (name: string) =>
  defineService({
    name,
    title: name,
    description: 'A host.',
    instances: 'many',
    config: { url: z.string().describe('Where.'), ...sshConfig },
    connect: ({ url }) => url,
    health: () => ({ version: '1', evidence: 'well' }),
    simulate: () => Promise.reject(new Error('it is not simulated')),
    tools: [lookAround],
  })

test('a handler is told which other instances are on the host of its own, or behind it, and where our records are', async () => {
  const stateDirectory = await mkdtemp(join(tmpdir(), 'rackwarden-core-'))
  const runtime = createRuntime({ version: '1', environment: {}, stateDirectory, log: () => undefined })
  const held = (instances: Readonly<Record<string, Record<string, string>>>) => ({
    toolsOff: [],
    missing: [],
    off: false,
    instances: Object.entries(instances).map(([name, values]) => ({ name, source: 'test', values })),
  })
  const catalogue = openCatalogue({
    name: 'lab',
    title: 'Lab',
    services: [serviceNamed('host'), serviceNamed('engine')],
    prefixed: true,
    runtime,
    configuration: {
      tier: 'observe',
      services: {
        host: held({
          door: { url: 'ssh://root@Door.lan' },
          behind: { url: 'ssh://root@10.0.0.9', sshJump: 'jump@door.lan:2222' },
          other: { url: 'ssh://root@other.lan' },
          here: { url: 'local' },
        }),
        engine: held({ door: { url: 'ssh://root@door.lan' } }),
      },
    },
  })
  onTestFinished(async () => {
    await catalogue.close(0)
    await runtime.close()
    await rm(stateDirectory, { recursive: true, force: true })
  })
  const seen = async (instance: string) =>
    catalogue.call({ name: 'host_get_surroundings', input: { instance }, caller: { principal: 'local:tester', tier: 'observe' } })
  expect(await seen('door')).toMatchObject({ output: { stateDirectory, dependents: ['host@behind', 'engine@door'] } })
  expect(await seen('other')).toMatchObject({ output: { dependents: [] } })
  expect(await seen('here')).toMatchObject({ output: { dependents: [] } })
  const asked = await catalogue.call({
    name: 'host_get_surroundings',
    input: { instance: 'here', hosts: ['10.0.0.9', 'OTHER.lan', 'nobody'] },
    caller: { principal: 'local:tester', tier: 'observe' },
  })
  expect(asked).toMatchObject({ output: { dependents: ['host@behind', 'host@other'] } })
})
