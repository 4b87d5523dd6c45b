import { expect, test } from 'vitest'
import { createProtectedSet } from '../../src/policy/protected-set.ts'

test.each(['rackwarden/file/rackwarden.yaml', 'rackwarden/file/tokens.json', 'rackwarden@nas/process/rackwarden', 'RACKWARDEN/FILE/x/y'])(
  'what serves us and keeps our records is out of reach of every write: %s',
  (target) => {
    const refuse = () => createProtectedSet().refuse(['docker/container/traefik', target], 'default')
    expect(refuse).toThrow(expect.objectContaining({ code: 'protected', hint: expect.stringContaining('without Rackwarden') }))
  },
)

test('what nobody named is not', () => {
  expect(() => createProtectedSet(['docker/container/traefik']).refuse(['docker/container/web'], 'default')).not.toThrow()
})
