import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Packages with a place of their own in the house; every other one is a service. */
export const foundations = ['core', 'ssh', 'server', 'simlab', 'hub']

/**
 * The packages and applications of a workspace, as `packages/core`, in the order of their names.
 * @param {string} root
 */
export function packageDirectories(root) {
  return ['packages', 'apps'].flatMap((group) =>
    readdirSync(join(root, group))
      .filter((name) => existsSync(join(root, group, name, 'package.json')))
      .toSorted()
      .map((name) => `${group}/${name}`),
  )
}

/**
 * The names of the services of a workspace.
 * @param {string} root
 */
export function serviceNames(root) {
  return packageDirectories(root)
    .filter((directory) => directory.startsWith('packages/'))
    .map((directory) => directory.slice('packages/'.length))
    .filter((name) => !foundations.includes(name))
}
