import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { requireComponent } from '@rackwarden/lab'
import { assert, array, asyncProperty, constantFrom, oneof, string } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { quote } from '../src/index.ts'

const missing = requireComponent('sshd')
const sensitive = constantFrom(
  "'",
  '"',
  '\\',
  '\n',
  '\r',
  '\t',
  ' ',
  '$',
  '`',
  '!',
  '*',
  '?',
  '~',
  '#',
  '&',
  ';',
  '|',
  '-',
  '--',
  '=',
  '%s',
  '',
  'ü',
  '🙂',
)
const argument = oneof(string({ unit: 'binary' }), string({ unit: 'grapheme' }), string({ unit: sensitive })).map((text) =>
  text.replaceAll('\0', ''),
)

/** The arguments as a shell understands them. */
async function understood(shell: readonly string[], line: string): Promise<string[]> {
  const [program = '', ...rest] = shell
  const { stdout } = await promisify(execFile)(program, [...rest, '-c', `printf '%s\\0' ${line}`], { encoding: 'buffer' })
  return stdout.toString('utf8').split('\0').slice(0, -1)
}

describe.skipIf(missing !== undefined)('quoted arguments', () => {
  test.for<readonly string[]>([['dash'], ['bash'], ['bash', '--posix'], ['busybox', 'sh']])(
    'mean themselves to %s, whatever is in them',
    async (shell) => {
      await assert(
        asyncProperty(array(argument, { minLength: 1, maxLength: 8 }), async (argv) => {
          expect(await understood(shell, quote(argv))).toEqual(argv)
        }),
        { numRuns: 300 },
      )
    },
  )

  test.for<readonly string[]>([['dash'], ['bash'], ['busybox', 'sh']])(
    'mean themselves to %s also when they are quoted twice',
    async (shell) => {
      await assert(
        asyncProperty(array(argument, { minLength: 1, maxLength: 5 }), async (argv) => {
          const [inner] = await understood(shell, quote([quote(argv)]))
          expect(await understood(shell, inner ?? '')).toEqual(argv)
        }),
        { numRuns: 100 },
      )
    },
  )
})

test('a NUL character, which no program can be given, is refused', () => {
  expect(() => quote(['echo', 'a\0b'])).toThrow(expect.objectContaining({ code: 'invalid_input' }))
})
