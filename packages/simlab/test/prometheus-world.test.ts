import { openSimulatedLab } from '@rackwarden/core/testing'
import prometheus from '@rackwarden/prometheus'
import { expect, test } from 'vitest'
import { engineHost } from '../src/engine-host.ts'
import { metrics } from '../src/prometheus-world.ts'

test('what is scraped and alerted on by name is a container of the lab, its host, or what it is virtualised on', () => {
  const containers = engineHost.containers.map(({ name }) => name)
  const hosts = [engineHost.host, 'atlas']
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
