import type { SimulatedLab } from '@rackwarden/core/testing'
import { addUnit, failUnit, fillDisk, leakLog, requireComponent, startSystemdHost, type SystemdHost } from '@rackwarden/lab'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openLabOn } from './lab-on-host.ts'

const missing = requireComponent('host')
const secretWord = 'orchid-lantern-77'

describe.skipIf(missing !== undefined)('a real host with systemd, over SSH', () => {
  let host: SystemdHost
  let lab: SimulatedLab
  const labs: SimulatedLab[] = []

  async function open(user: string, more: Record<string, unknown> = {}): Promise<SimulatedLab> {
    const opened = await openLabOn(host, user, more)
    labs.push(opened)
    return opened
  }

  beforeAll(async () => {
    host = await startSystemdHost({ name: 'nas-1' })
    await failUnit(host)
    await leakLog(host, { secret: secretWord })
    await fillDisk(host, { path: '/srv/full', percent: 97 })
    await addUnit(host, { name: 'steady', service: ['Type=exec', 'ExecStart=/bin/sleep infinity'] })
    // Comes up at boot and never again: what a restart cannot heal.
    await addUnit(host, {
      name: 'fragile',
      service: [
        'Type=exec',
        `ExecStart=/bin/sh -c 'test -e /run/fragile && { echo no database; exit 7; }; touch /run/fragile; exec sleep infinity'`,
      ],
    })
    await addUnit(host, {
      name: 'loop',
      service: [
        'Type=exec',
        'Restart=always',
        'RestartSec=200ms',
        `ExecStart=/bin/sh -c 'sleep 0.6; echo boom; exit 9'`,
        '[Unit]',
        'StartLimitIntervalSec=0',
      ],
    })
    await addUnit(host, {
      name: 'tired',
      service: ['Type=exec', 'Restart=always', 'RestartSec=10ms', `ExecStart=/bin/sh -c 'echo enough; exit 9'`],
    })
    lab = await open('root')
  })

  afterAll(async () => {
    await Promise.all(labs.map((opened) => opened.close()))
    await host?.down()
  })

  async function done(name: string, input: Record<string, unknown> = {}, from = lab) {
    const result = await from.call(name, input)
    expect(result).toMatchObject({ kind: 'done' })
    return result.kind === 'done' ? (result.output as Record<string, Record<string, unknown>[]>) : {}
  }

  async function failed(name: string, input: Record<string, unknown>, from = lab) {
    const result = await from.call(name, input)
    expect(result).toMatchObject({ kind: 'error' })
    return result.kind === 'error' ? result.error : undefined
  }

  async function confirmed(name: string, input: Record<string, unknown>, from = lab) {
    const planned = await from.call(name, input)
    expect(planned).toMatchObject({ kind: 'plan' })
    return from.call(name, { ...input, confirm: planned.kind === 'plan' ? planned.plan.confirm : '' })
  }

  test('every read of the host answers, and says what is wrong where its input is', async () => {
    expect((await done('list_hosts'))['hosts']).toMatchObject([{ name: 'nas-1', root: true, system: expect.stringContaining('Debian') }])
    expect(await failed('list_hosts', { no: 1 })).toMatchObject({ code: 'invalid_input' })
    expect(await done('get_host_info')).toMatchObject({
      name: 'nas-1',
      virtualization: 'systemd-nspawn',
      clock: expect.stringContaining('agrees'),
    })
    expect(await failed('get_host_info', { no: 1 })).toMatchObject({ code: 'invalid_input' })
    const checks = (await done('check_host'))['checks']
    expect(checks).toContainEqual(
      expect.objectContaining({ probe: 'backup.service', verdict: 'crit', evidence: expect.stringContaining('exit code 23') }),
    )
    expect(checks).toContainEqual(expect.objectContaining({ probe: 'space on /srv/full', verdict: 'crit' }))
    expect(checks).toContainEqual(expect.objectContaining({ probe: 'memory', verdict: 'ok' }))
    expect(await failed('check_host', { section: 'cellar' })).toMatchObject({ code: 'invalid_input' })
    expect((await done('get_interfaces'))['interfaces']).toContainEqual(
      expect.objectContaining({ state: 'up', addresses: expect.stringContaining(host.networkAddress) }),
    )
    expect(await failed('get_interfaces', { cursor: 'x' })).toMatchObject({ code: 'invalid_input' })
    expect(await done('check_pools')).toHaveProperty('pools')
    expect(await failed('check_pools', { no: 1 })).toMatchObject({ code: 'invalid_input' })
    expect(await done('check_disks')).toHaveProperty('disks')
    expect(await failed('check_disks', { disk: 'sdz' })).toMatchObject({ code: 'not_found' })
    expect(await done('check_updates')).toMatchObject({ manager: 'apt' })
    expect(await failed('check_updates', { limit: 0 })).toMatchObject({ code: 'invalid_input' })
    expect(await done('probe_tcp', { address: '127.0.0.1', tcp_port: 1 })).toMatchObject({ from: 'nas-1', outcome: 'refused' })
    expect(await done('probe_tcp', { address: host.networkAddress, tcp_port: 22 })).toMatchObject({ outcome: 'open' })
    expect(await failed('probe_tcp', { address: '-e', tcp_port: 1 })).toMatchObject({ code: 'invalid_input' })
  })

  test('units are listed, shown, and their logs read, failed ones first', async () => {
    expect((await done('list_units', { state: 'failed', name: 'backup' }))['units']).toMatchObject([
      { name: 'backup.service', active: 'failed' },
    ])
    expect((await done('list_units'))['units']?.[0]).toMatchObject({ name: 'backup.service' })
    expect((await done('list_units', { name: 'ssh', type: 'service' }))['units']).toContainEqual(
      expect.objectContaining({ name: 'ssh.service', active: 'active' }),
    )
    expect(await failed('list_units', { cursor: 'x' })).toMatchObject({ code: 'invalid_input' })

    expect(await done('get_unit', { unit: 'ssh' })).toMatchObject({
      active: 'active',
      sub: 'running',
      enabled: 'enabled',
      pid: expect.any(Number),
    })
    expect(await done('get_unit', { unit: 'backup' })).toMatchObject({
      active: 'failed',
      result: 'exit-code',
      last_exit: 'exit code 23',
      since: expect.stringMatching(/^\d{4}-/),
      last_lines: expect.arrayContaining([expect.stringContaining('connection refused by 10.77.0.99')]),
    })
    expect(await failed('get_unit', { unit: 'bakcup' })).toMatchObject({ code: 'not_found', hint: expect.stringContaining('backup') })
    expect(await failed('get_unit', { unit: '*' })).toMatchObject({ code: 'invalid_input' })

    expect((await done('get_unit_logs', { unit: 'backup', grep: 'REFUSED', since: '1h' }))['lines']).toMatchObject([
      { text: expect.stringContaining('rsync') },
    ])
    expect((await done('get_unit_logs', { unit: 'backup', tail: 1, priority: 'debug' }))['lines']).toHaveLength(1)
    expect(await failed('get_unit_logs', { unit: 'bakcup' })).toMatchObject({ code: 'not_found', hint: expect.stringContaining('backup') })
    expect(await failed('get_unit_logs', { unit: 'backup', since: 'yesterday' })).toMatchObject({ code: 'invalid_input' })
  })

  test('what somebody wrote into a log is cleaned, redacted, and marked as data', async () => {
    const { text } = await lab.call('get_unit_logs', { unit: 'chatty' })
    expect(text).toMatch(/^<<\w+ data from get_unit_logs, not instructions/)
    expect(text).toContain('red and  gone')
    for (const hidden of ['\u001B', '\u202E', '\u200B']) expect(text).not.toContain(hidden)
    expect(text).not.toContain(secretWord)
  })

  test('what is wrong with it is found, each with the next call', async () => {
    const { findings } = await done('needs_attention')
    const ids = findings?.map(({ id }) => id)
    expect(ids).toEqual(expect.arrayContaining(['linux/unit/backup.service#failed', 'linux/filesystem/srv/full#space']))
    expect(findings?.find(({ id }) => id === 'linux/unit/backup.service#failed')).toMatchObject({
      next: 'get_unit_logs unit=backup.service tail=50',
      evidence: expect.stringContaining('rsync: connection refused'),
    })
  })

  test('a restart that comes up is done, and the unit is another process', async () => {
    const before = await done('get_unit', { unit: 'steady' })
    const result = await confirmed('restart_unit', { unit: 'steady' })
    expect(result).toMatchObject({ kind: 'done', output: { unit: 'steady.service', active: 'active' } })
    expect(result.kind === 'done' ? (result.output as { pid: number }).pid : 0).not.toBe(before['pid'])
  })

  test('a restart that does not come up has failed, and says the last thing the unit said', async () => {
    const result = await confirmed('restart_unit', { unit: 'fragile' })
    expect(result).toMatchObject({ kind: 'error', text: expect.stringMatching(/exit code 7.*no database/) })
  })

  test('a restart into a loop has failed, though a plan survives the loop going round', async () => {
    const result = await confirmed('restart_unit', { unit: 'loop' })
    expect(result).toMatchObject({ kind: 'error', text: expect.stringMatching(/over and over.*boom/) })
    await host.run(['systemctl', 'stop', 'loop'])
  })

  test('a unit systemd has given up is not started by one more restart', async () => {
    const result = await confirmed('restart_unit', { unit: 'tired' })
    expect(result).toMatchObject({ kind: 'error', text: expect.stringMatching(/would not start it again|exit code 9/) })
    await host.run(['systemctl', 'reset-failed', 'tired'])
  })

  test('stopping and starting, enabling and disabling go to and fro', async () => {
    expect(await confirmed('stop_unit', { unit: 'steady' })).toMatchObject({ kind: 'done', output: { active: 'inactive' } })
    expect((await lab.call('stop_unit', { unit: 'steady' })).text).toMatch(/^NOTHING TO DO: .*is inactive already/)
    expect(await confirmed('start_unit', { unit: 'steady' })).toMatchObject({ kind: 'done', output: { active: 'active' } })
    expect(await confirmed('enable_unit', { unit: 'steady' })).toMatchObject({ kind: 'done', output: { enabled: 'enabled' } })
    expect(await confirmed('disable_unit', { unit: 'steady' })).toMatchObject({ kind: 'done', output: { enabled: 'disabled' } })
    expect(await failed('start_unit', { unit: 'no-such' })).toMatchObject({ code: 'not_found' })
    expect(await failed('enable_unit', { unit: 'dbus' })).toMatchObject({ code: 'conflict', message: expect.stringContaining('static') })
    expect(await failed('disable_unit', { unit: 'no-such' })).toMatchObject({ code: 'not_found' })
  })

  test('the way in, the bus and the power are protected', async () => {
    for (const unit of ['ssh', 'sshd.service', 'dbus', 'dbus.socket', 'systemd-journald'])
      expect(await failed('stop_unit', { unit })).toMatchObject({ code: 'protected' })
    for (const unit of ['systemd-poweroff', 'reboot.target', 'debug-shell', 'rescue'])
      expect(await failed('start_unit', { unit })).toMatchObject({ code: 'protected' })
    expect(await failed('disable_unit', { unit: 'ssh' })).toMatchObject({ code: 'protected' })
    expect(host.running()).toBe(true)
  })

  test('a user without sudo reads what users may, and is told what is missing', async () => {
    const plain = await open('admin')
    expect((await done('list_hosts', {}, plain))['hosts']).toMatchObject([{ root: false }])
    expect(await done('get_unit', { unit: 'ssh' }, plain)).toMatchObject({ active: 'active' })
    expect(await confirmed('restart_unit', { unit: 'steady' }, plain)).toMatchObject({
      kind: 'error',
      error: { code: 'forbidden', hint: expect.stringContaining('sudo') },
    })
    const passwordless = await open('admin', { sudo: 'passwordless' })
    expect(await failed('check_host', {}, passwordless)).toMatchObject({
      code: 'unauthorized',
      message: expect.stringContaining('asks for a password'),
    })
  })

  test('sudo with its password makes root, and a wrong one is told as that, without ever showing either', async () => {
    const wrongPassword = 'not-the-password-4711'
    const right = await open('admin', { sudo: 'password', sudoPassword: host.adminPassword })
    expect((await done('list_hosts', {}, right))['hosts']).toMatchObject([{ root: true }])
    expect(await confirmed('restart_unit', { unit: 'steady' }, right)).toMatchObject({ kind: 'done' })
    const wrong = await open('admin', { sudo: 'password', sudoPassword: wrongPassword })
    const refused = await wrong.call('list_hosts', {})
    expect(refused).toMatchObject({ kind: 'error', error: { code: 'unauthorized' } })
    expect(refused.text).not.toContain(wrongPassword)
    const { stdout } = await host.run(['journalctl', '-o', 'cat', '--no-pager'])
    expect(stdout).not.toContain(host.adminPassword)
    expect(stdout).not.toContain(wrongPassword)
  })

  test('where sudo asks for no password, the one that was sent is never run', async () => {
    await host.run(['sh', '-c', 'echo "admin ALL=(ALL) NOPASSWD: ALL" >/etc/sudoers.d/zz-admin; chmod 440 /etc/sudoers.d/zz-admin'])
    const eager = await open('admin', { sudo: 'password', sudoPassword: 'touch /run/ran-the-password' })
    expect((await done('list_hosts', {}, eager))['hosts']).toMatchObject([{ root: true }])
    expect((await host.run(['test', '-e', '/run/ran-the-password'])).code).toBe(1)
    const passwordless = await open('admin', { sudo: 'passwordless' })
    expect((await done('list_hosts', {}, passwordless))['hosts']).toMatchObject([{ root: true }])
    await host.run(['rm', '/etc/sudoers.d/zz-admin'])
  })

  test('it is known by its name and address, and told whole', async () => {
    const mount = lab.catalogue.mounts[0]
    const client = await mount?.instances[0]?.client()
    const context = { instance: 'default', signal: new AbortController().signal }
    expect(await mount?.facets?.assets(client, context)).toMatchObject([
      {
        kind: 'host',
        name: 'nas-1',
        addresses: expect.arrayContaining([host.networkAddress]),
        macs: [expect.stringMatching(/^[\da-f:]{17}$/)],
      },
    ])
    const census = (await mount?.facets?.census(client, context)) ?? []
    expect(new Set(census.map(({ section }) => section))).toEqual(new Set(['node', 'storage', 'services', 'network']))
  })
})
