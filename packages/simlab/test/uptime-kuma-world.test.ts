import { openSimulatedLab } from '@rackwarden/core/testing'
import uptimeKuma from '@rackwarden/uptime-kuma'
import { expect, test } from 'vitest'
import { engineHost } from '../src/engine-host.ts'
import { names } from '../src/pihole-world.ts'
import { monitors } from '../src/uptime-kuma-world.ts'

test('what is watched is a container of the lab or has a name in its DNS, and what is down is sick or gone', async () => {
  const containers = new Map(engineHost.containers.map((container) => [container.name, container]))
  const named = names.instances['primary']?.hosts.map((line) => line.split(' ')[1]) ?? []
  const watched = monitors.monitors.flatMap(({ fields: { url, docker_container: container, hostname } = {}, state = 'up' }) => {
    const name = typeof url === 'string' ? new URL(url).hostname : (container ?? hostname)
    return typeof name === 'string' && !/^[\d.]+$/.test(name) ? [{ name, state }] : []
  })
  const unknown = watched.filter(({ name }) => !containers.has(name) && !named.includes(name))
  expect(unknown).toEqual([{ name: 'plex.lab.lan', state: 'down' }])
  const sick = [...containers.values()]
    .filter(({ health, state }) => health === 'unhealthy' || state === 'restarting')
    .map(({ name }) => name)
  const down = watched.filter(({ state }) => state === 'down').map(({ name }) => name)
  expect(down.toSorted()).toEqual([...sick, 'plex.lab.lan'].toSorted())
})

test('what is down says since when, with the tool to call next', async () => {
  const lab = await openSimulatedLab(uptimeKuma, { world: monitors })
  try {
    expect(await lab.call('needs_attention')).toMatchObject({
      output: {
        findings: [
          { target: 'uptime-kuma/monitor/Immich machine learning', since: '2026-06-01T07:31:00Z' },
          { target: 'uptime-kuma/monitor/Paperless', since: '2026-06-01T08:46:00Z', next: 'get_monitor monitor=Paperless' },
          { target: 'uptime-kuma/monitor/Plex', since: '2026-03-02T18:20:00Z' },
        ],
      },
    })
  } finally {
    await lab.close()
  }
})
