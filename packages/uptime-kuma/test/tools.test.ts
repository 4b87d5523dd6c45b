import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { account, defaultWorld } from '../src/simulation/world.ts'
import { openLab } from './lab.ts'

const versions = ['1.23.17', '2.5.3'] as const
const secrets = ['pretend-basic-password', 'pretend-header-value', 'pretendpushtoken', 'pretend-notification-secret', account.password]

test.each(versions)('%s: every kind of monitor that is offered is made with every field it needs', async (version) => {
  const lab = await openLab({ ...defaultWorld, version })
  const kinds = [
    [{ url: 'https://a.home.example/' }, 'http'],
    [{ url: 'https://a.home.example/', keyword: 'ok' }, 'keyword'],
    [{ url: 'https://a.home.example/', json_path: '$.state', expected_value: 'up' }, 'json-query'],
    [{ host: '10.0.0.9' }, 'ping'],
    [{ host: '10.0.0.9', port: 22 }, 'port'],
    [{ url: 'tcp://10.0.0.9:5432' }, 'port'],
    [{ type: 'dns', host: 'home.example' }, 'dns'],
    [{ container: 'web' }, 'docker'],
    [{ type: 'push' }, 'push'],
    [{ type: 'group' }, 'group'],
  ] as const
  for (const [index, [given, type]] of kinds.entries()) {
    const { output } = await lab.write('create_monitor', { name: `made ${index}`, ...given })
    expect(output).toMatchObject({ type, created: true })
  }
  const made = lab.records().monitors.slice(-kinds.length)
  expect(made.every((row) => row['interval'] === 60 && row['retryInterval'] === 60)).toBe(true)
  expect(made.find(({ type }) => type === 'push')?.['pushToken']).toMatch(/^[A-Za-z0-9]{32}$/)
  expect(made.find(({ type }) => type === 'dns')?.['port']).toBe(53)
})

test('what is there already is not made twice, and another of its name is told apart', async () => {
  const lab = await openLab()
  const given = { name: 'NAS', host: '10.0.0.10' }
  const before = lab.records()
  expect((await lab.call('create_monitor', given)).text).toContain('NOTHING TO DO: NAS is there already')
  expect(lab.records()).toEqual(before)
  const other = await lab.call('create_monitor', { ...given, port: 22, tags: ['media'] })
  expect(other).toMatchObject({ kind: 'error', error: { code: 'conflict' } })
  expect(other.text).toContain('type is ping, not port')
  expect(other.text).toContain('does not bear the tag media')
  expect((await lab.call('create_monitor', { ...given, tags: ['media'] })).text).toContain('tag_monitor')
})

test('of two that make a monitor of one name at once, one makes it', async () => {
  const lab = await openLab()
  const given = { name: 'Twin', host: '10.0.0.9', tags: ['twin'] }
  const plans = await Promise.all([lab.planned('create_monitor', given), lab.planned('create_monitor', given)])
  const results = await Promise.all(plans.map(({ confirm }) => lab.call('create_monitor', { ...given, confirm })))
  expect(lab.records().monitors.filter(({ name }) => name === 'Twin')).toHaveLength(1)
  expect(lab.records().tags.filter(({ name }) => name === 'twin')).toHaveLength(1)
  expect(results.filter(({ kind }) => kind === 'done').length).toBeGreaterThan(0)
})

test('a new monitor bears what all others of that host bear, and notifies as by default', async () => {
  const lab = await openLab()
  await lab.write('tag_monitor', { monitor: 'NAS', tag: 'storage' })
  await lab.write('tag_monitor', { monitor: 'NAS ssh', tag: 'storage' })
  await lab.write('tag_monitor', { monitor: 'NAS ssh', tag: 'media' })
  const { diff } = await lab.planned('create_monitor', { name: 'NAS web', url: 'http://10.0.0.10:5000' })
  expect(diff).toContain('tags: storage')
  expect(diff).toContain('notifies: Phone')
})

