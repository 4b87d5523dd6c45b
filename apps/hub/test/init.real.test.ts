import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { requireComponent, startDockerEngine, startSshServer } from '@rackwarden/lab'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { openProcesses, type Processes } from './rackwarden-process.ts'

const usualFile = '.config/rackwarden/rackwarden.yaml'

/** Processes of somebody who has nothing yet. */
async function newcomer(): Promise<{ home: string; processes: Processes }> {
  const home = await mkdtemp(join(tmpdir(), 'rackwarden-home-'))
  const processes = await openProcesses({ HOME: home })
  onTestFinished(async () => {
    await processes.close()
    await rm(home, { recursive: true, force: true })
  })
  return { home, processes }
}

async function mode(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o777).toString(8)
}

describe.skipIf(requireComponent('docker') !== undefined)('init on a real Docker engine', () => {
  test('leads from an empty home to what needs attention', async () => {
    const engine = await startDockerEngine()
    onTestFinished(() => engine.down())
    await engine.importBusybox()
    const policy = { NetworkMode: 'none', RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 1 } }
    await engine.request('POST', '/containers/create?name=sick', { Image: 'busybox:test', Cmd: ['false'], HostConfig: policy })
    await engine.request('POST', '/containers/sick/start')
    const { home, processes } = await newcomer()
    const socket = `unix://${engine.socketPath}`
    const done = await processes.rackwarden('init', '--yes', '--service', `docker=${socket}`, '--client', 'claude-code')
    expect(done).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await readFile(join(home, usualFile), 'utf8')).toContain(`url: ${socket}`)
    expect(JSON.parse(await readFile(join(home, '.claude.json'), 'utf8'))).toMatchObject({
      mcpServers: { rackwarden: { command: process.execPath, args: [expect.stringMatching(/apps\/hub\/dist\/bin\.cjs$/)] } },
    })
    const doctor = await processes.rackwarden('doctor')
    expect(doctor.stdout).toMatch(/^ok +docker /m)
    expect(doctor.stdout).toMatch(/^ok +client +Claude Code starts it as 'rackwarden'/m)
    await vi.waitFor(
      async () => expect((await processes.rackwarden('call', 'needs_attention')).stdout).toContain('docker/container/sick'),
      { timeout: 20_000 },
    )
    const before = await readFile(join(home, usualFile), 'utf8')
    expect(await processes.rackwarden('init', '--yes', '--service', `docker=${socket}`)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('docker: configured already'),
    })
    expect(await readFile(join(home, usualFile), 'utf8')).toBe(before)
  })
})

describe.skipIf(requireComponent('sshd') !== undefined)('init on a real SSH server', () => {
  test('takes a host of ssh_config once its key is accepted, and not before', async () => {
    const server = await startSshServer()
    onTestFinished(() => server.down())
    const { home, processes } = await newcomer()
    await mkdir(join(home, '.ssh'))
    await writeFile(
      join(home, '.ssh/config'),
      `Host nas\n  HostName ${server.host}\n  Port ${server.port}\n  User ${server.user}\n  IdentityFile ${server.userKey}\n`,
    )
    const refused = await processes.service('linux', 'init', '--yes', '--service', 'linux@nas')
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(server.hostFingerprint()) })
    await expect(stat(join(home, usualFile))).rejects.toThrow('ENOENT')
    const accepted = await processes.service('linux', 'init', '--yes', '--service', 'linux@nas', '--accept-fingerprints')
    expect(accepted).toMatchObject({ exitCode: 0, stderr: '' })
    const written = await readFile(join(home, usualFile), 'utf8')
    expect(written).toContain(`sshHostKey: ${server.hostFingerprint()}`)
    expect(written).toContain(`sshKey: file:${server.userKey}`)
    expect(await mode(join(home, usualFile))).toBe('600')
    expect((await processes.service('linux', 'call', 'list_hosts')).stdout).toContain(`ssh://${server.user}@${server.host}:${server.port}`)
    server.changeHostKey()
    await server.stop()
    await server.start()
    const again = ['init', '--yes', '--accept-fingerprints', '--config', 'new.yaml']
    const pinned = ['--service', 'linux@nas', '--set', `linux@nas.sshHostKey=${/SHA256:\S+/.exec(written)?.[0]}`]
    expect(await processes.service('linux', ...again, ...pinned)).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('CHANGED') })
  })
})
