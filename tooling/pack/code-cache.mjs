import { copyFileSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { otherNode } from '../bootstrap/node-release.mjs'
import { runCommand } from './command.mjs'

/**
 * Starts a program until its code cache is made and used, then gives it that of another release of Node, and says what went wrong.
 * @param {string} program
 * @param {string} home an empty directory
 * @returns {Promise<string[]>}
 */
export async function codeCacheProblems(program, home) {
  const cache = join(home, 'code-cache')
  const directory = join(cache, 'rackwarden')
  /** @param {string} node */
  const start = (node) =>
    runCommand(node, [program, 'tools', '--demo'], {
      cwd: home,
      env: { HOME: home, XDG_CACHE_HOME: cache, RACKWARDEN_STATE_DIR: join(home, 'state') },
    })
  const first = await start(process.execPath)
  const own = filesOf(directory)
  const second = await start(process.execPath)
  const used = filesOf(directory)
  const foreign = await otherNode()
  const elsewhere = await start(foreign)
  const theirs = [...filesOf(directory).keys()].filter((name) => !used.has(name))
  const kept = filesOf(directory)
  // As if a release of Node could not be told by its name: V8 itself must refuse what another one made.
  const swapped = theirs.flatMap((name) => {
    const twin = [...own.keys()].find((other) => other.slice(0, hashLength) === name.slice(0, hashLength))
    if (twin === undefined) return []
    copyFileSync(join(directory, name), join(directory, twin))
    return [[name, twin]]
  })
  const third = await start(process.execPath)

  const expectations = /** @type {[boolean, string][]} */ ([
    [first.code === 0, `a first start fails: ${first.output}`],
    [own.size > 0, 'a first start leaves no code cache'],
    [[...own].every(([name, made]) => used.get(name) === made), 'a second start does not use the code cache of the first'],
    [second.output === first.output, `a second start says something else: ${second.output}`],
    [elsewhere.output === first.output, `a start under another Node says something else: ${elsewhere.output}`],
    [theirs.length > 0, 'another Node leaves no code cache of its own'],
    [[...used].every(([name, made]) => kept.get(name) === made), 'another Node touches the code cache'],
    [third.output === first.output, `a start on the code cache of another Node says something else: ${third.output}`],
    [
      swapped.length > 0 && swapped.every(([name, twin]) => !sameContent(join(directory, name ?? ''), join(directory, twin ?? ''))),
      'the code cache of another Node is not replaced',
    ],
  ])
  return expectations.flatMap(([holds, problem]) => (holds ? [] : [problem]))
}

const hashLength = 20

/**
 * Every cache file with what tells whether it was written again.
 * @param {string} directory
 */
function filesOf(directory) {
  return new Map(readdirSync(directory).map((name) => [name, statSync(join(directory, name)).ino]))
}

/**
 * @param {string} one
 * @param {string} other
 */
function sameContent(one, other) {
  return readFileSync(one).equals(readFileSync(other))
}