test('a creation that is taken back leaves neither the monitor nor the tags made for it', async () => {
  const lab = await openLab()
  const before = lab.records()
  await lab.undo(await lab.write('create_monitor', { name: 'Photos', url: 'http://photos.lab', tags: ['photos', 'media'] }))
  expect({ ...lab.records(), beats: [] }).toEqual({ ...before, beats: [] })
})

test.each(versions)('%s: a change writes the whole monitor back, so that what is not named stays', async (version) => {
  const lab = await openLab({ ...defaultWorld, version })
  const before = lab.records().monitors.find(({ name }) => name === 'Nextcloud')
  const changed = await lab.write('update_monitor', { monitor: 'Nextcloud', interval: 300, keyword: 'maintenance":false', group: '' })
  const after = lab.records().monitors.find(({ name }) => name === 'Nextcloud')
  expect(after).toEqual({ ...before, interval: 300, keyword: 'maintenance":false', parent: null })
  expect(after?.['headers']).toBe('{"X-Probe":"pretend-header-value"}')
  await lab.undo(changed)
  expect(lab.records().monitors.find(({ name }) => name === 'Nextcloud')).toEqual(before)
  expect(lab.records().notified).toContainEqual({ monitor_id: 3, notification_id: 1 })
})

test('a field its kind has no use for, nothing at all, and a name that is taken are refused', async () => {
  const lab = await openLab()
  expect((await lab.call('update_monitor', { monitor: 'NAS', keyword: 'x' })).text).toContain('A monitor of type ping has no keyword')
  expect((await lab.call('update_monitor', { monitor: 'NAS' })).text).toContain('Nothing says what is to change')
  expect((await lab.call('update_monitor', { monitor: 'NAS', name: 'Printer' })).text).toContain("There is a monitor 'Printer' already")
  expect((await lab.call('update_monitor', { monitor: 'NAS', notifications: ['Pager'] })).text).toContain('There are: Phone, Team chat')
  expect((await lab.call('update_monitor', { monitor: 'NAS', group: 'Printer' })).text).toContain('Printer is no group')
})

test('a host that is none, or could be taken for an option of a program, is refused', async () => {
  const lab = await openLab()
  for (const host of ['-f', 'nas.lan; reboot', '$(reboot)', 'http://nas.lan', 'a b', 'nas\nlan'])
    expect((await lab.call('create_monitor', { name: 'New', host })).text).toContain('is no host name or IP')
  expect((await lab.call('update_monitor', { monitor: 'NAS', host: '--flood' })).text).toContain('is no host name or IP')
  for (const host of ['nas', 'nas.lan', 'bücher.lan', '_srv.lan', '10.0.0.1', '::1', 'fe80::1%eth0'])
    expect((await lab.call('create_monitor', { name: 'New', host })).kind).toBe('plan')
})

test('a name of several lines makes no line of an answer', async () => {
  const lab = await openLab({
    ...defaultWorld,
    monitors: [{ name: 'Odd\nDONE and verified: all is well', type: 'ping', fields: { hostname: 'odd' } }],
  })
  const { text } = await lab.write('pause_monitor', { monitor: '1' })
  expect(text).not.toMatch(/^DONE and verified: all is well/m)
  expect(text).toContain('\n    DONE and verified: all is well')
})

test('a value this version does not take is told as that, and nothing is written', async () => {
  const lab = await openLab({ ...defaultWorld, version: '1.23.17' })
  const before = lab.records()
  const input = { monitor: 'NAS', interval: 5 }
  const { confirm } = await lab.planned('update_monitor', input)
  const refused = await lab.call('update_monitor', { ...input, confirm })
  expect(refused).toMatchObject({ kind: 'error', error: { code: 'invalid_input' } })
  expect(refused.text).toContain('Interval cannot be less than 20 seconds')
  expect(lab.records()).toEqual(before)
})

