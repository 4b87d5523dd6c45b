import { copyFileSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { otherNode } from '../bootstrap/node-release.mjs'
import { runCommand } from './command.mjs'

/**
 * Starts a program until its code cache is made and used, then under another line of Node, then on the cache that one left,
 * and says what went wrong.
 * @param {string} program
 * @param {string} home a directory without such a cache
 * @returns {Promise<string[]>}
 */
export async function codeCacheProblems(program, home) {
  /** @type {string[]} */
  const problems = []
  const cacheHome = join(home, 'code-cache')
  const cache = join(cacheHome, 'rackwarden')
  const env = { HOME: home, XDG_CACHE_HOME: cacheHome, RACKWARDEN_STATE_DIR: join(home, 'state') }
  /** @type {string | undefined} */
  let said
  /**
   * @param {string} circumstance
   * @param {string} [node]
   */
  const start = async (circumstance, node = process.execPath) => {
    const { code, output } = await runCommand(node, [program, 'tools', '--demo'], { cwd: home, env })
    said ??= output
    if (code !== 0 || output !== said) problems.push(`a start ${circumstance} ends with ${code} and says: ${output}`)
  }

  await start('without a code cache')
  const made = filesIn(cache)
  if (made.size === 0) return [...problems, 'the first start leaves no code cache']
  await start('on its code cache')
  if (!isKept(made, filesIn(cache))) problems.push('the second start writes the code cache anew instead of using it')

  await start('under another Node', await otherNode())
  const all = filesIn(cache)
  const foreign = [...all.keys()].filter((name) => !made.has(name))
  if (foreign.length === 0) problems.push('another Node leaves no code cache of its own')
  if (!isKept(made, all)) problems.push('another Node writes to the code cache of this one')

  // As if a release of Node could not be told by the name of the file: V8 itself has to refuse what another one made.
  const pairs = foreign.flatMap((name) => [...made.keys()].filter((own) => partOf(own) === partOf(name)).map((own) => ({ name, own })))
  for (const { name, own } of pairs) copyFileSync(join(cache, name), join(cache, own))
  await start('on the code cache of another Node')
  const taken = pairs.filter(({ name, own }) => readFileSync(join(cache, name)).equals(readFileSync(join(cache, own))))
  if (pairs.length === 0 || taken.length > 0) problems.push('the code cache of another Node is not replaced')
  return problems
}

/**
 * The files of a cache, each with what changes when it is written anew.
 * @param {string} directory
 * @returns {Map<string, number>}
 */
function filesIn(directory) {
  return new Map(existsSync(directory) ? readdirSync(directory).map((name) => [name, statSync(join(directory, name)).ino]) : [])
}

/**
 * @param {Map<string, number>} before
 * @param {Map<string, number>} after
 */
function isKept(before, after) {
  return [...before].every(([name, node]) => after.get(name) === node)
}

/**
 * The part of the program a file is the cache of; what follows names the release of Node.
 * @param {string} name
 */
function partOf(name) {
  return name.split('-')[0]
}
