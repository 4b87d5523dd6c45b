import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from './command.mjs'

/**
 * Makes an empty folder and installs into it with plain npm, the way a stranger would; gives what npm complained of.
 * @param {string} folder
 * @param {Record<string, string>} dependencies
 * @returns {Promise<string[]>}
 */
export async function installInto(folder, dependencies) {
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'stranger', private: true, type: 'module', dependencies }))
  const options = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']
  const { code, output } = await runCommand('npm', ['install', ...options], { cwd: folder })
  return code === 0 ? [] : [output]
}