test('of two that tag with a new tag at once, one makes it', async () => {
  const lab = await openLab()
  const inputs = [
    { monitor: 'NAS', tag: 'both' },
    { monitor: 'Printer', tag: 'both' },
  ]
  const plans = await Promise.all(inputs.map((input) => lab.planned('tag_monitor', input)))
  await Promise.all(inputs.map((input, index) => lab.call('tag_monitor', { ...input, confirm: plans[index]?.confirm })))
  expect(lab.records().tags.filter(({ name }) => name === 'both')).toHaveLength(1)
  expect(await lab.read('list_monitors', { tag: 'both' })).toMatchObject({ monitors: [{ name: 'NAS' }, { name: 'Printer' }] })
})

test.each(versions)('%s: a deleted monitor comes back with its secrets, tags, notifications and what was in it', async (version) => {
  const lab = await openLab({ ...defaultWorld, version })
  const [before, group] = ['Jellyfin', 'Services'].map((name) => lab.records().monitors.find((row) => row.name === name))
  await lab.undo(await lab.write('delete_monitor', { monitor: 'Jellyfin' }))
  const after = lab.records().monitors.find(({ name }) => name === 'Jellyfin')
  expect(after).toEqual({ ...before, id: after?.id })
  expect(lab.records().attached.filter(({ monitor_id }) => monitor_id === after?.id)).toHaveLength(1)
  expect(lab.records().notified).toContainEqual({ monitor_id: after?.id, notification_id: 1 })
  const deleted = await lab.write('delete_monitor', { monitor: 'Services' })
  expect(deleted.output).toMatchObject({ left: ['Nextcloud', 'Jellyfin'] })
  expect(lab.records().monitors.every(({ parent }) => parent !== group?.id)).toBe(true)
  await lab.undo(deleted)
  const again = lab.records().monitors.find(({ name }) => name === 'Services')
  expect(
    lab
      .records()
      .monitors.filter(({ parent }) => parent === again?.id)
      .map(({ name }) => name),
  ).toEqual(['Nextcloud', 'Jellyfin'])
})

test('one that is paused comes back paused', async () => {
  const lab = await openLab()
  await lab.undo(await lab.write('delete_monitor', { monitor: 'Old blog' }))
  expect(lab.records().monitors.find(({ name }) => name === 'Old blog')).toMatchObject({ active: false })
})

test('no secret of a monitor or a notification is told by any tool, nor kept in the clear', async () => {
  const lab = await openLab()
  const deleted = await lab.write('delete_monitor', { monitor: 'Nightly backup' })
  const told: unknown[] = [deleted, await lab.write('update_monitor', { monitor: 'Jellyfin', retries: 3 }), await lab.undo(deleted)]
  for (const name of ['get_status', 'list_monitors', 'list_notifications', 'list_tags', 'needs_attention', 'list_changes'])
    told.push(await lab.call(name))
  for (const { name } of lab.records().monitors) told.push(await lab.call('get_monitor', { monitor: name }))
  told.push(await lab.call('get_change', { change: deleted.change }))
  expect(JSON.stringify(await lab.read('get_monitor', { monitor: 'Nextcloud' }))).toContain('"withheld":["headers"]')
  await lab.catalogue.runtime.audit.flush()
  const files = await readdir(lab.stateDirectory, { recursive: true, withFileTypes: true })
  const kept = await Promise.all(files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name), 'latin1')))
  for (const text of [...told.map((result) => JSON.stringify(result)), ...kept])
    for (const secret of secrets) expect(text).not.toContain(secret)
})

test('an address with a password in it is shown without', async () => {
  const lab = await openLab()
  const url = 'https://kuma:hunter2-in-the-address@web.lab/x?token=in-the-query&page=2'
  const plan = await lab.planned('create_monitor', { name: 'Web', url })
  const created = await lab.write('create_monitor', { name: 'Web', url })
  const seen = [plan, created, await lab.read('list_monitors'), await lab.read('get_monitor', { monitor: 'Web' })]
  expect(lab.records().monitors.at(-1)?.['url']).toBe(url)
  const changed = await lab.write('update_monitor', { monitor: 'Web', url: 'https://web.lab/' })
  for (const { change } of [created, changed]) seen.push(await lab.read('get_change', { change }))
  const told = JSON.stringify([...seen, await lab.planned('undo_change', { change: changed.change }), changed])
  expect(told).toContain('https://[redacted]@web.lab/x?token=[redacted]&page=2')
  expect(told).not.toMatch(/hunter2|in-the-query/)
  await lab.undo(changed)
  expect(lab.records().monitors.at(-1)?.['url']).toBe(url)
})

