import type { WriteContext } from '@rackwarden/core'
import { openToolbox } from '@rackwarden/core/testing'
import { createConnection } from '@rackwarden/core/runtime'
import { requireComponent } from '@rackwarden/lab'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import docker from '../src/index.ts'
import { prune } from '../src/tools/prune.ts'
import { forever, openRealEngine, until } from './real-engine.ts'

const missing = requireComponent('docker')

describe.skipIf(missing !== undefined)('pruning a real engine', () => {
  let real: Awaited<ReturnType<typeof openRealEngine>>

  beforeAll(async () => {
    real = await openRealEngine()
    await real.run('stays', forever, { host: { Binds: ['used:/data'] } })
  })

  afterAll(async () => {
    await real?.close()
  })

  async function ended(name: string): Promise<void> {
    await real.run(name, 'exit 0')
    await until(async () => (await real.inspect(name)).State.Status === 'exited')
  }

  const images = async () =>
    ((await real.engine.request('GET', '/images/json')).body as { RepoTags: string[] | null }[]).flatMap(
      ({ RepoTags }) => RepoTags ?? ['<none>'],
    )

  test('names each thing and its size, removes exactly these, and no volume unless told', async () => {
    await ended('over')
    await ended('precious')
    await real.engine.request('POST', '/volumes/create', { Name: 'orphan' })
    if (real.engine.networked) await real.engine.request('POST', '/networks/create', { Name: 'lonely' })
    await real.engine.importBusybox('spare', 'one')
    await real.engine.request('POST', '/images/spare:one/tag?repo=spare&tag=two')
    const plan = await real.plan('prune', { images: 'unused', keep: ['precious'] })
    expect(plan.diff?.join('\n')).toMatch(/container over \(exited\), .* MB → gone/)
    expect(plan.targets).toEqual(expect.arrayContaining(['docker/container/over']))
    expect(plan.targets.join(' ')).not.toMatch(/orphan|precious|used|stays|busybox/)
    const done = await real.lab.call('prune', { images: 'unused', keep: ['precious'], confirm: plan.confirm })
    expect(done).toMatchObject({ kind: 'done' })
    expect(await real.names()).toEqual(['precious', 'stays'])
    expect(await images()).toEqual(['busybox:test'])
    expect(await real.volumes()).toEqual(expect.arrayContaining(['orphan', 'used']))

    const withVolumes = await real.confirmed('prune', { volumes: true, keep: ['precious'] })
    expect(withVolumes).toMatchObject({ kind: 'done', output: { removed: ['volume orphan'], left: [] } })
    expect(await real.volumes()).toContain('used')
    expect((await real.lab.call('prune', { keep: ['precious'] })).text).toMatch(/^NOTHING TO DO: .*nothing to prune/)
    await real.engine.request('DELETE', '/containers/precious')
  })

  test('is planned anew where something appeared after the plan', async () => {
    await ended('first')
    const plan = await real.plan('prune', {})
    await ended('later')
    const again = await real.lab.call('prune', { confirm: plan.confirm })
    expect(again).toMatchObject({ kind: 'plan', text: expect.stringContaining('The state moved') })
    expect(await real.names()).toEqual(['first', 'later', 'stays'])
    await real.engine.request('DELETE', '/containers/first')
    await real.engine.request('DELETE', '/containers/later')
  })

  test('leaves what is used by now, lets go what vanished, and never touches what appeared while it ran', async () => {
    for (const name of ['vanishes', 'awakes', 'zombie']) await ended(name)
    await real.engine.request('POST', '/containers/create?name=sleeper', {
      Image: 'busybox:test',
      Cmd: ['sleep', '1000'],
      HostConfig: { NetworkMode: 'none' },
    })
    const connection = createConnection({ url: `unix://${real.engine.socketPath}` }, { log: () => undefined })
    const { context } = await openToolbox(docker, connection)
    const input = prune.definition.input.parse({})
    const state = await prune.definition.state(input, context as never)
    let isFirst = true
    const touch: WriteContext<unknown, unknown>['touch'] = () => undefined
    const progress = () => {
      if (!isFirst) return
      isFirst = false
      meanwhile = (async () => {
        await real.engine.request('DELETE', '/containers/vanishes')
        await real.engine.request('POST', '/containers/sleeper/start')
        await ended('newcomer')
      })()
    }
    let meanwhile: Promise<void> | undefined
    const slow = { ...(context as object), state, touch, progress } as unknown as WriteContext<unknown, unknown>
    const client = slow.client as { inspect: (id: string, signal: AbortSignal) => Promise<unknown> }
    const { inspect } = client
    client.inspect = async (id, signal) => {
      await meanwhile
      return inspect(id, signal)
    }
    const output = await prune.definition.run(input, slow as never)
    await connection.close?.()
    expect(output).toMatchObject({ gone_before: ['container vanishes'], left: [{ what: 'container sleeper', why: 'it runs now' }] })
    expect(await real.names()).toEqual(['newcomer', 'sleeper', 'stays'])
  })
})
