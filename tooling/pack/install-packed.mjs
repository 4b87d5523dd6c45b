import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { packInto } from './public-packages.mjs'
import { installInto } from './strangers-folder.mjs'

/** @typedef {import('./public-packages.mjs').PublicPackage} PublicPackage */

/**
 * Packs packages into a directory; throws what went wrong.
 * @param {readonly PublicPackage[]} packages
 * @param {string} home
 */
export async function packAll(packages, home) {
  for (const candidate of packages) {
    const problems = await packInto(home, candidate)
    if (problems.length > 0) throw new Error(problems.join('\n'))
  }
}

/**
 * Installs one packed package with npm into an empty folder, the way a stranger would.
 * @param {PublicPackage} candidate
 * @param {readonly PublicPackage[]} packages All that are packed beside it.
 * @param {string} home Where they were packed.
 * @returns {Promise<{ folder: string, problems: string[] }>}
 */
export async function installPacked({ manifest }, packages, home) {
  const folder = join(home, manifest.name.replace(/\W+/g, '-'))
  // What is not on the registry yet comes from the tarball beside it, for whoever asks for it.
  const needed = packages.filter(({ manifest: { name } }) => name === manifest.name || isNeeded(name, manifest, packages))
  const dependencies = Object.fromEntries(needed.map((other) => [other.manifest.name, tarballOf(other, home)]))
  return { folder, problems: await installInto(folder, dependencies) }
}

/**
 * A packed package as a dependency says it.
 * @param {PublicPackage} candidate
 * @param {string} home Where it was packed.
 */
export function tarballOf({ tarball }, home) {
  return `file:${join(home, tarball)}`
}

/**
 * What stands in the node_modules of a folder: bytes that are unpacked, or blocks of the disk.
 * @param {string} folder
 * @param {'bytes' | 'blocks'} [counted]
 * @returns {number} Megabytes.
 */
export function installedMegabytes(folder, counted = 'bytes') {
  const options = counted === 'bytes' ? ['--apparent-size'] : []
  return Number(execFileSync('du', ['-sk', ...options, 'node_modules'], { cwd: folder, encoding: 'utf8' }).split('\t')[0]) / 1024
}

/**
 * Whether a package is among the published dependencies of another, directly or through a third.
 * @param {string} name
 * @param {import('./public-packages.mjs').Manifest} manifest
 * @param {readonly PublicPackage[]} packages
 * @returns {boolean}
 */
function isNeeded(name, manifest, packages) {
  return Object.keys(manifest.dependencies ?? {}).some((dependency) => {
    const next = packages.find((other) => other.manifest.name === dependency)
    return dependency === name || (next !== undefined && isNeeded(name, next.manifest, packages))
  })
}