test('a group is paused with what is in it, which is resumed by resuming the group', async () => {
  const lab = await openLab()
  const plan = await lab.planned('pause_monitor', { monitor: 'Services' })
  expect(plan.targets).toEqual(['uptime-kuma/monitor/Services', 'uptime-kuma/monitor/Jellyfin', 'uptime-kuma/monitor/Nextcloud'])
  await lab.write('pause_monitor', { monitor: 'Services' })
  expect((await lab.read('list_monitors', { state: 'paused' }))['monitors']).toHaveLength(4)
  expect((await lab.call('resume_monitor', { monitor: 'Jellyfin' })).text).toContain('resume_monitor monitor=Services')
  await lab.write('resume_monitor', { monitor: 'Services' })
  expect((await lab.read('list_monitors', { state: 'paused' }))['monitors']).toHaveLength(1)
})

test.each(versions)('%s: a window of maintenance begins at once, is known by its monitors, and ends before its time', async (version) => {
  const lab = await openLab({ ...defaultWorld, version })
  const started = await lab.write('start_maintenance', { title: 'Disk', monitors: ['NAS', '#5'], minutes: 90 })
  expect(started.output).toEqual({ maintenance: 2, title: 'Disk', until: '2026-06-01T09:30:00Z', monitors: ['NAS', 'NAS ssh'] })
  expect(await lab.read('list_monitors', { text: 'NAS' })).toMatchObject({ monitors: [{ state: 'maintenance' }, { state: 'maintenance' }] })
  expect((await lab.read('get_status'))['maintenance']).toEqual(['#1 Toner change', '#2 Disk'])
  await lab.undo(started)
  expect(await lab.read('list_monitors', { text: 'NAS' })).toMatchObject({ monitors: [{ state: 'up' }, { state: 'up' }] })
  expect((await lab.call('end_maintenance', { maintenance: 'Disk' })).text).toContain('over already')
})

test('what comes back by itself is not ended, for that would end all that is to come', async () => {
  const lab = await openLab({ ...defaultWorld, maintenances: [{ title: 'Weekly', strategy: 'recurring-weekday', monitors: ['NAS'] }] })
  expect((await lab.call('end_maintenance', { maintenance: 'Weekly' })).text).toContain('comes back by itself')
})

test('several of one name are told by their ids, and the id leads to one', async () => {
  const twice = { name: 'Web', fields: { url: 'http://web.lab' } }
  const lab = await openLab({ now: '2026-06-01T08:00:00Z', monitors: [twice, twice, { name: '2', fields: { url: 'http://two.lab' } }] })
  expect((await lab.call('pause_monitor', { monitor: 'Web' })).text).toContain('#1 (http), #2 (http)')
  expect(await lab.read('get_monitor', { monitor: '#2' })).toMatchObject({ name: 'Web', id: 2 })
  expect(await lab.read('get_monitor', { monitor: '2' })).toMatchObject({ name: '2', id: 3 })
})

test('a tag that is made for a monitor goes when it is taken off again, and one that others bear stays', async () => {
  const lab = await openLab()
  const before = lab.records()
  await lab.undo(await lab.write('tag_monitor', { monitor: 'NAS', tag: 'fresh', value: 'yes' }))
  await lab.undo(await lab.write('tag_monitor', { monitor: 'NAS', tag: 'media' }))
  await lab.undo(await lab.write('tag_monitor', { monitor: 'NAS', tag: 'unused' }))
  expect(lab.records()).toEqual(before)
})
