import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { requireComponent, startDockerEngine, type DockerEngine } from '@rackwarden/lab'

const missing = requireComponent('docker')

describe.skipIf(missing !== undefined)('a Docker engine of the lab', () => {
  let engine: DockerEngine
  beforeAll(async () => {
    engine = await startDockerEngine()
    await engine.importBusybox()
  })
  afterAll(() => engine.down())

  async function inspect(name: string): Promise<{ State: { Status: string; Health?: { Status: string } } }> {
    return (await engine.request('GET', `/containers/${name}/json`)).body as Awaited<ReturnType<typeof inspect>>
  }

  async function until(condition: () => Promise<boolean>): Promise<void> {
    while (!(await condition())) await sleep(50)
  }

  test('runs a container until its health check passes, and keeps it over a stop', async ({ expect }) => {
    const second = 1_000_000_000
    const created = await engine.request('POST', '/containers/create?name=web', {
      Image: 'busybox:test',
      Cmd: ['sh', '-c', 'touch /tmp/ready; exec sleep 1000'],
      Healthcheck: { Test: ['CMD', 'test', '-f', '/tmp/ready'], Interval: second, Timeout: second, Retries: 1 },
      HostConfig: { Init: true },
    })
    expect(created.status).toBe(201)
    expect((await engine.request('POST', '/containers/web/start')).status).toBe(204)
    await until(async () => (await inspect('web')).State.Health?.Status === 'healthy')

    await engine.stop()
    await expect(engine.request('GET', '/_ping')).rejects.toThrow()
    await engine.start()
    expect((await inspect('web')).State.Status).toBe('exited')
  })

  test('leaves nothing when it goes', async ({ expect }) => {
    const other = await startDockerEngine()
    expect((await other.request('GET', '/_ping')).body).toBe('OK')
    await other.down()
    expect(existsSync(other.directory)).toBe(false)
  })
})
