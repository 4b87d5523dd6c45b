import { expect, test } from 'vitest'
import { admitCommand } from '../../src/index.ts'

test('what the policy lets nobody run is refused, and what it wants asked about is a warning of the plan', async () => {
  expect(await admitCommand(['df', '-h'], undefined)).toEqual([])
  const [caution] = await admitCommand(['reboot'], undefined)
  expect(caution).toMatch(/^The command is one to be asked about: /)
  await expect(admitCommand(['rm', '-rf', '/'], undefined)).rejects.toMatchObject({
    code: 'protected',
    message: expect.stringMatching(/^The command is refused: /),
    hint: 'If it must be, the owner runs it without Rackwarden.',
  })
})

test('the state directory is ours where it is given', async () => {
  const command = ['rm', '-rf', '/srv/rackwarden-state']
  await expect(admitCommand(command, '/srv/rackwarden-state')).rejects.toMatchObject({ code: 'protected' })
  expect(await admitCommand(command, undefined)).toBeInstanceOf(Array)
})

test('neither a refusal nor a warning repeats the command, which may hold a secret', async () => {
  const [caution] = await admitCommand(['reboot', 'hunter2'], undefined)
  expect(caution).toBeDefined()
  expect(caution).not.toContain('hunter2')
  const refused = await admitCommand(['sh', '-c', 'rm -rf / --token=hunter2'], undefined).catch((error: unknown) => String(error))
  expect(refused).toContain('refused')
  expect(refused).not.toContain('hunter2')
})
