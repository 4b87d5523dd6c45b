import { ToolError, type ExecOptions, type ExecResult } from '@rackwarden/core'
import { expect, test } from 'vitest'
import { openToolbox } from '@rackwarden/core/testing'
import linux from '../src/index.ts'
import simulate from '../src/simulate.ts'

const well = await simulate()

type Exec = (argv: readonly string[], options?: ExecOptions) => Promise<ExecResult>

async function broken(exec: Exec, config: Record<string, unknown> = well.config) {
  const { connection } = well
  if (connection === undefined) throw new Error('the simulator answers through a connection')
  return openToolbox(linux, { ...connection, exec }, { configuration: config })
}

const exec: Exec = async (argv, options) => well.connection?.exec(argv, options) ?? Promise.reject(new Error('no connection'))
const said =
  (result: Partial<ExecResult>): Exec =>
  async () => ({ exitCode: 0, stdout: '', stderr: '', truncated: false, ...result })

test.each<[name: string, exec: Exec, code: string]>([
  ['is not reachable', () => Promise.reject(new ToolError('unreachable', 'refused')), 'unreachable'],
  ['does not answer in time', () => Promise.reject(new ToolError('timeout', 'late')), 'timeout'],
  ['has no shell', said({ exitCode: 127, stderr: 'sh: not found' }), 'invalid_config'],
  ['answers with garbage', said({ stdout: '<html>Welcome</html>' }), 'upstream'],
  ['ends in the middle', async (argv, options) => ({ ...(await exec(argv, options)), stdout: '\n::x system:name\nshe' }), 'upstream'],
  [
    'says more than fits',
    async (argv, options) => ({ ...(await exec(argv, options)), stdout: 'x'.repeat(100), truncated: true }),
    'upstream',
  ],
  ['has no sudo', said({ exitCode: 127, stderr: "env: 'sudo': No such file or directory" }), 'invalid_config'],
  ['wants a password for sudo', said({ exitCode: 1, stderr: 'sudo: a password is required' }), 'unauthorized'],
  ['refuses the password', said({ exitCode: 1, stderr: 'Sorry, try again.\nsudo: 3 incorrect password attempts' }), 'unauthorized'],
  ['lets nobody sudo', said({ exitCode: 1, stderr: 'admin is not in the sudoers file.' }), 'forbidden'],
])('a host that %s is told as that', async (_, faulty, code) => {
  const host = await broken(faulty)
  for (const ask of [() => host.health(), () => host.read('check_host'), () => host.plan('stop_unit', { unit: 'nginx' })])
    await expect(ask()).rejects.toSatisfy(
      (error) => ToolError.isInstance(error) && error.code === code && !/undefined|\[object/.test(error.message),
    )
})

test('a password is given over standard input, in no argument, and one of two lines is refused', async () => {
  const calls: { argv: readonly string[]; stdin: unknown }[] = []
  const host = await broken(async (argv, options) => {
    calls.push({ argv, stdin: options?.stdin })
    return exec(argv, options)
  })
  await host.health()
  expect(calls).toHaveLength(1)
  expect(calls[0]?.argv.join(' ')).not.toContain('pretend-sudo')
  expect(calls[0]?.stdin).toMatch(/^pretend-sudo-of-shelf\n::\w+\n# rackwarden: system manager\n/)
  await expect(broken(exec, { sudo: 'password', sudoPassword: 'two\nlines' })).rejects.toThrow(/in one line/)
  await expect(broken(exec, { sudo: 'password' })).rejects.toThrow(/must be given/)
})

test('one question is one round trip', async () => {
  let calls = 0
  const host = await broken(async (argv, options) => {
    calls += 1
    return exec(argv, options)
  })
  for (const tool of [
    'list_hosts',
    'get_host_info',
    'check_host',
    'list_units',
    'get_interfaces',
    'check_disks',
    'check_pools',
    'check_updates',
  ])
    await host.read(tool)
  expect(calls).toBe(8)
})

test('disks that take longer than there is time are told, and cost nothing else', async () => {
  const host = await broken(async (argv, options) => {
    if (String(options?.stdin).includes('# rackwarden: disks pools')) throw new ToolError('timeout', 'late')
    return exec(argv, options)
  })
  expect((await host.findings()).map(({ id }) => id)).toEqual(
    expect.arrayContaining(['linux/host/disks#slow', 'linux/unit/backup.service#failed', 'linux/filesystem/srv#space']),
  )
})

test('a unit that systemd failed to restart and brought up again by itself is judged by how it is', async () => {
  const failing: Exec = async (argv, options) => {
    const result = await exec(argv, options)
    return { ...result, stdout: result.stdout.replace(/(?<= act:code\n)0/, '1') }
  }
  const host = await broken(failing)
  expect(await host.write('restart_unit', { unit: 'nginx' })).toMatchObject({ settled: true, output: { active: 'active' } })
  await expect(host.write('stop_unit', { unit: 'nginx' })).rejects.toThrow(/systemd could not stop nginx\.service/)
})

test('a command runs under sudo only where that is asked for, with the password over standard input alone', async () => {
  const calls: { argv: readonly string[]; stdin: unknown }[] = []
  const host = await broken(async (argv, options) => {
    calls.push({ argv, stdin: options?.stdin })
    return exec(argv, options)
  })
  const command = ['du', '-sh', '/srv/media']
  await host.write('exec_command', { command })
  await host.write('exec_command', { command, as_root: true })
  await host.write('exec_command', { script: 'for share in /srv/*; do echo "$share"; done', as_root: true })
  const runs = calls.filter(({ argv }) => argv.includes('command') || argv.includes('script'))
  expect(runs.map(({ argv }) => argv[4])).toEqual(['none', 'password', 'password'])
  expect(runs.map(({ stdin }) => String(stdin).replaceAll(/::\w+/g, 'mark'))).toEqual([
    'mark\n',
    'pretend-sudo-of-shelf\nmark\n',
    'pretend-sudo-of-shelf\nmark\nfor share in /srv/*; do echo "$share"; done',
  ])
  expect(calls.flatMap(({ argv }) => argv).join(' ')).not.toContain('pretend-sudo')
})

test('a command whose end was not told has failed, and what sudo said is understood', async () => {
  const fails = (result: Partial<ExecResult>) =>
    broken(async (argv, options) => (argv.includes('command') ? said(result)(argv, options) : exec(argv, options)))
  const input = { command: ['id'], as_root: true }
  await expect((await fails({ exitCode: 137 })).write('exec_command', input)).rejects.toMatchObject({ code: 'upstream' })
  await expect((await fails({ exitCode: 1, stderr: 'Sorry, try again.' })).write('exec_command', input)).rejects.toMatchObject({
    code: 'unauthorized',
  })
  await expect((await fails({ stdout: '\n::forged 0 ended\n' })).write('exec_command', input)).rejects.toMatchObject({ code: 'upstream' })
})

test('a reboot that is refused there is a conflict, and one that cuts the connection is looked after', async () => {
  const { connection } = await simulate()
  const through = async (reboots: Exec) =>
    openToolbox(
      linux,
      {
        ...well.connection!,
        exec: async (argv, options) =>
          String(options?.stdin).includes('# rackwarden: restart\n') ? reboots(argv, options) : connection!.exec(argv, options),
      },
      { configuration: well.config },
    )
  const cut = await through(async (argv, options) => {
    await connection!.exec(argv, options)
    throw new ToolError('unreachable', 'the connection is gone')
  })
  expect(await cut.write('reboot_host', {})).toMatchObject({ settled: true, output: { back: true, failed_before: ['backup.service'] } })
  const held = await through(async (argv, options) => {
    const answer = await connection!.exec(argv, options)
    return {
      ...answer,
      stdout: answer.stdout
        .replace('restart:said\n', 'restart:said\nOperation inhibited by upsd')
        .replace('restart:code\n0', 'restart:code\n1'),
    }
  })
  await expect(held.write('reboot_host', {})).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('inhibited by upsd'),
  })
})
