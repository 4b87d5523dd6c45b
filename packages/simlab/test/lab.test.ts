import { openSimulatedLab } from '@rackwarden/core/testing'
import docker from '@rackwarden/docker'
import { expect, test } from 'vitest'
import { engineHost } from '../src/engine-host.ts'
import { createLab } from '../src/index.ts'
import { docker as shown } from './example.ts'

test('a service is simulated once per lab, and unknown ones not at all', async () => {
  const lab = createLab()
  expect(await lab.simulationOf('docker')).toBe(await lab.simulationOf('docker'))
  expect(await lab.simulationOf('docker')).not.toBe(await createLab().simulationOf('docker'))
  expect(await lab.simulationOf('teapot')).toBeUndefined()
  expect(await lab.simulationOf('constructor')).toBeUndefined()
})

test('the example of the README begins like every lab', async () => {
  expect(shown?.snapshot()).toEqual((await createLab().simulationOf('docker'))?.snapshot())
})

test('every lab begins the same', async () => {
  const snapshots = await Promise.all([createLab(), createLab()].map(async (lab) => (await lab.simulationOf('docker'))?.snapshot()))
  expect(snapshots[0]).toEqual(snapshots[1])
})

test('what containers name of each other is there', () => {
  const { containers } = engineHost
  const names = containers.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  for (const { name, project, network, dependsOn = [] } of containers) {
    const services = containers
      .filter((other) => other.project === project)
      .map((other) => other.service ?? other.name.replace(`${project}-`, ''))
    for (const service of dependsOn) expect(services, `${name} depends on ${service}`).toContain(service)
    const shared = network?.startsWith('container:') === true ? [network.slice('container:'.length)] : []
    expect(names).toEqual(expect.arrayContaining(shared))
  }
})

test('of some thirty containers exactly two are sick, and only one is healed by a restart', async () => {
  const lab = await openSimulatedLab(docker, { world: engineHost })
  const restart = async (container: string) => {
    const planned = await lab.call('restart_container', { container })
    return lab.call('restart_container', { container, confirm: planned.kind === 'plan' ? planned.plan.confirm : '' })
  }
  const sick = async () => {
    const result = await lab.call('needs_attention')
    return result.kind === 'done' ? (result.output as { findings: { target: string }[] }).findings.map(({ target }) => target) : []
  }
  try {
    expect(engineHost.containers.length).toBeGreaterThanOrEqual(30)
    expect(await sick()).toEqual(['docker/container/immich-ml', 'docker/container/paperless-web'])
    expect(await restart('paperless-web')).toMatchObject({ kind: 'done', output: { health: 'healthy' } })
    expect(await restart('immich-ml')).toMatchObject({ kind: 'error', text: expect.stringContaining('exit code 137') })
    expect(await sick()).toEqual(['docker/container/immich-ml'])
  } finally {
    await lab.close()
  }
})

test('no password of the lab is shown by any tool', async () => {
  const lab = await openSimulatedLab(docker, { world: engineHost })
  try {
    for (const { name, environment = {} } of engineHost.containers) {
      const { text } = await lab.call('get_container', { container: name })
      const values = Object.entries(environment).flatMap(([variable, value]) =>
        /PASS|SECRET_KEY|TOKEN|PRIVATE/.test(variable) ? [value] : [],
      )
      expect([...values, '$apr1$'].filter((value) => text.includes(value))).toEqual([])
    }
  } finally {
    await lab.close()
  }
})
