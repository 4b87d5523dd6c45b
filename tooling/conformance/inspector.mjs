import { join } from 'node:path'
import { newerNode } from '../bootstrap/node-release.mjs'
import { runCommand } from '../pack/command.mjs'
import { installed } from './installed.mjs'

/**
 * Lists and calls a program's tools with the inspector, in both protocol eras, and says what went wrong.
 * @param {string} file
 * @param {string} home an empty directory for its state
 * @returns {Promise<string[]>}
 */
export async function inspectBin(file, home) {
  const problems = []
  for (const era of ['legacy', 'modern']) {
    const { tools } = await inspect(file, home, era, ['--method', 'tools/list'])
    if (!Array.isArray(tools) || !tools.some(({ name }) => name === 'service_health'))
      problems.push(`the inspector (${era}) does not find service_health: ${JSON.stringify(tools)}`)
    const { content, isError } = await inspect(file, home, era, ['--method', 'tools/call', '--tool-name', 'service_health'])
    if (isError === true || content?.[0]?.text?.startsWith('status: ') !== true)
      problems.push(`the inspector (${era}) is not told of any health: ${JSON.stringify(content)}`)
  }
  return problems
}

/**
 * @param {string} file
 * @param {string} home
 * @param {string} era
 * @param {string[]} options
 * @returns {Promise<{ tools?: { name: string }[], content?: { text?: string }[], isError?: boolean }>}
 */
async function inspect(file, home, era, options) {
  const inspector = installed('@modelcontextprotocol/inspector/clients/launcher/build/index.js')
  const args = [inspector, '--cli', '--quiet', '--format', 'json', '--protocol-era', era, ...options, '--', file, 'serve', '--demo']
  const env = { PATH: process.env['PATH'], HOME: home, XDG_CACHE_HOME: join(home, '.cache'), RACKWARDEN_STATE_DIR: join(home, 'state') }
  const { code, output } = await runCommand(await newerNode(), args, { cwd: home, env, timeoutMs: 30_000 })
  if (code === 0) return JSON.parse(output).result
  return { content: [{ text: output }], isError: true }
}
