import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createConnection } from '@rackwarden/core/runtime'
import { openSimulatedLab, openToolbox, type SimulatedLab } from '@rackwarden/core/testing'
import { requireComponent } from '@rackwarden/lab'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import linux from '../src/index.ts'

const missing = requireComponent('sshd')

/** Whether anything on this machine was started with this word; a zombie has no words any more. */
function runs(word: string): boolean {
  const shown = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' })
  return shown.split('\n').some((line) => line.includes(word) && !line.includes('ps -eo'))
}

describe.skipIf(missing !== undefined).each([
  { name: 'dash', shell: ['dash'] },
  { name: 'bash', shell: ['bash'] },
  { name: 'busybox sh', shell: ['busybox', 'sh'] },
])('a command on this machine, through $name', async ({ shell }) => {
  const base = createConnection({}, { log: () => undefined })
  const { write, context } = await openToolbox(linux, {
    ...base,
    exec: (argv, options) => base.exec([...shell, ...argv.slice(1)], options),
  })
  const exec = async (input: Record<string, unknown>) => (await write('exec_command', input)).output as Record<string, unknown>

  test('is run with exactly its words, and its exit code is a result', async () => {
    const words = ['it is', "o'clock", '$HOME', '`id`', '', '-n', '*', 'a\nb', '; exit 9']
    expect(await exec({ command: ['printf', '<%s>', ...words] })).toMatchObject({
      exit_code: 0,
      stdout: words.map((word) => `<${word}>`).join(''),
      stderr: '',
    })
    expect(await exec({ command: ['sh', '-c', 'echo out; echo no >&2; exit 7'] })).toMatchObject({
      exit_code: 7,
      stdout: 'out\n',
      stderr: 'no\n',
    })
    expect(await exec({ command: ['no-such-program-here'] })).toMatchObject({
      exit_code: 127,
      stderr: expect.stringContaining('not found'),
    })
    expect(await exec({ command: ['cat'] })).toMatchObject({ exit_code: 0, stdout: '' })
  })

  test('may be a script, of which no program in it eats the rest', async () => {
    const script = ['cd /usr', 'cat', "name='a  b'", 'for i in 1 2; do', '  printf "%s %s\\n" "$i" "$name"', 'done', 'pwd', 'exit 3'].join(
      '\n',
    )
    expect(await exec({ script })).toMatchObject({ exit_code: 3, stdout: '1 a  b\n2 a  b\n/usr\n' })
    expect(await exec({ script: 'echo first\nif then\n' })).toMatchObject({
      exit_code: 2,
      stderr: expect.stringMatching(/syntax|unexpected/i),
    })
    expect(await exec({ script: 'cat <<E\nno $end of it\nE\n' })).toMatchObject({ exit_code: 0, stdout: 'no  of it\n' })
  })

  test('runs in the directory it is given, or is told that there is none', async () => {
    expect(await exec({ command: ['pwd'], directory: '/usr/lib' })).toMatchObject({ stdout: '/usr/lib\n' })
    await expect(exec({ command: ['pwd'], directory: '/no such place' })).rejects.toMatchObject({ code: 'not_found' })
  })

  test('that hangs is ended with all it started, and what it said until then is told', async () => {
    const script = 'trap "" TERM; echo begun; sleep 4711.25 & setsid sleep 0.1; sleep 4711.25'
    expect(await exec({ script, timeout_seconds: 1 })).toMatchObject({ timed_out: true, stdout: 'begun\n' })
    expect(runs('4711.25')).toBe(false)
  })

  test('leaves nothing behind that it started in the background', async () => {
    expect(await exec({ script: 'sleep 4712.25 & echo done' })).toMatchObject({ exit_code: 0, stdout: 'done\n' })
    expect(runs('4712.25')).toBe(false)
  })

  test('nobody waits for any more is ended', async () => {
    const stop = new AbortController()
    const client = context.client as { run: (command: object, options: object) => Promise<unknown> }
    const running = client.run({ argv: ['sleep', '4713.25'], directory: undefined, seconds: 60 }, { signal: stop.signal })
    await expect.poll(() => runs('4713.25')).toBe(true)
    stop.abort(new Error('nobody waits'))
    await expect(running).rejects.toThrow('nobody waits')
    await expect.poll(() => runs('4713.25'), { timeout: 8_000 }).toBe(false)
  })

  test('that says ten megabytes is told by their end, and by how many they were', async () => {
    const script = 'head -c 10000000 /dev/zero | tr "\\0" "\\n"; echo the end; head -c 50000 /dev/zero | tr "\\0" x >&2'
    const told = await exec({ script })
    expect(told).toMatchObject({
      exit_code: 0,
      stdout: expect.stringMatching(/the end\n$/),
      cut: expect.stringContaining('(10000008 bytes)'),
    })
    expect(String(told['stdout']).length).toBeLessThanOrEqual(32 * 1024)
    expect(String(told['stderr']).length).toBeLessThanOrEqual(32 * 1024)
  })
})

