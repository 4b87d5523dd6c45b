import { openSimulatedLab } from '@rackwarden/core/testing'
import { expect, onTestFinished, test } from 'vitest'
import pihole from '../src/index.ts'
import { alike } from './pair.ts'

async function labOf(own: Parameters<typeof alike>[0]) {
  const lab = await openSimulatedLab(pihole, { world: alike(own, ['primary']) })
  onTestFinished(() => lab.close())
  return lab
}

async function findingsOf(own: Parameters<typeof alike>[0]): Promise<string> {
  const lab = await labOf(own)
  return (await lab.call('needs_attention')).text
}

test('a Pi-hole that is well needs no attention', async () => {
  expect(await findingsOf({})).toContain('Nothing needs attention')
})

test('blocking that is off is a finding; with a timer it says when that ends', async () => {
  const off = await findingsOf({ blocking: { enabled: false } })
  expect(off).toContain('Blocking is off')
  expect(off).toContain('set_blocking')
  expect(await findingsOf({ blocking: { enabled: false, seconds: 600 } })).toContain('at 2026-06-01T09:10:00Z')
})

test('gravity that is older than eight days is a finding, and of eight days is none', async () => {
  expect(await findingsOf({ gravityDays: 9 })).toContain('built 9 days ago')
  expect(await findingsOf({ gravityDays: 8 })).toContain('Nothing needs attention')
})

test('what FTL diagnosed, a client it limits, and that it has nobody to ask are findings', async () => {
  const text = await findingsOf({
    upstreams: [],
    messages: [
      { type: 'RATE_LIMIT', plain: 'Client 10.20.0.60 has been rate-limited', minutesAgo: 5 },
      { type: 'DISK', plain: 'Disk shortage: 95 % used', minutesAgo: 50 },
    ],
  })
  expect(text).toContain('A client asks too often')
  expect(text).toContain('10.20.0.60')
  expect(text).toContain('It reports disk')
  expect(text).toContain('It has no upstream to ask')
})

test('a resolver that does not run is critical, and its health is degraded', async () => {
  const lab = await labOf({ isDnsDown: true })
  expect((await lab.call('needs_attention')).text).toContain('Its DNS does not run')
  expect((await lab.call('service_health')).text).toContain('its DNS does not run')
})

test('health does not rest on the version, which some cannot tell', async () => {
  const { version: _, ...world } = alike({}, ['primary']).instances['primary'] ?? { version: '' }
  const lab = await openSimulatedLab(pihole, { world: { instances: { primary: world } } })
  onTestFinished(() => lab.close())
  expect(await lab.call('service_health')).toMatchObject({ output: { status: 'ok' } })
  const status = await lab.call('get_status')
  expect(status).toMatchObject({ kind: 'done', output: { blocking: 'on' } })
})

test('two addresses of one name are how somebody wants it, and no finding', async () => {
  expect(await findingsOf({ hosts: ['10.20.0.5 nas.lan', '10.20.0.6 nas.lan'] })).toContain('Nothing needs attention')
})

test('what is not alike is a finding with the sync that mends it', async () => {
  const lab = await openSimulatedLab(pihole)
  onTestFinished(() => lab.close())
  const { text } = await lab.call('needs_attention')
  expect(text).toContain('printer.home.example A only on primary')
  expect(text).toContain('sync_instances')
})

test('every name is an asset with its addresses and aliases, and so is the Pi-hole', async () => {
  const { assetsOf, rightsOf } = await import('./pair.ts')
  const assets = await assetsOf({
    hosts: ['10.20.0.11 nas.lan files.lan', 'fd00::11 nas.lan'],
    cnames: ['media.lan,nas.lan', 'out.lan,example.com'],
  })
  expect(assets).toMatchObject([
    { target: 'pihole@primary/server/pi', kind: 'server', aliases: [], addresses: ['10.20.0.2'] },
    {
      target: 'pihole/record/nas.lan',
      kind: 'record',
      addresses: ['10.20.0.11', 'fd00::11'],
      aliases: ['nas'],
      removal: { calls: [{ tool: 'remove_record', input: { name: 'nas.lan' } }] },
    },
    { target: 'pihole/record/files.lan', addresses: ['10.20.0.11'], aliases: ['files'] },
    { target: 'pihole/record/media.lan', addresses: ['10.20.0.11', 'fd00::11'], aliases: ['media'] },
    { target: 'pihole/record/out.lan', addresses: [] },
  ])
  expect(await assetsOf({}, { url: 'http://pi.lan' })).toContainEqual(
    expect.objectContaining({ kind: 'server', aliases: ['pi.lan'], addresses: [] }),
  )
  expect(await rightsOf({ isAppPassword: true })).toMatchObject({ highest: 'operate', evidence: expect.stringContaining('app_sudo') })
  expect(await rightsOf({})).toMatchObject({ highest: 'configure' })
})
