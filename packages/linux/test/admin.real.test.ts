import type { SimulatedLab } from '@rackwarden/core/testing'
import { addUnit, requireComponent, startSystemdHost, type SystemdHost } from '@rackwarden/lab'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openLabOn } from './lab-on-host.ts'
import { putSource } from './package-source.ts'

const missing = requireComponent('host')
const secretWord = 'orchid-lantern-88'

describe.skipIf(missing !== undefined)('a real host with systemd, administered over SSH', () => {
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
    lab = await open('root')
  })

  afterAll(async () => {
    await Promise.all(labs.map((opened) => opened.close()))
    await host?.down()
  })

  async function confirmed(name: string, input: Record<string, unknown>, from = lab) {
    const planned = await from.call(name, input)
    expect(planned).toMatchObject({ kind: 'plan' })
    return from.call(name, { ...input, confirm: planned.kind === 'plan' ? planned.plan.confirm : '' })
  }

  async function done(name: string, input: Record<string, unknown>, from = lab) {
    const result = await confirmed(name, input, from)
    expect(result).toMatchObject({ kind: 'done' })
    return result.kind === 'done' ? (result.output as Record<string, unknown>) : {}
  }

  async function hasProcess(word: string): Promise<boolean> {
    const { stdout } = await host.run(['sh', '-c', 'cat /proc/[0-9]*/cmdline | tr "\\000" " "'])
    return stdout.includes(word)
  }

  describe('exec_command', () => {
    test('runs words and scripts there, and any exit code is a result', async () => {
      expect(await done('exec_command', { command: ['printf', '<%s>', "o'clock", '$HOME', ''] })).toMatchObject({
        exit_code: 0,
        stdout: `<o'clock><$HOME><>`,
      })
      const script = 'cat\nuname -n\nid -un\nexit 5\n'
      expect(await done('exec_command', { script, directory: '/srv' })).toMatchObject({ exit_code: 5, stdout: 'nas-1\nroot\n' })
    })

    test('tells the exit code and the last words of what said more than can be shown', async () => {
      const { text } = await confirmed('exec_command', { script: 'seq 1 1500000; echo too full >&2; exit 9' })
      expect(text).toMatch(
        /stderr:\ntoo full\nexit code 9 after \d+ s; it printed \S+ \S+ \(\d+ bytes\)[^\n]+\n[^\n]+end of data\nlast \d+ of \d+ lines shown$/,
      )
    })

    test('ends there what hangs, under every kind of sudo, and leaves nothing', async () => {
      await host.run(['sh', '-c', 'echo "admin ALL=(ALL) NOPASSWD: ALL" >/etc/sudoers.d/zz-admin; chmod 440 /etc/sudoers.d/zz-admin'])
      const passwordless = await open('admin', { sudo: 'passwordless' })
      const password = await open('admin', { sudo: 'password', sudoPassword: host.adminPassword })
      const script = 'trap "" TERM; echo begun; sleep 4721.25 & sleep 4721.25'
      for (const [from, as_root] of [
        [lab, false],
        [passwordless, false],
        [passwordless, true],
        [password, true],
      ] as const) {
        expect(await done('exec_command', { script, as_root, timeout_seconds: 1 }, from)).toMatchObject({
          timed_out: true,
          stdout: 'begun\n',
        })
        expect(await hasProcess('4721.25')).toBe(false)
      }
      await host.run(['rm', '/etc/sudoers.d/zz-admin'])
    })

    test('ends what runs as root once nobody waits for it', async () => {
      const from = await open('admin', { sudo: 'password', sudoPassword: host.adminPassword })
      const input = { command: ['sleep', '4722.25'], as_root: true }
      const planned = await from.call('exec_command', input)
      const stop = new AbortController()
      const confirm = planned.kind === 'plan' ? planned.plan.confirm : ''
      const running = from.catalogue.call({
        name: 'exec_command',
        input: { ...input, confirm },
        caller: { principal: 'local:tester', tier: 'admin' },
        signal: stop.signal,
      })
      await expect.poll(() => hasProcess('4722.25'), { timeout: 10_000 }).toBe(true)
      stop.abort()
      expect(await running).toMatchObject({ kind: 'error', error: { code: 'denied' } })
      await expect.poll(() => hasProcess('4722.25'), { timeout: 15_000 }).toBe(false)
    })

    test('is root by each kind of sudo and only where that was asked for', async () => {
      const whoami = { command: ['id', '-un'] }
      const plain = await open('admin')
      expect(await done('exec_command', whoami, plain)).toMatchObject({ stdout: 'admin\n' })
      expect(await plain.call('exec_command', { ...whoami, as_root: true })).toMatchObject({ kind: 'error', error: { code: 'forbidden' } })
      const password = await open('admin', { sudo: 'password', sudoPassword: host.adminPassword })
      expect(await done('exec_command', whoami, password)).toMatchObject({ stdout: 'admin\n' })
      expect(await done('exec_command', { ...whoami, as_root: true }, password)).toMatchObject({ stdout: 'root\n' })
      expect(await done('exec_command', { script: 'cat; id -un; exit 4', as_root: true }, password)).toMatchObject({
        exit_code: 4,
        stdout: 'root\n',
      })
      const wrong = await open('admin', { sudo: 'password', sudoPassword: 'not-the-password-4711' })
      expect(await wrong.call('exec_command', { ...whoami, as_root: true })).toMatchObject({
        kind: 'error',
        error: { code: 'unauthorized' },
      })
    })

    test('tells ten megabytes by their end, and no secret in them', async () => {
      const script = `head -c 10000000 /dev/zero | tr '\\0' '\\n'; x=orchid; echo "password=$x-lantern-88"; echo the end`
      const result = await confirmed('exec_command', { script })
      expect(result).toMatchObject({ kind: 'done', output: { exit_code: 0, cut: expect.stringContaining('bytes) in all') } })
      expect(result.text).toContain('the end')
      expect(JSON.stringify(result)).not.toContain(secretWord)
    })

    test('refuses what destroys, and runs none of it', async () => {
      for (const input of [{ script: 'touch /run/witness\nmkfs.ext4 /dev/sda\n' }, { command: ['rm', '-rf', '--no-preserve-root', '/'] }])
        expect(await lab.call('exec_command', input)).toMatchObject({ kind: 'error', error: { code: 'protected' } })
      expect((await host.run(['test', '-e', '/run/witness'])).code).toBe(1)
    })
  })

  describe('apply_updates', () => {
    const lantern = { name: 'rw-lantern', files: { '/etc/rw-lantern.conf': 'wick=short\n' } }
    const shield = { name: 'rw-shield' }
    const torch = { name: 'rw-torch' }

    beforeAll(async () => {
      const old = [
        { ...lantern, version: '1.0' },
        { ...shield, version: '1.0' },
        { ...torch, version: '1.0' },
        { name: 'rw-match', version: '1.0' },
      ]
      await putSource(host, 'stable', old)
      const { code, stderr } = await host.run(['apt-get', '-y', '-q', 'install', ...old.map(({ name }) => name)])
      if (code !== 0) throw new Error(stderr)
      await host.run(['sh', '-c', 'apt-mark auto rw-shield; echo wick=long >/etc/rw-lantern.conf'])
      await putSource(host, 'stable', [
        { ...lantern, version: '1.1', files: { '/etc/rw-lantern.conf': 'wick=new\n' } },
        { ...torch, version: '2.0', fields: ['Conflicts: rw-match'] },
      ])
      await putSource(host, 'stable-security', [
        { ...shield, version: '1.0.1', after: 'touch /run/reboot-required; echo rw-shield >>/run/reboot-required.pkgs' },
      ])
    })

    test('foretells exactly what it would install, and what is held back', async () => {
      expect(await lab.call('apply_updates', { only: 'security' })).toMatchObject({
        kind: 'plan',
        plan: { summary: 'Install 1 security update on nas-1', diff: ['rw-shield: 1.0 → 1.0.1'] },
      })
      expect(await lab.call('apply_updates', { only: 'all' })).toMatchObject({
        kind: 'plan',
        plan: {
          diff: ['rw-lantern: 1.0 → 1.1', 'rw-shield: 1.0 → 1.0.1'],
          warnings: expect.arrayContaining([expect.stringMatching(/^Held back, .*: rw-torch\.$/)]),
        },
      })
      expect(await lab.call('apply_updates', { only: 'all', allow_removals: true })).toMatchObject({
        kind: 'plan',
        plan: { diff: expect.arrayContaining(['rw-torch: 1.0 → 2.0', 'rw-match: 1.0 → (removed)']) },
      })
      const plain = await open('admin')
      expect(await plain.call('apply_updates', { only: 'all' })).toMatchObject({ kind: 'error', error: { code: 'forbidden' } })
    })

    test('waits for no lock of another, and says whose turn it is', async () => {
      const lock =
        'use Fcntl; open F, ">>/var/lib/dpkg/lock-frontend"; my $lock = pack("s s q q i", F_WRLCK, 0, 0, 0, 0); fcntl(F, F_SETLK, $lock) or die; print "held\\n"; close STDOUT; sleep 60'
      await host.run(['sh', '-c', 'perl -e "$0" >/run/locked 2>&1 & echo $! >/run/locker', lock])
      await expect.poll(async () => (await host.run(['cat', '/run/locked'])).stdout).toBe('held\n')
      expect(await confirmed('apply_updates', { only: 'security' })).toMatchObject({
        kind: 'error',
        error: { code: 'conflict', message: expect.stringContaining('at work') },
      })
      await host.run(['sh', '-c', 'kill "$(cat /run/locker)"'])
      expect((await host.run(['sh', '-c', 'ls -d /var/tmp/rackwarden-*'])).stdout).toBe('')
    })

    test('installs the planned ones, keeps what was changed by hand, and asks for the reboot they ask for', async () => {
      const result = await confirmed('apply_updates', { only: 'security' })
      expect(result).toMatchObject({
        kind: 'done',
        output: { installed: ['rw-shield: 1.0 → 1.0.1'], removed: [], reboot: expect.stringContaining('rw-shield') },
      })
      expect((await host.run(['apt-mark', 'showauto'])).stdout).toContain('rw-shield')
      expect(await done('apply_updates', { only: 'all' })).toMatchObject({ installed: ['rw-lantern: 1.0 → 1.1'], held_back: ['rw-torch'] })
      expect((await host.run(['cat', '/etc/rw-lantern.conf'])).stdout).toBe('wick=long\n')
      // Where nothing is left to install nothing is to be beware of.
      const { text } = await lab.call('apply_updates', { only: 'security' })
      expect(text).toContain('There is no security update to install on nas-1')
      expect(text).not.toContain('taken back')
      expect((await host.run(['sh', '-c', 'ls -d /var/tmp/rackwarden-*'])).stdout).toBe('')
    })

    test('a token is void once something else would be installed', async () => {
      const planned = await lab.call('apply_updates', { only: 'all', allow_removals: true })
      const confirm = planned.kind === 'plan' ? planned.plan.confirm : ''
      await putSource(host, 'stable', [{ ...torch, version: '2.1', fields: ['Conflicts: rw-match'] }])
      const moved = await lab.call('apply_updates', { only: 'all', allow_removals: true, confirm })
      expect(moved).toMatchObject({ kind: 'plan', plan: { diff: expect.arrayContaining(['rw-torch: 1.0 → 2.1']) } })
      expect(await done('apply_updates', { only: 'all', allow_removals: true })).toMatchObject({
        installed: ['rw-torch: 1.0 → 2.1'],
        removed: ['rw-match'],
      })
      expect(await lab.call('apply_updates', { only: 'all' })).toMatchObject({
        kind: 'plan',
        plan: { summary: 'There is no update to install on nas-1' },
      })
    })

    test('what was begun is finished there, though nobody waits for it any more', async () => {
      await putSource(host, 'stable', [{ ...lantern, version: '1.1.1', after: 'sleep 3' }])
      const planned = await lab.call('apply_updates', { only: 'all' })
      const confirm = planned.kind === 'plan' ? planned.plan.confirm : ''
      const stop = new AbortController()
      const caller = { principal: 'local:tester', tier: 'admin' } as const
      const running = lab.catalogue.call({ name: 'apply_updates', input: { only: 'all', confirm }, caller, signal: stop.signal })
      await expect.poll(() => hasProcess('rw-lantern.postinst'), { timeout: 10_000 }).toBe(true)
      stop.abort()
      expect(await running).toMatchObject({ kind: 'error', error: { code: 'denied' } })
      const version = async () => (await host.run(['dpkg-query', '-W', '-f', '${Version} ${Status}', 'rw-lantern'])).stdout
      await expect.poll(version, { timeout: 15_000 }).toBe('1.1.1 install ok installed')
    })

    test('a package that fails is told by what it said', async () => {
      await putSource(host, 'stable', [{ ...lantern, version: '1.2', after: 'echo the wick is wet >&2; exit 1' }])
      expect(await confirmed('apply_updates', { only: 'all' })).toMatchObject({
        kind: 'error',
        error: { code: 'upstream', message: expect.stringContaining('rw-lantern') },
      })
      await putSource(host, 'stable', [{ ...lantern, version: '1.3' }])
      expect(await done('apply_updates', { only: 'all' })).toMatchObject({ installed: [expect.stringContaining('→ 1.3')] })
    })
  })

  test('reboot_host goes down and comes back as another boot, and tells which units no longer stand', async () => {
    const boot = async () => (await host.run(['cat', '/proc/sys/kernel/random/boot_id'])).stdout
    await addUnit(host, { name: 'backup', service: ['Type=oneshot', `ExecStart=/bin/sh -c 'exit 23'`] })
    await addUnit(host, {
      name: 'once',
      service: ['Type=oneshot', `ExecStart=/bin/sh -c 'test ! -e /var/lib/once && touch /var/lib/once'`],
    })
    expect(await host.run(['systemctl', 'enable', 'once'])).toMatchObject({ code: 0 })
    await host.run(['touch', '/run/reboot-required'])
    const before = await boot()
    const planned = await lab.call('reboot_host', {})
    expect(planned).toMatchObject({
      kind: 'plan',
      plan: {
        summary: 'Reboot nas-1',
        warnings: expect.arrayContaining(['Failed units already: backup.service.', expect.stringContaining('A reboot waits')]),
      },
    })
    expect(await done('reboot_host', {})).toMatchObject({ back: true, failed_before: ['backup.service'], newly_failed: ['once.service'] })
    expect(await boot()).not.toBe(before)
    expect(planned.kind === 'plan' && (await lab.call('reboot_host', { confirm: planned.plan.confirm }))).toMatchObject({ kind: 'plan' })
    const plain = await open('admin')
    expect(await plain.call('reboot_host', {})).toMatchObject({ kind: 'error', error: { code: 'forbidden' } })
  })
})
