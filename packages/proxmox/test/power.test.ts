import type { Connection } from '@rackwarden/core'
import { describe, expect, test } from 'vitest'
import { connect } from '../src/client.ts'
import { ownGuest } from '../src/own-guest.ts'
import { planPower, powerStateOf, type Action } from '../src/power.ts'
import { instanceOf } from '../src/simulate.ts'
import { defaultWorld } from '../src/simulation/default-world.ts'
import { macOf } from '../src/simulation/guest-making.ts'
import { carriedOut, openCluster, openLab } from './cluster.ts'

const { signal } = new AbortController()
const statusOf = (lab: Awaited<ReturnType<typeof openLab>>, id: number) =>
  (lab.simulation.snapshot() as { guests: { id: number; status: string; ha?: string }[] }).guests.find((guest) => guest.id === id)

/** A plan made by a process with these addresses and name servers. */
async function plannedBy(own: { macs: string[]; nameServers: string[] }, action: Action, guest: string, dependents = () => [] as string[]) {
  const { instance } = instanceOf(defaultWorld)
  const { tokenId, tokenSecret } = instance.config as { tokenId: string; tokenSecret: string }
  const client = await connect({ tokenId, tokenSecret }, instance.connection as Connection, () => own)
  const state = await powerStateOf(guest, client, signal)
  return planPower({ action, state, client, instance: 'home', signal, dependents })
}

describe('a plan to stop a guest', () => {
  test('names what ties it to its node and stands on it', async () => {
    const { plan } = await openCluster()
    const warnings = async (guest: string) => ((await plan('stop_guest', { guest })).warnings ?? []).join('\n')
    expect(await warnings('media')).toMatch(/hostpci0 0000:01:00\.0.*\n.*local to pve1 \(local-zfs\)/)
    expect(await warnings('jellyfin')).toContain('Paths of pve1 are mounted in it (/mnt/media)')
    expect(await warnings('database')).toContain('It is replicated to pve2.')
    expect(await warnings('git.lab.lan')).toContain('Snapshots with RAM: rackwarden-upgrade.')
    expect(await warnings('dns1')).toContain('HA manages it (started)')
    expect(await warnings('k3s-2')).toContain('not a fresh one')
    expect(await warnings('speedtest')).toContain('It has no backup.')
  })

  test('says how long it is given and by what it is told', async () => {
    const { plan } = await openCluster()
    const warnings = async (guest: string, more = {}) => ((await plan('shutdown_guest', { guest, ...more })).warnings ?? []).join('\n')
    expect(await warnings('router')).toContain('It is given 90 s to end by itself: its agent is told.')
    expect(await warnings('nas-gateway')).toContain('180 s to end by itself: ACPI tells it, which a guest may ignore.')
    expect(await warnings('loki', { timeout_seconds: 5 })).toContain('5 s to end by itself: its init is told.')
  })

  test('touches this process where the guest is the one it runs in', async () => {
    const own = { macs: [macOf(104).toLowerCase()], nameServers: [] }
    expect((await plannedBy(own, 'shutdown', 'mail')).targets).toEqual(['proxmox@home/guest/104', ownGuest])
    expect((await plannedBy(own, 'shutdown', 'vault')).targets).toEqual(['proxmox@home/guest/113'])
    expect((await plannedBy(own, 'start', 'build')).targets).toEqual(['proxmox@home/guest/109'])
  })

  test('says that names will not resolve, and which services go with it', async () => {
    const own = { macs: [], nameServers: ['10.30.0.2', '10.30.0.3'] }
    const { warnings } = await plannedBy(own, 'restart', 'dns1', () => ['pihole@primary'])
    expect(warnings).toContain('This machine asks it for names (10.30.0.2): DNS is away meanwhile.')
    expect(warnings).toContain('Configured here and reached at it: pihole@primary. They are away meanwhile.')
  })

  test('asks what is reached at any name or address of the guest', async () => {
    let asked: readonly string[] = []
    const { instance } = instanceOf(defaultWorld)
    const { tokenId, tokenSecret } = instance.config as { tokenId: string; tokenSecret: string }
    const client = await connect({ tokenId, tokenSecret }, instance.connection as Connection)
    const state = await powerStateOf('dock1', client, signal)
    await planPower({ action: 'stop', state, client, instance: 'default', signal, dependents: (hosts = []) => (asked = hosts) })
    expect(asked).toEqual(['dock1', '10.30.0.20', '100.64.0.20'])
  })
})

test.each([
  ['start_guest', '900', 'is a template'],
  ['stop_guest', 'archive', 'is locked (backup)'],
  ['start_guest', 'test', 'is locked (snapshot-delete)'],
  ['restart_guest', 'minecraft', 'in state error'],
  ['start_guest', 'camera', 'is paused'],
])('%s of %s is refused, for it %s', async (tool, guest, why) => {
  const lab = await openLab()
  expect(await lab.call(tool, { guest })).toMatchObject({
    kind: 'error',
    error: { code: 'conflict', message: expect.stringContaining(why) },
  })
})

test('what is so already is nothing to do', async () => {
  const lab = await openLab()
  expect((await lab.call('start_guest', { guest: 'dock1' })).text).toContain('is running already')
  expect((await lab.call('stop_guest', { guest: 'build' })).text).toContain('is stopped already')
})

test('a guest HA manages is started and stopped by HA, and that is waited for', async () => {
  const lab = await openLab()
  expect(await carriedOut(lab, 'shutdown_guest', { guest: 'vault' })).toMatchObject({ kind: 'done', output: { status: 'stopped' } })
  expect(statusOf(lab, 113)).toMatchObject({ status: 'stopped', ha: 'stopped' })
  expect(await carriedOut(lab, 'start_guest', { guest: 'vault' })).toMatchObject({ kind: 'done', output: { status: 'running' } })
  expect(statusOf(lab, 113)).toMatchObject({ status: 'running', ha: 'started' })
})

test('a restart is done only once the guest was seen to begin anew, and a stopped one is started', async () => {
  const { cluster, write } = await openCluster()
  const pid = () => cluster.guests.get(214)?.pid
  const before = pid()
  expect((await write('restart_guest', { guest: 'grafana' })).output).toMatchObject({ status: 'running' })
  expect(pid()).not.toBe(before)
  expect((await write('restart_guest', { guest: 'build' })).output).toMatchObject({ status: 'running' })
})

test('a guest that was stopped since the plan is not touched', async () => {
  const lab = await openLab()
  const planned = await lab.call('stop_guest', { guest: 'grafana' })
  if (planned.kind !== 'plan') throw new Error(planned.text)
  await carriedOut(lab, 'shutdown_guest', { guest: 'grafana' })
  const late = await lab.call('stop_guest', { guest: 'grafana', confirm: planned.plan.confirm })
  expect(late.text).toContain('is stopped already')
})

test('a guest that does not listen runs on, and that is said', async () => {
  const lab = await openLab()
  const result = await carriedOut(lab, 'shutdown_guest', { guest: 'windows', timeout_seconds: 30 })
  expect(result).toMatchObject({
    kind: 'error',
    error: { code: 'timeout', message: 'windows did not shut down within 30 s, and runs on.' },
  })
  expect(statusOf(lab, 108)?.status).toBe('running')
})
