import type { Connection, Service } from '@rackwarden/core'
import { openSimulatedLab } from '@rackwarden/core/testing'
import docker from '@rackwarden/docker'
import prometheus from '@rackwarden/prometheus'
import { expect, test } from 'vitest'
import { engineHost } from '../src/engine-host.ts'
import { metrics } from '../src/prometheus-world.ts'

test('what is scraped and alerted on by name is a container of the lab, its host, or what it is virtualised on', () => {
  const containers = engineHost.containers.map(({ name }) => name)
  const hosts = [engineHost.host, 'nas']
  const scraped = metrics.targets.map(({ instance }) => instance.replace(/:\d+$/, ''))
  expect(scraped.filter((name) => !containers.includes(name) && !hosts.includes(name))).toEqual([])
  const measured = (metrics.metrics ?? []).flatMap(({ series }) => series.flatMap(({ labels }) => labels['name'] ?? []))
  expect(measured.filter((name) => !containers.includes(name))).toEqual([])
})

test('the one alert that fires is about the container that runs out of memory', async () => {
  const lab = await openSimulatedLab(prometheus, { world: metrics })
  try {
    const found = await lab.call('needs_attention')
    expect(found.kind === 'done' && found.output).toMatchObject({
      findings: [{ target: 'prometheus/alert/ContainerOutOfMemory/cadvisor:8080' }],
    })
    expect(engineHost.containers.find(({ outOfMemory }) => outOfMemory === true)?.name).toBe('immich-ml')
    const health = await lab.call('service_health')
    expect(health.text).toContain('10 of 10 targets up, 1 alert firing')
  } finally {
    await lab.close()
  }
})

test('a container and its metrics target know each other by name', async () => {
  const assetsOf = async (service: Service, world: unknown) => {
    const { config, connection } = await (await service.simulate()).default(world)
    const client = await service.connect(config, connection as Connection)
    return (await service.assets?.(client, { instance: 'default', signal: new AbortController().signal })) ?? []
  }
  const containers = await assetsOf(docker, engineHost)
  const targets = await assetsOf(prometheus, metrics)
  for (const name of ['jellyfin', 'traefik', 'gitea', 'prometheus']) {
    expect(containers.filter((asset) => asset.name === name || asset.aliases.includes(name))).not.toEqual([])
    expect(targets.filter(({ aliases }) => aliases.includes(name))).toHaveLength(1)
  }
})
