import { once } from 'node:events'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { requireComponent, startDockerEngine, type DockerEngine } from '@rackwarden/lab'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { addressOf, openProcesses, type Processes } from './rackwarden-process.ts'

const missing = requireComponent('docker')

describe.skipIf(missing !== undefined)('the hub on a real Docker engine', () => {
  let engine: DockerEngine
  let processes: Processes

  beforeAll(async () => {
    engine = await startDockerEngine()
    await engine.importBusybox()
    await createContainer('web', { Cmd: ['sh', '-c', 'touch /ok; exec sleep 600'], Healthcheck: healthcheck('test -f /ok') })
    await createContainer('stubborn', { Cmd: ['sh', '-c', 'trap "" TERM; while :; do sleep 1; done'] })
    await createContainer('broken', { Cmd: ['sleep', '600'], Healthcheck: healthcheck('false') })
    processes = await openProcesses({ DOCKER_HOST: `unix://${engine.socketPath}`, RACKWARDEN_TIER: 'operate' })
  })

  afterAll(async () => {
    await processes?.close()
    await engine?.down()
  })

  async function createContainer(name: string, options: Record<string, unknown>): Promise<void> {
    const created = await engine.request('POST', `/containers/create?name=${name}`, {
      Image: 'busybox:test',
      HostConfig: { NetworkMode: 'none', Init: name !== 'stubborn' },
      ...options,
    })
    expect(created.status).toBe(201)
    expect((await engine.request('POST', `/containers/${name}/start`)).status).toBe(204)
  }

  async function startedAt(name: string): Promise<string> {
    const { body } = await engine.request('GET', `/containers/${name}/json`)
    return (body as { State: { StartedAt: string } }).State.StartedAt
  }

  async function planned(container: string): Promise<string> {
    const { exitCode, stdout } = await processes.rackwarden('call', 'docker_restart_container', `container=${container}`, '--json')
    expect(exitCode).toBe(3)
    const result = JSON.parse(stdout) as { kind: string; plan: { confirm: string } }
    expect(result.kind).toBe('plan')
    return result.plan.confirm
  }

  test('without configuration of its own it lists tools and calls one, as text and as JSON', async () => {
    const tools = await processes.rackwarden('tools', '--json')
    expect(tools.exitCode).toBe(0)
    expect((JSON.parse(tools.stdout) as { name: string }[]).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['docker_list_containers', 'docker_restart_container', 'service_health']),
    )
    const listed = await processes.rackwarden('call', 'docker_list_containers', '--json')
    expect(listed.exitCode).toBe(0)
    const { output } = JSON.parse(listed.stdout) as { output: { containers: { name: string }[] } }
    expect(output.containers.map(({ name }) => name).toSorted()).toEqual(['broken', 'stubborn', 'web'])
    expect((await processes.rackwarden('call', 'docker_list_containrs')).exitCode).toBe(2)
    expect((await processes.rackwarden('call', 'docker_get_container', 'container=nothing')).exitCode).toBe(1)
  })

  test('a restart planned in one shell is confirmed in another, once, and settles healthy', async () => {
    const before = await startedAt('web')
    const confirm = await planned('web')
    expect(await startedAt('web')).toBe(before)
    const done = await processes.rackwarden('call', 'docker_restart_container', 'container=web', `confirm=${confirm}`)
    expect(done).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^DONE and verified[^]*healthy/) as string })
    const after = await startedAt('web')
    expect(after).not.toBe(before)
    const again = await processes.rackwarden('call', 'docker_restart_container', 'container=web', `confirm=${confirm}`)
    expect(again.stdout).toMatch(/^Already carried out at /)
    expect(await startedAt('web')).toBe(after)
  })

  test('the same from the service alone, unprefixed', async () => {
    const before = await startedAt('web')
    const plan = await processes.service('docker', 'call', 'restart_container', 'container=web')
    expect(plan.exitCode).toBe(3)
    const confirm = /confirm: ([A-Z2-7]{16})/.exec(plan.stdout)?.[1] ?? ''
    const done = await processes.service('docker', 'call', 'restart_container', 'container=web', `confirm=${confirm}`)
    expect(done).toMatchObject({ exitCode: 0 })
    expect(await startedAt('web')).not.toBe(before)
  })

  test('a restart that does not settle is an error that says why', async () => {
    const confirm = await planned('broken')
    const failed = await processes.rackwarden('call', 'docker_restart_container', 'container=broken', `confirm=${confirm}`)
    expect(failed.exitCode).toBe(1)
    expect(failed.stdout + failed.stderr).toMatch(/done, but[^]*health check fails/)
  })

  test('of two processes with one token exactly one restarts', async () => {
    const confirm = await planned('web')
    const events = Math.floor(Date.now() / 1_000)
    const results = await Promise.all(
      [1, 2].map(() => processes.rackwarden('call', 'docker_restart_container', 'container=web', `confirm=${confirm}`)),
    )
    expect(results.filter(({ stdout }) => stdout.startsWith('DONE'))).toHaveLength(1)
    expect(await restartsSince(events)).toBe(1)
  })

  async function restartsSince(seconds: number): Promise<number> {
    const filters = encodeURIComponent(JSON.stringify({ event: ['restart'], container: ['web'] }))
    const { body } = await engine.request('GET', `/events?since=${seconds}&until=${Math.floor(Date.now() / 1_000) + 1}&filters=${filters}`)
    const text = typeof body === 'string' ? body : JSON.stringify(body ?? '')
    return text.match(/"Action":"restart"/g)?.length ?? 0
  }

  test('a state that moved voids the plan', async () => {
    const confirm = await planned('web')
    await engine.request('POST', '/containers/web/stop?t=0')
    const moved = await processes.rackwarden('call', 'docker_restart_container', 'container=web', `confirm=${confirm}`)
    expect(moved.exitCode).toBe(3)
    expect(moved.stdout).toContain('The state moved after the plan was made')
    await engine.request('POST', '/containers/web/start')
  })

  test('killed between intent and outcome, the chain still verifies and names the unfinished write', async () => {
    const confirm = await planned('stubborn')
    const child = processes.start('call', 'docker_restart_container', 'container=stubborn', `confirm=${confirm}`)
    const ended = once(child, 'exit')
    await vi.waitFor(async () => expect(await auditText()).toMatch(/"intent"[^\n]*stubborn|stubborn[^\n]*"intent"/), {
      timeout: 10_000,
      interval: 20,
    })
    child.kill('SIGKILL')
    await ended
    const verified = await processes.rackwarden('audit', '--verify')
    expect(verified.stdout + verified.stderr).toMatch(/docker\/container\/stubborn/)
    expect(verified.stdout + verified.stderr).not.toMatch(/broken|differs|missing/)
    const again = await processes.rackwarden('call', 'docker_restart_container', 'container=stubborn', `confirm=${confirm}`)
    expect(again.exitCode).toBe(1)
    expect(again.stdout + again.stderr).toContain('its outcome is not known')
  })

  async function auditText(): Promise<string> {
    const directory = join(processes.stateDirectory, 'audit')
    const files = await readdir(directory)
    return (await Promise.all(files.map((file) => readFile(join(directory, file), 'utf8')))).join('\n')
  }

  test('of several engines the dead one is named and the others answer', async () => {
    const file = join(processes.stateDirectory, '..', 'two.yaml')
    await writeFile(
      file,
      `services: { docker: { instances: { here: { url: "unix://${engine.socketPath}" }, gone: { url: "unix:///nowhere/docker.sock" } } } }\n`,
    )
    const listed = await processes.rackwarden('call', 'docker_list_containers', '--json', '--config', file)
    const { output } = JSON.parse(listed.stdout) as { output: { containers: { instance: string; name: string }[]; unanswered: unknown } }
    expect(output.containers).toContainEqual(expect.objectContaining({ instance: 'here', name: 'web' }))
    expect(output.unanswered).toEqual([{ instance: 'gone', error: expect.stringContaining('unreachable: ') as string }])
    const unnamed = await processes.rackwarden('call', 'docker_restart_container', 'container=web', '--config', file)
    expect(unnamed).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('The instances are: here, gone.') as string })
    const offered = await processes.rackwarden('call', 'docker_restart_container', 'container=web', 'instance=here', '--config', file)
    expect(offered).toMatchObject({ exitCode: 3, stdout: expect.stringContaining('targets: docker@here/container/web') as string })
    const doctor = await processes.rackwarden('doctor', '--config', file)
    expect(doctor.exitCode).toBe(1)
    expect(doctor.stdout).toMatch(/docker@gone[^]*There is no socket at \/nowhere\/docker\.sock/)
  })

  test('served over HTTP it says when the engine is down, and is well again once the engine is', async () => {
    const hub = processes.start('serve', '--http', '127.0.0.1:0')
    const client = new Client({ name: 'test', version: '1.0.0' })
    await client.connect(new StreamableHTTPClientTransport(new URL(await addressOf(hub))))
    const call = async (name: string, input: Record<string, unknown> = {}) => {
      const result = await client.callTool({ name, arguments: input })
      return result.content.map((part) => (part.type === 'text' ? part.text : '')).join('\n')
    }
    expect(await call('service_health')).toMatch(/status: ok/)
    await engine.stop()
    expect(await call('service_health')).toMatch(/status: down[^]*unreachable: /)
    expect(await call('needs_attention')).toMatch(/critical: Docker does not answer/)
    expect(await call('docker_list_containers')).toMatch(/^unreachable: /)
    await engine.start()
    expect(await call('service_health')).toMatch(/status: ok/)
    expect(await call('docker_list_containers')).toContain('web')
    await client.close()
    const ended = once(hub, 'exit')
    hub.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
  })
})

function healthcheck(command: string): Record<string, unknown> {
  const second = 1_000_000_000
  return { Test: ['CMD-SHELL', command], Interval: second, Timeout: second, Retries: 1, StartPeriod: 0 }
}
