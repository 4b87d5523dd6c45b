import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runCommand } from './command.mjs'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/**
 * @typedef {{ name: string, version: string, private?: boolean, dependencies?: Record<string, string>, exports?: Record<string, unknown>, publishConfig?: { bin?: Record<string, string> } }} Manifest
 * @typedef {{ directory: string, manifest: Manifest, tarball: string }} PublicPackage
 */

/**
 * The packages that are published, and the name of the file `pnpm pack` makes of each.
 * @returns {PublicPackage[]}
 */
export function publicPackages() {
  return ['packages', 'apps']
    .flatMap((group) => readdirSync(join(root, group)).map((name) => join(root, group, name)))
    .flatMap((directory) => {
      /** @type {Manifest} */
      const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
      const tarball = `${manifest.name.replace(/^@/, '').replace('/', '-')}-${manifest.version}.tgz`
      return manifest.private ? [] : [{ directory, manifest, tarball }]
    })
}

/**
 * Packs one package as it would be published, and gives what was said against it.
 * @param {string} destination
 * @param {PublicPackage} candidate
 * @returns {Promise<string[]>}
 */
export async function packInto(destination, { directory }) {
  const { code, output } = await runCommand('pnpm', ['pack', '--pack-destination', destination], { cwd: directory })
  return code === 0 ? [] : [output]
}

/**
 * The entry points of a package that are for others; a whole directory is for our own programs.
 * @param {Manifest} manifest
 */
export function entryPointsOf({ exports = {} }) {
  return Object.keys(exports).filter((key) => !key.includes('*'))
}
