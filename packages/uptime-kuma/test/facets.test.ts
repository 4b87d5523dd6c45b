import { openSimulatedLab } from '@rackwarden/core/testing'
import { expect, onTestFinished, test } from 'vitest'
import type { SimulatedMonitor, UptimeKumaWorld } from '../src/index.ts'
import uptimeKuma from '../src/index.ts'

const now = '2026-06-01T08:00:00Z'

async function attention(monitors: readonly SimulatedMonitor[], world: Partial<UptimeKumaWorld> = {}) {
  const lab = await openSimulatedLab(uptimeKuma, { world: { now, monitors, ...world } satisfies UptimeKumaWorld })
  onTestFinished(lab.close)
  const result = await lab.call('needs_attention')
  return (result as unknown as { output: { findings: { id: string; severity: string; since?: string; next?: string }[] } }).output.findings
}

test('a monitor that is down needs attention, with since when and the tool to call next', async () => {
  const found = await attention([
    { name: 'NAS', type: 'ping', fields: { hostname: '10.0.0.10' }, state: 'down', since: '2026-06-01T07:00:00Z' },
  ])
  expect(found).toMatchObject([
    { id: 'uptime-kuma/monitor/NAS#down', severity: 'critical', since: '2026-06-01T07:00:00Z', next: 'get_monitor monitor=NAS' },
  ])
})

test('a group that is down because of what is in it is folded under that', async () => {
  const found = await attention([
    { name: 'All', type: 'group', state: 'down' },
    { name: 'Web', parent: 'All', fields: { url: 'http://web.lab' }, state: 'down' },
  ])
  expect(found.map(({ id }) => id)).toEqual(['uptime-kuma/monitor/Web#down'])
})

test('what is in maintenance is not down, and what is paused for long is a notice', async () => {
  const found = await attention(
    [
      { name: 'Printer', type: 'ping', fields: { hostname: 'printer.lab' }, state: 'down' },
      { name: 'Blog', fields: { url: 'http://blog.lab' }, active: false, since: '2026-01-01T00:00:00Z' },
      { name: 'Shop', fields: { url: 'http://shop.lab' }, active: false, since: '2026-05-31T00:00:00Z' },
      { name: 'NAS', type: 'ping', fields: { hostname: '10.0.0.10' } },
    ],
    { maintenances: [{ title: 'Toner', from: '2026-06-01T07:00:00', until: '2026-06-01T09:00:00', monitors: ['Printer'] }] },
  )
  expect(found).toMatchObject([{ id: 'uptime-kuma/monitor/Blog#paused', severity: 'notice' }])
})

test('a monitor that changes all the time, and a certificate that is soon over, are warnings', async () => {
  const found = await attention([
    { name: 'DNS', type: 'dns', fields: { hostname: 'lab' }, flaps: 5 },
    { name: 'Web', fields: { url: 'https://web.lab' }, certificateDays: 3 },
    { name: 'Old', fields: { url: 'https://old.lab' }, certificateDays: 0 },
    { name: 'Steady', type: 'dns', fields: { hostname: 'lab' }, flaps: 3 },
  ])
  expect(found.map(({ id, severity }) => `${severity} ${id}`)).toEqual([
    'critical uptime-kuma/monitor/Old#certificate',
    'warning uptime-kuma/monitor/DNS#flapping',
    'warning uptime-kuma/monitor/Web#certificate',
  ])
})

test('assets have the names and addresses of what is watched', async () => {
  const simulation = await (await uptimeKuma.simulate()).default()
  onTestFinished(() => simulation.close?.())
  const { createConnection } = await import('@rackwarden/core/runtime')
  const connection = createConnection(simulation.config, { log: () => undefined })
  const client = (await uptimeKuma.connect(simulation.config, connection)) as { close: () => void }
  onTestFinished(() => client.close())
  const assets = (await uptimeKuma.assets?.(client, { instance: 'default', signal: new AbortController().signal })) ?? []
  expect(assets.find(({ name }) => name === 'Jellyfin')).toMatchObject({
    target: 'uptime-kuma/monitor/Jellyfin',
    kind: 'monitor',
    aliases: ['jellyfin.home.example'],
    state: 'down',
    parent: 'uptime-kuma/monitor/Services',
    removal: {
      calls: [{ tool: 'pause_monitor', input: { monitor: 'Jellyfin' } }],
      forGood: { tool: 'delete_monitor', input: { monitor: 'Jellyfin' } },
    },
  })
  expect(assets.find(({ name }) => name === 'NAS')).toMatchObject({ addresses: ['10.0.0.10'], aliases: [] })
  expect(assets.find(({ name }) => name === 'Paperless')).toMatchObject({ aliases: ['paperless'] })
})
