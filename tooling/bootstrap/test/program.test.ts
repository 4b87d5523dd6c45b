import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { defineProgram, readArguments, usageOf } from '../program.mjs'

const program = defineProgram({
  command: 'npm run paint --',
  does: 'Paints a wall.',
  options: {
    colour: { type: 'string', value: '<name>', says: 'white when not given' },
    twice: { type: 'boolean', says: 'with a second coat' },
  },
  takes: '[wall…]',
})
const bare = defineProgram({ command: 'npm run look', does: 'Looks.', options: {} })

test('what a program may be told is shown in one place', () => {
  expect(usageOf(program)).toBe(
    [
      'Usage: npm run paint -- [--colour <name>] [--twice] [wall…]',
      'Paints a wall.',
      '  --colour <name>  white when not given',
      '  --twice          with a second coat',
    ].join('\n'),
  )
  expect(usageOf(bare)).toBe('Usage: npm run look\nLooks.')
})

test('arguments are read, and what is not taken is a sentence', () => {
  expect(readArguments(program, ['--twice', 'north'])).toMatchObject({ values: { twice: true }, positionals: ['north'] })
  expect(() => readArguments(program, ['--thrice'])).toThrow(/^Unknown option '--thrice'\.$/)
  expect(() => readArguments(program, ['--colour'])).toThrow(/^Option '--colour <value>' argument missing\.$/)
  expect(() => readArguments(bare, ['north'])).toThrow(/^Unexpected argument 'north'\.$/)
})

test.each([
  'bench/bench.mjs',
  'bench/tokens.mjs',
  'bundle/bundle.mjs',
  'bundle/release-plan.mjs',
  'conformance/conformance.mjs',
  'create-service/main.mjs',
  'docs/docs.mjs',
  'evals/evals.mjs',
  'pack/consume.mjs',
  'soak/soak.mjs',
])('%s says what it may be told, and refuses the rest, without a stack trace', (path) => {
  const told = (...args: string[]) =>
    spawnSync(process.execPath, [fileURLToPath(new URL(`../../${path}`, import.meta.url)), ...args], { encoding: 'utf8' })
  expect(told('--help')).toMatchObject({ status: 0, stderr: '', stdout: expect.stringMatching(/^Usage: npm run /) as string })
  const { status, stdout, stderr } = told('--no-such-thing')
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  expect(stderr).toMatch(/^Unknown option '--no-such-thing'\.\n\nUsage: npm run /)
  expect(stderr).not.toMatch(/^ +at /m)
})
