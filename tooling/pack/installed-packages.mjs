import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { satisfies, validRange } from 'semver'

/** The oldest Node that is promised. */
const floor = '20.19.0'
const shared = ['zod', '@rackwarden/core']

/**
 * @typedef {{ name: string, version: string, directory: string, engines?: { node?: string } }} InstalledPackage
 */

/**
 * Every package npm put under a directory's node_modules, nested ones included.
 * @param {string} directory
 * @returns {InstalledPackage[]}
 */
export function installedPackages(directory) {
  const modules = join(directory, 'node_modules')
  if (!existsSync(modules)) return []
  return readdirSync(modules)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) => (name.startsWith('@') ? readdirSync(join(modules, name)).map((scoped) => `${name}/${scoped}`) : [name]))
    .map((name) => join(modules, name))
    .flatMap((nested) => [
      { ...JSON.parse(readFileSync(join(nested, 'package.json'), 'utf8')), directory: nested },
      ...installedPackages(nested),
    ])
}

/**
 * What is wrong with what a package brings: more than one copy of what must be shared, or something that wants a newer Node.
 * @param {readonly InstalledPackage[]} installed
 * @returns {string[]}
 */
export function installationProblems(installed) {
  const copies = shared.flatMap((name) => {
    const found = installed.filter((candidate) => candidate.name === name)
    return found.length > 1 ? [`${name} is installed ${found.length} times: ${found.map(({ version }) => version).join(', ')}`] : []
  })
  const demanding = installed.flatMap(({ name, version, engines }) => {
    const wanted = engines?.node ?? '*'
    return validRange(wanted) !== null && satisfies(floor, wanted) ? [] : [`${name} ${version} wants Node ${wanted}, the floor is ${floor}`]
  })
  return [...copies, ...demanding]
}
