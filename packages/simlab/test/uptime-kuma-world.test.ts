import { openSimulatedLab } from '@rackwarden/core/testing'
import uptimeKuma from '@rackwarden/uptime-kuma'
import { expect, test } from 'vitest'
import { engineHost } from '../src/engine-host.ts'
import { monitors } from '../src/uptime-kuma-world.ts'

test('what is watched by name is a container of the lab, and what is down is one that is sick', async () => {
  const containers = new Map(engineHost.containers.map((container) => [container.name, container]))
  const watched = monitors.monitors.flatMap(({ fields: { url, docker_container: container } = {}, state = 'up' }) => {
    const name = typeof url === 'string' ? new URL(url).hostname : container
    return typeof name === 'string' ? [{ name, state }] : []
  })
  expect(watched.filter(({ name }) => !containers.has(name))).toEqual([])
  const sick = [...containers.values()]
    .filter(({ health, state }) => health === 'unhealthy' || state === 'restarting')
    .map(({ name }) => name)
  expect(
    watched
      .filter(({ state }) => state === 'down')
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(sick.toSorted())
})

test('what is down says since when, with the tool to call next', async () => {
  const lab = await openSimulatedLab(uptimeKuma, { world: monitors })
  try {
    expect(await lab.call('needs_attention')).toMatchObject({
      output: {
        findings: [
          { target: 'uptime-kuma/monitor/Immich machine learning', since: '2026-06-01T07:31:00Z' },
          { target: 'uptime-kuma/monitor/Paperless', since: '2026-06-01T08:46:00Z', next: 'get_monitor monitor=Paperless' },
        ],
      },
    })
  } finally {
    await lab.close()
  }
})
