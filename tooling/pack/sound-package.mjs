import { join } from 'node:path'
import { runCommand } from './command.mjs'
import { root } from './public-packages.mjs'

/**
 * Asks publint and attw whether what a tarball holds can be used, and gives what they say against it.
 * @param {string} tarball
 * @returns {Promise<string[]>}
 */
export async function soundnessProblems(tarball) {
  const tool = (/** @type {string} */ name) => join(root, 'node_modules/.bin', name)
  // Both would colour what they say where CI is set.
  const options = { cwd: root, env: { ...process.env, NO_COLOR: '1' } }
  const checks = await Promise.all([
    runCommand(tool('publint'), ['run', tarball, '--strict'], options),
    runCommand(tool('attw'), [tarball, '--profile', 'esm-only', '--no-emoji', '--no-color'], options),
  ])
  return checks.flatMap(({ code, output }) => (code === 0 ? [] : [output]))
}
