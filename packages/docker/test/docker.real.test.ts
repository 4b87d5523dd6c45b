import { openSimulatedLab, type SimulatedLab } from '@rackwarden/core/testing'
import { requireComponent, startDockerEngine, type DockerEngine } from '@rackwarden/lab'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import docker from '../src/index.ts'

const missing = requireComponent('docker')
const second = 1_000_000_000
const forever = 'while :; do sleep 1; done'

interface Wanted {
  script: string
  health?: string
  restart?: string
  more?: Record<string, unknown>
  host?: Record<string, unknown>
}

describe.skipIf(missing !== undefined)('a real Docker engine', () => {
  let engine: DockerEngine
  let lab: SimulatedLab

  beforeAll(async () => {
    engine = await startDockerEngine()
    await engine.importBusybox()
    await create('web', {
      script: `touch /tmp/well; echo listening; echo slow disk >&2; ${forever}`,
      health: 'test -f /tmp/well',
      restart: 'unless-stopped',
      more: {
        Env: ['DATABASE_PASSWORD=orchid-lantern-77'],
        Labels: { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'web' },
      },
      host: { Memory: 64 * 1024 * 1024, Binds: ['shop_web:/data'] },
    })
    // Well at its first start only: what a restart cannot heal.
    await create('sick', {
      script: `test -f /began && rm -f /well || touch /well; touch /began; ${forever}`,
      health: 'test -f /well || { echo no redis; false; }',
    })
    await create('healing', {
      script: `test -f /began && touch /well; touch /began; ${forever}`,
      health: 'test -f /well || { echo no redis; false; }',
    })
    await create('loop', { script: 'echo boom; exit 7', restart: 'always' })
    await create('gave-up', { script: 'echo dead; exit 3', restart: 'on-failure' })
    await create('terminal', { script: `echo from a terminal; ${forever}`, more: { Tty: true }, host: { NetworkMode: 'container:web' } })
    await create('job', { script: 'echo done' })
    await create('fleeting', { script: forever, host: { AutoRemove: true } })
    await engine.request('POST', '/volumes/create', { Name: 'left_behind' })
    lab = await openSimulatedLab(docker, { configuration: { url: `unix://${engine.socketPath}` } })
    await until(async () => (await stateOf('healing')) === 'unhealthy' && (await stateOf('web')) === 'healthy')
    await until(async () => (await inspect('gave-up')).State.Status === 'exited')
  })

  afterAll(async () => {
    await lab?.close()
    await engine?.down()
  })

  async function create(name: string, { script, health, restart = 'no', more, host }: Wanted): Promise<void> {
    const made = await engine.request('POST', `/containers/create?name=${name}`, {
      Image: 'busybox:test',
      Cmd: ['sh', '-c', script],
      ...(health === undefined
        ? {}
        : { Healthcheck: { Test: ['CMD-SHELL', health], Interval: second / 2, Timeout: second * 5, Retries: 2 } }),
      ...more,
      HostConfig: {
        Init: true,
        RestartPolicy: { Name: restart, ...(restart === 'on-failure' ? { MaximumRetryCount: 1 } : {}) },
        ...(engine.networked ? {} : { NetworkMode: 'none' }),
        ...host,
      },
    })
    expect(made).toMatchObject({ status: 201 })
    expect(await engine.request('POST', `/containers/${name}/start`)).toMatchObject({ status: 204 })
  }

  async function inspect(name: string) {
    const { body } = await engine.request('GET', `/containers/${name}/json`)
    return body as { Id: string; RestartCount: number; State: { Status: string; StartedAt: string; Health?: { Status: string } } }
  }

  const stateOf = async (name: string) => (await inspect(name)).State.Health?.Status

  async function until(condition: () => Promise<boolean>): Promise<void> {
    while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 100))
  }

  async function done(name: string, input: Record<string, unknown> = {}) {
    const result = await lab.call(name, input)
    expect(result).toMatchObject({ kind: 'done' })
    return result.kind === 'done' ? (result.output as Record<string, Record<string, unknown>[]>) : {}
  }

  async function failed(name: string, input: Record<string, unknown>) {
    const result = await lab.call(name, input)
    expect(result).toMatchObject({ kind: 'error' })
    return result.kind === 'error' ? result.error : undefined
  }

  async function confirmed(name: string, input: Record<string, unknown>) {
    const planned = await lab.call(name, input)
    expect(planned).toMatchObject({ kind: 'plan' })
    return lab.call(name, { ...input, confirm: planned.kind === 'plan' ? planned.plan.confirm : '' })
  }

  test('every read answers, and says what is wrong where its input is', async () => {
    expect((await done('list_containers', { project: 'shop' }))['containers']).toMatchObject([
      { name: 'web', state: 'running', health: 'healthy', restarts: 0, image: 'busybox:test' },
    ])
    expect((await done('list_containers', { state: 'unhealthy' }))['containers']).toMatchObject([{ name: 'healing' }])
    expect(await failed('list_containers', { state: 'asleep' })).toMatchObject({ code: 'invalid_input' })

    const web = await done('get_container', { container: 'web' })
    expect(web).toMatchObject({ state: 'running', health: 'healthy', project: 'shop', memory_limit_mib: 64, mounts: ['shop_web → /data'] })
    expect(JSON.stringify(web)).not.toContain('orchid')
    expect(await failed('get_container', { container: 'wbe' })).toMatchObject({ code: 'not_found', hint: 'Did you mean web?' })
    expect(await done('get_container', { container: (await inspect('web')).Id.slice(0, 8) })).toMatchObject({ name: 'web' })

    expect((await done('get_logs', { container: 'web', timestamps: true }))['lines']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ stream: 'stdout', text: 'listening' }),
        expect.objectContaining({ stream: 'stderr', text: 'slow disk' }),
      ]),
    )
    expect((await done('get_logs', { container: 'web', grep: 'SLOW', since: '1h' }))['lines']).toMatchObject([{ text: 'slow disk' }])
    expect((await done('get_logs', { container: 'terminal' }))['lines']).toEqual([{ stream: 'stdout', text: 'from a terminal' }])
    expect(await failed('get_logs', { container: 'web', since: 'yesterday' })).toMatchObject({ code: 'invalid_input' })

    const measured = (await done('get_stats'))['containers']
    expect(measured?.find(({ name }) => name === 'web')).toMatchObject({
      limit_mib: 64,
      memory_percent: expect.any(Number),
      processes: expect.any(Number),
    })
    expect(await failed('get_stats', { container: 'job' })).toMatchObject({ code: 'conflict' })

    expect((await done('list_images'))['images']).toMatchObject([{ tags: 'busybox:test', unused: false, dangling: false }])
    expect(await failed('list_images', { cursor: 'x' })).toMatchObject({ code: 'invalid_input' })
    expect((await done('list_volumes', { sizes: true }))['volumes']).toMatchObject([
      { name: 'left_behind', orphan: true, size_mb: 0 },
      { name: 'shop_web', orphan: false, containers: 'web' },
    ])
    expect(await failed('list_volumes', { limit: 0 })).toMatchObject({ code: 'invalid_input' })
    expect((await done('list_networks', { name: engine.networked ? 'bridge' : 'none' }))['networks']).toHaveLength(1)
    expect(await failed('list_networks', { no: 1 })).toMatchObject({ code: 'invalid_input' })
  })

  test('what is wrong with it is found', async () => {
    const { findings } = await done('needs_attention')
    expect(findings?.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['docker/container/healing#unhealthy', 'docker/container/loop#restarting', 'docker/container/gave-up#exited']),
    )
    expect(findings?.find(({ id }) => id === 'docker/container/healing#unhealthy')?.['evidence']).toContain('no redis')
    expect(findings?.find(({ id }) => id === 'docker/container/gave-up#exited')?.['evidence']).toContain('dead')
  })

  test('a restart that heals is done once the container is healthy', async () => {
    const before = await inspect('healing')
    const result = await confirmed('restart_container', { container: 'healing' })
    expect(result).toMatchObject({ kind: 'done', output: { container: 'healing', state: 'running', health: 'healthy' } })
    expect((await inspect('healing')).State.StartedAt).not.toBe(before.State.StartedAt)
  })

  test('a restart that does not heal has failed, and says what the health check answered', async () => {
    const result = await confirmed('restart_container', { container: 'sick' })
    expect(result).toMatchObject({ kind: 'error', text: expect.stringContaining('no redis') })
  })

  test('a restart into the same crash loop has failed, though a plan survives the loop going round', async () => {
    const result = await confirmed('restart_container', { container: 'loop' })
    expect(result).toMatchObject({ kind: 'error', text: expect.stringMatching(/exit code 7.*boom/) })
  })

  test('stopping and starting go to and fro, and to do either twice changes nothing', async () => {
    expect(await confirmed('stop_container', { container: 'web' })).toMatchObject({ kind: 'done', output: { state: 'exited' } })
    expect((await done('list_containers', { name: 'web' }))['containers']?.[0]).not.toHaveProperty('health', 'healthy')
    const again = await lab.call('stop_container', { container: 'web' })
    expect(again.text).toMatch(/^NOTHING TO DO: web is exited already/)
    expect(await confirmed('start_container', { container: 'web' })).toMatchObject({ kind: 'done', output: { health: 'healthy' } })
    const { State } = await inspect('web')
    expect((await lab.call('start_container', { container: 'web' })).text).toMatch(/^NOTHING TO DO: web is running already/)
    expect((await inspect('web')).State.StartedAt).toBe(State.StartedAt)
  })

  test('a job that ends in order has been started', async () => {
    expect(await confirmed('start_container', { container: 'job' })).toMatchObject({ kind: 'done' })
  })

  test('what a write cannot do is told before or as it happens', async () => {
    expect(await failed('start_container', { container: 'nobody' })).toMatchObject({ code: 'not_found' })
    expect(await failed('stop_container', { container: 'fleeting' })).toMatchObject({ code: 'conflict' })
    await engine.request('POST', '/containers/terminal/pause')
    expect(await failed('start_container', { container: 'terminal' })).toMatchObject({ code: 'conflict' })
    expect(await failed('restart_container', { container: 'nobody' })).toMatchObject({ code: 'not_found' })
    expect((await inspect('fleeting')).State.Status).toBe('running')
  })

  test('a stopped engine is down with the reason, and healthy again when it is back', async () => {
    await engine.stop()
    const [down] = (await done('service_health'))['services'] ?? []
    expect(down).toMatchObject({ status: 'down', evidence: expect.stringContaining('unreachable') })
    expect(await failed('list_containers', {})).toMatchObject({ code: 'unreachable' })
    await engine.start()
    expect((await done('service_health'))['services']).toMatchObject([{ status: 'ok' }])
    expect((await done('list_containers', { name: 'web' }))['containers']).toMatchObject([{ name: 'web' }])
  })
})
