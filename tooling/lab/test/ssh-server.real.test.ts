import { execFile } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { requireComponent, startSshServer, type SshServer } from '@rackwarden/lab'
import { describe, onTestFinished, test } from 'vitest'

const missing = requireComponent('sshd')

/** Logs in as a person would, with the client of the machine. */
async function logIn(server: SshServer, command: string): Promise<string> {
  const knownHosts = join(server.directory, 'known_hosts')
  writeFileSync(knownHosts, `${server.knownHostsLine()}\n`)
  const options = [
    'BatchMode=yes',
    'StrictHostKeyChecking=yes',
    `UserKnownHostsFile=${knownHosts}`,
    'IdentitiesOnly=yes',
    'IdentityAgent=none',
  ]
  const { stdout } = await promisify(execFile)('ssh', [
    '-F',
    'none',
    '-i',
    server.userKey,
    '-p',
    String(server.port),
    ...options.flatMap((option) => ['-o', option]),
    `${server.user}@${server.host}`,
    command,
  ])
  return stdout
}

describe.skipIf(missing !== undefined)('an SSH server of the lab', () => {
  test('lets its key in, knows its connections, and shows another host key after a change', async ({ expect }) => {
    const server = await startSshServer()
    onTestFinished(() => server.down())
    expect(await logIn(server, 'echo here')).toBe('here\n')
    await expect.poll(() => server.connections()).toEqual([])
    const before = server.hostFingerprint()
    await server.stop()
    await expect(logIn(server, 'true')).rejects.toThrow()
    server.changeHostKey()
    await server.start()
    expect(server.hostFingerprint()).not.toBe(before)
    expect(await logIn(server, 'echo again')).toBe('again\n')
  })

  test('runs commands through the shell it is given, and leaves nothing when it goes', async ({ expect }) => {
    const server = await startSshServer({ shell: 'busybox sh' })
    expect(await logIn(server, 'echo "$0"')).toBe('sh\n')
    await server.down()
    expect(existsSync(server.directory)).toBe(false)
  })
})
