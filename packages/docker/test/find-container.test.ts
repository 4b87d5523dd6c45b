import { nearestNames } from '@rackwarden/core'
import { expect, test } from 'vitest'
import { containerSummary } from '../src/engine-schema.ts'
import { findContainer } from '../src/find-container.ts'

const id = (digits: string) => digits.padEnd(64, '0')
const containers = [
  { Id: id('aa11'), Names: ['/web'] },
  { Id: id('aa22'), Names: ['/web/database', '/database'] },
  { Id: id('bb33'), Names: ['/aa'] },
  { Id: id('cc44'), Names: ['/paperless-web'] },
].map((container) => containerSummary.parse(container))

const found = (reference: string) => findContainer(containers, reference).Id.slice(0, 4)

test('a container is found by name, with or without the slash, by id and by the beginning of its id', () => {
  expect([found('web'), found('/web'), found('database'), found(id('bb33')), found('b'), found('aa2')]).toEqual([
    'aa11',
    'aa11',
    'aa22',
    'bb33',
    'bb33',
    'aa22',
  ])
})

test('a name goes before the beginning of an id', () => {
  expect(found('aa')).toBe('bb33')
})

test('the beginning of several ids is a conflict that names them', () => {
  expect(() => findContainer(containers, 'a')).toThrow(
    expect.objectContaining({ code: 'conflict', message: expect.stringContaining('web (aa1100000000), database (aa2200000000)') }),
  )
})

test('an unknown name is not found, and near ones are offered', () => {
  expect(() => findContainer(containers, 'paperles-web')).toThrow(
    expect.objectContaining({ code: 'not_found', hint: 'Did you mean paperless-web?' }),
  )
  expect(() => findContainer(containers, 'zzz')).toThrow(
    expect.objectContaining({ code: 'not_found', hint: 'list_containers shows the names.' }),
  )
})

test('a few letters slipped or left out still find the name', () => {
  const names = ['web', 'redis', 'immich-server', 'immich-ml', 'traefik']
  expect(nearestNames('wbe', names)).toEqual(['web'])
  expect(nearestNames('immich', names)).toEqual(['immich-ml', 'immich-server'])
  expect(nearestNames('treafik', names)).toEqual(['traefik'])
})
