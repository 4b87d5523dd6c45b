import { afterAll, describe, expect, test } from 'vitest'
import { createEnvironment } from '../measure/bench-environment.mjs'
import { floor, openTarget, proxyingFloor, sdk, sdkPerRequest, type OpenTarget } from '../measure/targets.mjs'

describe('what a call is compared with', () => {
  const { env, remove } = createEnvironment()
  afterAll(remove)

  async function using<Result>(target: Parameters<typeof openTarget>[0], use: (opened: OpenTarget) => Promise<Result>): Promise<Result> {
    const opened = await openTarget(target, env, { heap: target === floor })
    try {
      return await use(opened)
    } finally {
      await opened.stop()
    }
  }

  test.each([floor, proxyingFloor, sdk, sdkPerRequest])('$name echoes and lists a hundred tools', async (target) => {
    const list = await using(target, async ({ call, session }) => {
      await call()
      return session.ask('tools/list')
    })
    expect(list.match(/"name":"echo[1-5]_get_echo_\d+"/g)).toHaveLength(100)
  })

  test('counts no refusal for a call', async () => {
    await using({ ...sdk, tool: 'no_such_tool' }, ({ call }) => expect(call()).rejects.toThrow('SDK v2, session does not echo'))
  })

  test('tells its CPU time, its resident memory and its heap', async () => {
    await using(floor, async ({ server, call }) => {
      const before = server.cpu()
      await Promise.all(Array.from({ length: 100 }, call))
      expect(server.cpu()).toBeGreaterThan(before)
      expect(server.resident()).toBeGreaterThan(10)
      expect(await server.heap()).toBeGreaterThan(1_000_000)
    })
  })
})
