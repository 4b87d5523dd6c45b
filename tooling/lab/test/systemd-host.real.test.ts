import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { failUnit, fillDisk, leakLog, requireComponent, slowUnit, startSystemdHost, type SystemdHost } from '@rackwarden/lab'
import { logIn } from './ssh.ts'
import { controlGroupOf, tracesOf } from './traces.ts'

const missing = requireComponent('host')

describe.skipIf(missing !== undefined)('a systemd host of the lab', () => {
  let host: SystemdHost
  beforeAll(async () => {
    host = await startSystemdHost()
  })
  afterAll(() => host.down())

  const say = async (...argv: string[]) => (await host.run(argv)).stdout.trim()

  test('runs systemd, well, with a disk and a network card of its own', async ({ expect }) => {
    expect(await logIn(host, 'systemctl is-system-running; hostname')).toBe('running\nnas-1\n')
    expect(await say('sh', '-c', 'df -PT / | tail -1')).toMatch(/^\/dev\/loop\d+ +ext4 /)
    expect(await say('sh', '-c', 'df -P | grep -c ^/dev/')).toBe('1')
    expect(await say('ip', '-brief', '-4', 'address', 'show', 'eth0')).toContain(host.networkAddress)
    expect(await say('ssh-keygen', '-lf', '/etc/ssh/ssh_host_ed25519_key')).toContain(host.hostFingerprint)
  })

  test('lets admin in, and lets admin be root for a password', async ({ expect }) => {
    const sudo = (password: string) => logIn(host, `echo ${password} | sudo -S -p '' id -u`, { user: host.adminUser })
    expect(await sudo(host.adminPassword)).toBe('0\n')
    await expect(sudo('wrong')).rejects.toThrow()
  })

  test('refuses while it is stopped, and comes back with the disk it had', async ({ expect }) => {
    const { hostFingerprint, port } = host
    await logIn(host, 'echo kept > /root/kept && sync')
    for (const abruptly of [false, true]) {
      await host.stop({ abruptly })
      expect(host.running()).toBe(false)
      await expect(logIn(host, 'true')).rejects.toThrow()
      await host.start()
      expect(await logIn(host, 'cat /root/kept')).toBe('kept\n')
    }
    expect([host.hostFingerprint, host.port]).toEqual([hostFingerprint, port])
  })

  test('comes back by itself when it is told to reboot', async ({ expect }) => {
    const boot = () => say('cat', '/proc/sys/kernel/random/boot_id').catch(() => '')
    const before = await boot()
    await host.run(['systemctl', 'reboot'])
    while (!/^[-0-9a-f]{36}$/.test(await boot()) || (await boot()) === before) await sleep(50)
    await host.start()
    expect(await logIn(host, 'hostname')).toBe('nas-1\n')
  })

  test('opens connections and answers none while it hangs', async ({ expect }) => {
    host.hang()
    const socket = connect({ host: host.address, port: host.port })
    await new Promise((resolve) => socket.once('connect', resolve))
    const answered = new Promise((resolve) => socket.once('data', (data: Buffer) => resolve(data.toString('latin1').slice(0, 4))))
    expect(await Promise.race([answered, sleep(300)])).toBe(undefined)
    host.resume()
    expect(await answered).toBe('SSH-')
    socket.destroy()
  })

  test('has a fault when asked for it, and is well again after', async ({ expect }) => {
    const repairs = [await failUnit(host), await slowUnit(host), await fillDisk(host), await leakLog(host, { secret: 'correct-horse' })]
    expect(await say('systemctl', '--failed', '--plain', '--no-legend')).toMatch(/^backup.service +loaded failed failed/)
    expect(await say('systemctl', 'is-active', 'slow')).toBe('activating')
    expect(await say('df', '--output=pcent', '/srv/full')).toMatch(/9[67]%/)
    const log = await say('journalctl', '--unit=chatty', '--output=cat', '--all')
    expect(log).toContain('password=correct-horse')
    expect(log).toContain('\u001B[31mred')
    for (const repair of repairs) await repair()
    expect(await say('systemctl', 'is-system-running')).toBe('running')
    expect((await host.run(['test', '-e', '/srv/full'])).code).toBe(1)
  })

  test('leaves nothing when it goes', async ({ expect }) => {
    const other = await startSystemdHost({ name: 'other' })
    const group = controlGroupOf(other.directory)
    expect(group).toMatch(/^rackwarden-lab-[0-9a-f]+$/)
    await fillDisk(other)
    expect(tracesOf(other.directory, group).length).toBeGreaterThan(3)
    await other.down()
    expect(tracesOf(other.directory, group)).toEqual([])
  })
})
