import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { openSimulatedLab, type SimulatedLab } from '@rackwarden/core/testing'
import { requireComponent, startDockerEngine, startSshServer, type DockerEngine, type SshServer } from '@rackwarden/lab'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import docker from '../src/index.ts'

const missing = requireComponent('docker') ?? requireComponent('sshd')
const second = 1_000_000_000

describe.skipIf(missing !== undefined)('a real Docker engine behind a real SSH server', () => {
  let engine: DockerEngine
  let server: SshServer
  let lab: SimulatedLab
  let configuration: Record<string, unknown>

  beforeAll(async () => {
    ;[engine, server] = await Promise.all([startDockerEngine(), startSshServer()])
    await engine.importBusybox()
    configuration = {
      url: `ssh://${server.user}@${server.host}:${server.port}${engine.socketPath}`,
      sshKey: server.userKey,
      sshHostKey: server.hostFingerprint(),
    }
    lab = await openSimulatedLab(docker, { configuration })
    const made = await engine.request('POST', '/containers/create?name=web', {
      Image: 'busybox:test',
      Cmd: ['sh', '-c', 'touch /tmp/well; echo listening; echo slow disk >&2; while :; do sleep 1; done'],
      Healthcheck: { Test: ['CMD-SHELL', 'test -f /tmp/well'], Interval: second / 2, Timeout: second * 5, Retries: 2 },
      HostConfig: { Init: true, Binds: ['shop_web:/data'], ...(engine.networked ? {} : { NetworkMode: 'none' }) },
    })
    const started = await engine.request('POST', '/containers/web/start')
    if (made.status !== 201 || started.status !== 204) throw new Error(`The container was not started: ${JSON.stringify([made, started])}`)
    const health = async () => {
      const { body } = await engine.request('GET', '/containers/web/json')
      return (body as { State: { Health?: { Status: string } } }).State.Health?.Status
    }
    while ((await health()) !== 'healthy') await new Promise((resolve) => setTimeout(resolve, 100))
  })

  afterAll(async () => {
    await lab?.close()
    await server?.down()
    await engine?.down()
  })

  async function done(name: string, input: Record<string, unknown> = {}) {
    const result = await lab.call(name, input)
    expect(result).toMatchObject({ kind: 'done' })
    return result.kind === 'done' ? (result.output as Record<string, Record<string, unknown>[]>) : {}
  }

  async function confirmed(name: string, input: Record<string, unknown>) {
    const planned = await lab.call(name, input)
    expect(planned).toMatchObject({ kind: 'plan' })
    return lab.call(name, { ...input, confirm: planned.kind === 'plan' ? planned.plan.confirm : '' })
  }

  test('every read answers, over one connection', async () => {
    expect((await done('service_health'))['services']).toMatchObject([{ status: 'ok' }])
    expect((await done('list_containers'))['containers']).toMatchObject([{ name: 'web', state: 'running', health: 'healthy' }])
    expect(await done('get_container', { container: 'web' })).toMatchObject({ name: 'web', mounts: ['shop_web → /data'] })
    expect((await done('get_logs', { container: 'web' }))['lines']).toEqual(
      expect.arrayContaining([expect.objectContaining({ text: 'listening' }), expect.objectContaining({ text: 'slow disk' })]),
    )
    expect((await done('get_stats'))['containers']).toMatchObject([{ name: 'web' }])
    expect((await done('list_images'))['images']).toMatchObject([{ tags: 'busybox:test' }])
    expect((await done('list_volumes', { sizes: true }))['volumes']).toMatchObject([{ name: 'shop_web', containers: 'web' }])
    expect((await done('list_networks'))['networks']?.length).toBeGreaterThan(0)
    expect(server.connections()).toHaveLength(1)
  })

  test('writes are planned, done and verified', async () => {
    expect(await confirmed('restart_container', { container: 'web' })).toMatchObject({ kind: 'done', output: { health: 'healthy' } })
    expect(await confirmed('stop_container', { container: 'web' })).toMatchObject({ kind: 'done', output: { state: 'exited' } })
    expect(await confirmed('start_container', { container: 'web' })).toMatchObject({ kind: 'done', output: { health: 'healthy' } })
  })

  test('commands run through it, and those that hang are ended', async () => {
    const said = await confirmed('exec_container', { container: 'web', command: ['sh', '-c', 'echo out; echo err >&2; exit 3'] })
    expect(said).toMatchObject({ kind: 'done', output: { exit_code: 3, stdout: 'out\n', stderr: 'err\n' } })
    const hanging = await confirmed('exec_container', { container: 'web', command: ['sleep', '4711'], timeout_seconds: 1 })
    expect(hanging).toMatchObject({ kind: 'done', output: { timed_out: true, exit_code: 137 } })
  })

  test('many calls at once share the connection', async () => {
    await Promise.all(Array.from({ length: 20 }, async () => done('list_containers')))
    expect(server.connections()).toHaveLength(1)
  })

  test('the host being away is told with its name, and it is healthy again when it is back', async () => {
    await server.stop()
    const [down] = (await done('service_health'))['services'] ?? []
    expect(down).toMatchObject({ status: 'down', evidence: expect.stringContaining(`127.0.0.1:${server.port}`) })
    await server.start()
    expect((await done('service_health'))['services']).toMatchObject([{ status: 'ok' }])
  })

  test('the program that ships reaches it from the environment alone, and ends by itself', async () => {
    const home = await mkdtemp(join(tmpdir(), 'docker-ssh-'))
    onTestFinished(() => rm(home, { recursive: true }))
    const bin = fileURLToPath(new URL('../dist/bin.cjs', import.meta.url))
    const env = {
      PATH: process.env['PATH'],
      HOME: home,
      DOCKER_HOST: String(configuration['url']),
      DOCKER_SSH_KEY: server.userKey,
      DOCKER_SSH_HOST_KEY: server.hostFingerprint(),
    }
    const { stdout } = await promisify(execFile)(process.execPath, [bin, 'call', 'list_containers', '--json'], { env })
    expect(stdout).toContain('"web"')
  })

  test('an unknown host is refused with the line to add', async () => {
    const strange = await openSimulatedLab(docker, {
      configuration: { ...configuration, sshHostKey: undefined, sshKnownHosts: '/dev/null' },
    })
    const result = await strange.call('list_containers', {})
    await strange.close()
    expect(result).toMatchObject({
      kind: 'error',
      error: { code: 'unreachable', hint: expect.stringContaining(`sshHostKey: "${server.hostFingerprint()}"`) },
    })
  })
})
