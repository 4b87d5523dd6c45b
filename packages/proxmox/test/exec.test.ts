import { describe, expect, test } from 'vitest'
import { capped } from '../src/agent-command.ts'
import { defaultWorld } from '../src/simulation/default-world.ts'
import type { SimulatedProgram } from '../src/simulation/world.ts'
import { carriedOut, openCluster, openLab } from './cluster.ts'

const withPrograms = (programs: Record<string, SimulatedProgram>) => ({
  guests: defaultWorld.guests.map((one) => (one.id === 102 ? { ...one, programs } : one)),
})

describe('a command in a guest', () => {
  test('goes as words no shell reads, and its exit code and output come back', async () => {
    const { write, exchanges } = await openCluster()
    const { output } = await write('exec_guest', { guest: 'dock1', command: ['echo', 'a b', '$(id)', '; rm x'] })
    expect(output).toMatchObject({ exit_code: 0, timed_out: false, stdout: 'a b $(id) ; rm x\n' })
    const sent = new URLSearchParams(exchanges.find(({ target }) => target.endsWith('/agent/exec'))?.sent)
    expect(sent.getAll('command')).toEqual(['echo', 'a b', '$(id)', '; rm x'])
  })

  test('that fails is done, with its exit code and complaint', async () => {
    const lab = await openLab(withPrograms({ 'apt-get': { code: 100, error: 'E: Unable to fetch\n' } }))
    const done = await carriedOut(lab, 'exec_guest', { guest: 'dock1', command: ['apt-get', 'update'] })
    expect(done).toMatchObject({ kind: 'done', output: { exit_code: 100, stderr: 'E: Unable to fetch\n' } })
    expect(done.text).toContain('exit code 100')
  })

  test('that is not over in its time goes on, and says under which number', async () => {
    const { write } = await openCluster()
    const { output } = await write('exec_guest', { guest: 'dock1', command: ['sleep', '600'], timeout_seconds: 1 })
    expect(output).toMatchObject({ timed_out: true, note: expect.stringMatching(/it goes on in the guest as process \d+/) })
  })

  test.each([
    [{ guest: 'dock1', command: ['rm', '-rf', '/'] }, 'The command is refused'],
    [{ guest: 'dock1', command: ['mkfs.ext4', '/dev/sda'] }, 'The command is refused'],
    [{ guest: 'wiki', command: ['id'] }, 'is a container: it has no agent'],
    [{ guest: 'build', command: ['id'] }, 'is stopped: nothing can be run in it'],
    [{ guest: 'camera', command: ['id'] }, 'The guest agent of camera (122) does not answer'],
    [{ guest: 'windows', command: ['id'] }, 'The guest agent of windows (108) is not configured'],
    [{ guest: 'dock1', command: [] }, 'command'],
  ])('%j is refused with the reason', async (input, why) => {
    const lab = await openLab()
    const result = await lab.call('exec_guest', input)
    expect(result.kind).toBe('error')
    expect(result.text).toContain(why)
  })

  test('that is to be asked about says so, and a secret in it is not shown', async () => {
    const { plan } = await openCluster()
    const { summary, warnings } = await plan('exec_guest', { guest: 'dock1', command: ['reboot'] })
    expect(summary).toBe('Run in dock1 (102): reboot')
    expect(warnings?.join('\n')).toContain('one to be asked about')
    const secret = await plan('exec_guest', { guest: 'dock1', command: ['mysql', '--password=hunter22hunter22', '-e', 'show tables'] })
    expect(JSON.stringify(secret)).not.toContain('hunter22')
  })

  test('that there is no such program is told', async () => {
    const lab = await openLab()
    const result = await carriedOut(lab, 'exec_guest', { guest: 'dock1', command: ['frobnicate'] })
    expect(result).toMatchObject({ kind: 'error' })
    expect(result.text).toContain('frobnicate')
  })

  test('has a way back where one is taken first', async () => {
    const lab = await openLab(
      withPrograms({
        'apt-get -y full-upgrade': { out: 'Setting up docker-ce (5:30) ...\n', leaves: 'broken' },
        'broken: systemctl is-active docker': { out: 'failed\n', code: 3 },
      }),
    )
    const state = async () =>
      (
        (await carriedOut(lab, 'exec_guest', { guest: 'dock1', command: ['systemctl', 'is-active', 'docker'] })) as {
          output?: { stdout: string }
        }
      ).output?.stdout
    const upgraded = await carriedOut(lab, 'exec_guest', {
      guest: 'dock1',
      command: ['apt-get', '-y', 'full-upgrade'],
      snapshot_first: true,
    })
    expect(upgraded.text).toContain('Taken first: proxmox/snapshot/102/rackwarden-2')
    expect(upgraded.text).toContain('rollback_snapshot guest=102 snapshot=rackwarden-2 goes back to it')
    expect(await state()).toBe('failed\n')
    expect(await carriedOut(lab, 'rollback_snapshot', { guest: 'dock1', snapshot: 'rackwarden-2' })).toMatchObject({ kind: 'done' })
    expect(await state()).toBe('active\n')
  })
})

test('of a long output the beginning and the end are kept', () => {
  const text = `${'a'.repeat(100_000)}${'b'.repeat(100_000)}`
  expect(capped(text).length).toBeLessThan(33_000)
  expect(capped(text)).toMatch(/^a+\n\[167232 characters left out\]\nb+$/)
  expect(capped('short')).toBe('short')
})
