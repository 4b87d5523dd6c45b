import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

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
