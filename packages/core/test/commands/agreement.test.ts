import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { judgeText } from '../../src/commands/judge.ts'
import { parseScript } from '../../src/commands/shell/parse.ts'
import { shells } from './shell.ts'

let directory = ''
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'rackwarden-agreement-'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** What a real shell makes of many lines, each given to a program that tells its arguments apart. */
function readBy(shell: string, lines: readonly string[]): string[][] {
  const script = lines.map((line) => `printf '%s\\0' ${line}\nprintf '\\001\\0'\n`).join('')
  const output = execFileSync(shell, [...(shell.endsWith('bash') ? ['--norc'] : []), '-c', script], {
    cwd: directory,
    env: {},
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return output
    .split('\u0001\0')
    .slice(0, -1)
    .map((words) => words.split('\0').slice(0, -1))
}

function readByOurs(line: string): string[][] | undefined {
  const { commands, problem } = parseScript(`printf ${line}`)
  return problem === undefined ? commands.map(({ words }) => words.slice(1).map(({ text }) => text)) : undefined
}

const piece = fc.constantFrom(
  'a',
  'b-c',
  '/x',
  '\\a',
  '\\ ',
  "'q r'",
  "'#'",
  '"d e"',
  '"\\""',
  '"\\$x"',
  '"\\a"',
  '"a\\\nb"',
  '\\\n',
  "''",
  '""',
  '=',
  'a#',
  '\\\\',
  '"\\\\"',
  "'\\'",
  '}',
  '!',
  '%',
  ':',
  ',',
  '-',
  '\\;',
  '\\&',
  '\\(',
  '\\$x',
  '$,',
  '"$"',
  '\\`',
  '"\\`"',
  '@',
)
const line = fc
  .array(fc.oneof({ weight: 4, arbitrary: piece }, fc.constantFrom(' ', '  ', '\t')), { minLength: 1, maxLength: 12 })
  .map((parts) => `x${parts.join('')}`)
const braced = fc
  .array(fc.constantFrom('a', 'b', '{', ',', '}', '{a,b}', '{,c}', "'{'", '\\,', ' ', 'x'), { minLength: 1, maxLength: 10 })
  .map((parts) => `x${parts.join('')}`)

describe.skipIf(shells.length === 0)('words are read as a real shell reads them', () => {
  test.for(shells)('%s', (shell, { expect }) => {
    const lines = fc.sample(line, { numRuns: 2000, seed: 7 })
    const theirs = readBy(shell, lines)
    expect(theirs.length).toBe(lines.length)
    for (const [index, text] of lines.entries()) {
      const ours = readByOurs(text)
      expect(ours, text).toBeDefined()
      expect(ours?.at(0), text).toEqual(theirs[index])
    }
  })

  test.for(shells)('with braces: %s', (shell, { expect }) => {
    const lines = fc.sample(braced, { numRuns: 2000, seed: 7 })
    let unknown = 0
    for (const [index, words] of readBy(shell, lines).entries()) {
      const ours = readByOurs(lines[index]!)
      // One of our readings is theirs: as written, expanded, or not known.
      if (ours?.some((reading) => reading.includes('\0'))) unknown++
      else expect(ours, lines[index]).toContainEqual(words)
    }
    expect(unknown).toBeLessThan(lines.length / 2)
  })
})

/** Pieces of scripts in which nothing can be run but `reboot`, which is a program of ours, and what a shell has built in. */
const scriptPiece = fc.constantFrom(
  'reboot',
  'echo',
  'echo a',
  ':',
  'true',
  'a',
  '"',
  "'",
  '`',
  '$(',
  '${x:-',
  '}',
  ')',
  '(',
  '{ ',
  '; }',
  ' ',
  '\n',
  '; ',
  ' & ',
  ' && ',
  ' || ',
  ' | ',
  '\\',
  '\\\n',
  '#',
  ' #',
  '<<E\n',
  '\nE\n',
  "<<'E'\n",
  '<<-E\n\t',
  ' > f',
  ' < f',
  '2>&1 ',
  '>&2',
  '&> f',
  'if ',
  '; then ',
  '; else ',
  '; fi',
  'for x in ',
  '; do ',
  '; done',
  'case a in ',
  'a) ',
  ' ;; ',
  ' esac',
  "$'",
  '$"',
  '! ',
  'x=',
  'x=1 ',
  '"$x"',
  '$x',
  '{reboot,}',
  '{,b}',
  '$((',
  '))',
  '[[ ',
  ' ]]',
  're',
  'boot',
  'f() { ',
  '<(',
  'time ',
)
const scripts = fc
  .oneof(
    fc.array(scriptPiece, { minLength: 1, maxLength: 10 }),
    fc
      .tuple(
        fc.array(scriptPiece, { maxLength: 6 }),
        fc.constantFrom(['reboot'], ['; ', 'reboot'], ['\n', 'reboot']),
        fc.array(scriptPiece, { maxLength: 6 }),
      )
      .map((parts) => parts.flat()),
  )
  .map((parts) => parts.join(''))

describe.skipIf(shells.length === 0)('what a real shell runs of a text is seen by the policy', () => {
  test.for(shells)('%s', (shell, { expect }) => {
    const place = join(directory, 'programs')
    mkdirSync(place, { recursive: true })
    writeFileSync(join(place, 'reboot'), `#!/bin/sh\n: > ${join(directory, 'ran')}\n`)
    chmodSync(join(place, 'reboot'), 0o755)
    const allowed = fc.sample(scripts, { numRuns: 3000, seed: 7 }).filter((script) => judgeText(script).decision === 'allow')
    expect(allowed.length).toBeGreaterThan(100)
    for (const script of allowed) {
      rmSync(join(directory, 'ran'), { force: true })
      spawnSync(shell, [...(shell.endsWith('bash') ? ['--norc'] : []), '-c', script], {
        cwd: directory,
        env: { PATH: place },
        stdio: 'ignore',
        timeout: 5000,
      })
      expect(existsSync(join(directory, 'ran')), script).toBe(false)
    }
  })
})