describe.skipIf(missing !== undefined)('a command through the gate', () => {
  const directory = mkdtempSync(join(tmpdir(), 'rw-command-'))
  let lab: SimulatedLab

  beforeAll(async () => {
    lab = await openSimulatedLab(linux, { configuration: { url: 'local', sudo: 'none', sudoPassword: undefined } })
  })
  afterAll(async () => {
    await lab.close()
    rmSync(directory, { recursive: true })
  })

  test('that the policy refuses is never run, not even its harmless lines', async () => {
    const witness = join(directory, 'witness')
    for (const input of [
      { script: `touch ${witness}\nrm -rf --no-preserve-root /\n` },
      { command: ['sh', '-c', `touch ${witness}; mkfs.ext4 /dev/sda`] },
      { command: ['rm', '-rf', '.'], directory: '/etc' },
      { command: ['tee', join(lab.stateDirectory, 'owner.json')] },
      { command: ['tee', 'owner.json'], directory: lab.stateDirectory },
    ])
      expect(await lab.call('exec_command', input)).toMatchObject({ kind: 'error', error: { code: 'protected' } })
    expect(existsSync(witness)).toBe(false)
  })

  test('that is one to be asked about says so in its plan, and one that only reads does not', async () => {
    const asked = await lab.call('exec_command', { command: ['systemctl', 'reboot'] })
    expect(asked).toMatchObject({
      kind: 'plan',
      plan: { warnings: [expect.anything(), expect.stringMatching(/^Command policy: a person should decide\. .*takes this host down/)] },
    })
    const read = await lab.call('exec_command', { command: ['uname', '-a'] })
    expect(read).toMatchObject({
      kind: 'plan',
      plan: {
        summary: expect.stringMatching(/^Run on \S+ as \w+: uname -a$/),
        warnings: [expect.anything(), expect.stringMatching(/^Command policy: no objection\./)],
      },
    })
    for (const input of [{}, { command: ['id'], script: 'id' }, { command: ['-a', 'id', 'reboot'] }, { command: [''] }])
      expect(await lab.call('exec_command', input)).toMatchObject({ kind: 'error', error: { code: 'invalid_input' } })
  })

  test('for a reboot of the very machine that serves us is refused, whoever agrees', async () => {
    expect(await lab.call('reboot_host', {})).toMatchObject({
      kind: 'error',
      error: { code: 'protected', message: expect.stringContaining('rackwarden/process/host') },
    })
  })

  test('whose output holds a secret shows it in no result and in no record', async () => {
    const input = { script: 'echo "password=orchid-lantern-99"; echo "ghp_0123456789abcdefghijklmnopqrstuvwxyz"' }
    const script = { script: 'x=orchid; echo "password=$x-lantern-99"' }
    const planned = await lab.call('exec_command', script)
    const done = await lab.call('exec_command', { ...script, confirm: planned.kind === 'plan' ? planned.plan.confirm : '' })
    expect(done).toMatchObject({ kind: 'done', output: { exit_code: 0 } })
    expect(JSON.stringify(done)).not.toContain('orchid-lantern')
    expect(done.text).toContain('password=[redacted]')
    const named = await lab.call('exec_command', input)
    expect(named.text).not.toMatch(/orchid-lantern|ghp_0123/)
  })
})
