import { expect, test } from 'vitest'
import { ToolError, tryForbidden, type ErrorCode, type ForbiddenCall } from '../../src/index.ts'

const failing = (code: ErrorCode) => () => Promise.reject(new ToolError(code, `it said ${code}`))
const one = (access: ForbiddenCall['access'], send: ForbiddenCall['send'], call = 'do it'): ForbiddenCall => ({ access, call, send })

test('only what a tier forbids is tried, and what nobody may is tried at every tier', async () => {
  const calls = [
    one('operate', failing('forbidden'), 'start'),
    one('admin', failing('forbidden'), 'delete'),
    one(undefined, failing('forbidden'), 'modify'),
  ]
  const triedAt = async (tier: Parameters<typeof tryForbidden>[1]) => (await tryForbidden(calls, tier)).map(({ call }) => call)
  expect(await triedAt('observe')).toEqual(['start', 'delete', 'modify'])
  expect(await triedAt('configure')).toEqual(['delete', 'modify'])
  expect(await triedAt('admin')).toEqual(['modify'])
})

test('what was done, or failed for want of a thing and not of rights, was not refused', async () => {
  const calls = [
    one(undefined, failing('forbidden')),
    one(undefined, () => Promise.resolve()),
    one(undefined, failing('not_found')),
    one(undefined, failing('upstream')),
  ]
  expect(await tryForbidden(calls, 'observe')).toEqual([
    { call: 'do it', isRefused: true, said: 'it said forbidden' },
    { call: 'do it', isRefused: false, said: 'it was done' },
    { call: 'do it', isRefused: false, said: 'it said not_found' },
    { call: 'do it', isRefused: false, said: 'it said upstream' },
  ])
})

test.each(['unauthorized', 'unreachable', 'timeout', 'rate_limited'] as const)(
  'where nothing could be asked (%s) nothing is said of rights',
  async (code) => {
    await expect(tryForbidden([one(undefined, failing(code))], 'observe')).rejects.toMatchObject({ code })
  },
)
