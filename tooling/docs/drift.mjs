import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The files of a workspace that are not what is generated.
 * @param {string} root
 * @param {ReadonlyMap<string, string>} written
 * @returns {string[]}
 */
export function stale(root, written) {
  return [...written]
    .filter(([path, text]) => {
      const file = join(root, path)
      return !existsSync(file) || readFileSync(file, 'utf8') !== text
    })
    .map(([path]) => path)
}
