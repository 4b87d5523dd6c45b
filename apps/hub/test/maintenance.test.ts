import { expect, test } from 'vitest'
import { openLabHub } from './lab-hub.ts'

test('a container is restarted while its monitor is in maintenance and its alerts are silenced, and both watch again afterwards', async () => {
  const { call } = await openLabHub('operate')
  const monitor = async () => (await call('uptime_kuma_list_monitors', { text: 'Jellyfin' })).text
  const silences = async () => (await call('prometheus_list_silences')).text
  const before = [await monitor(), await silences()]
  const planned = await call('docker_restart_container', { container: 'jellyfin' })
  expect(planned).toMatchObject({
    kind: 'plan',
    plan: {
      diff: expect.arrayContaining([
        'uptime-kuma/monitor/Jellyfin: paused until it is done',
        'prometheus/target/jellyfin/jellyfin:8096: paused until it is done',
      ]),
    },
  })
  const confirm = planned.kind === 'plan' ? planned.plan.confirm : ''
  expect((await call('docker_restart_container', { container: 'jellyfin', confirm })).kind).toBe('done')
  expect([await monitor(), await silences()]).toEqual(before)
  expect((await call('uptime_kuma_list_heartbeats', { monitor: 'Jellyfin' })).kind).toBe('done')
})

test('a container that is healed heals its monitor', async () => {
  const { call } = await openLabHub('operate')
  expect((await call('needs_attention')).text).toContain('Paperless is down')
  const planned = await call('docker_restart_container', { container: 'paperless-web' })
  const confirm = planned.kind === 'plan' ? planned.plan.confirm : ''
  expect((await call('docker_restart_container', { container: 'paperless-web', confirm })).kind).toBe('done')
  expect((await call('needs_attention')).text).not.toContain('Paperless')
})

test('a neighbour on the same host goes on being watched', async () => {
  const { call } = await openLabHub('operate')
  const planned = await call('docker_restart_container', { container: 'gitea' })
  expect(planned.text).toContain('uptime-kuma/monitor/Gitea: paused until it is done')
  expect(planned.text).not.toMatch(/monitor\/(?:Jellyfin|dock1 ssh|Nextcloud|Services)/)
})

test('what nothing watches is restarted without a word about it', async () => {
  const { call } = await openLabHub('operate')
  const planned = await call('linux_restart_unit', { unit: 'nfs-server', instance: 'nas' })
  expect(planned.kind).toBe('plan')
  expect(planned.text).not.toContain('paused until')
})
