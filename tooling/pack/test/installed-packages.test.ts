import { describe, expect, test } from 'vitest'
import { installationProblems, installedPackages } from '../installed-packages.mjs'
import { directoryOf } from './packages.ts'

const manifest = (name: string, version = '1.0.0', node?: string) => ({
  name,
  version,
  ...(node === undefined ? {} : { engines: { node } }),
})
const sound = {
  'node_modules/.package-lock.json': {},
  'node_modules/zod/package.json': manifest('zod', '4.6.0'),
  'node_modules/@rackwarden/core/package.json': manifest('@rackwarden/core', '1.0.0', '>=20.19'),
  'node_modules/yaml/package.json': manifest('yaml', '2.9.1', '>= 14.6'),
}
const problems = (files: Record<string, object>) => installationProblems(installedPackages(directoryOf({ ...sound, ...files })))

describe('what a package brings', () => {
  test('is one copy of everything, for the oldest Node there is support for', () => {
    expect(problems({})).toEqual([])
    expect(problems({ 'node_modules/commander/package.json': manifest('commander', '14.0.3', '^20.19.0 || >=22.12') })).toEqual([])
  })

  test.for([
    ['node_modules/yaml/node_modules/zod', 'zod'],
    ['node_modules/@rackwarden/docker/node_modules/@rackwarden/core', '@rackwarden/core'],
  ] as const)('is not a second copy in %s', ([directory, name]) => {
    const holder = directory.slice(0, directory.indexOf('/node_modules/', 1))
    const files = { [`${holder}/package.json`]: manifest('holder'), [`${directory}/package.json`]: manifest(name, '3.0.0') }
    expect(problems(files)).toEqual([expect.stringContaining(`${name} is installed 2 times`)])
  })

  test.for(['>=22', '^20.20', '>=20.19.1', 'whatever', '22 || 24'])('is nothing that wants Node %s', (node) => {
    expect(problems({ 'node_modules/new/package.json': manifest('new', '2.0.0', node) })).toEqual([
      `new 2.0.0 wants Node ${node}, the floor is 20.19.0`,
    ])
  })
})
