import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { createPrompt } from '../src/cli/prompt.ts'

/** A keyboard, what the screen shows, and the way to ask. */
function desk() {
  const [keyboard, screen] = [new PassThrough(), new PassThrough()]
  let shown = ''
  screen.on('data', (chunk: Buffer) => (shown += chunk.toString()))
  return { keyboard, ask: createPrompt(keyboard, screen), shown: () => shown }
}

test('an answer is echoed as it is typed, and a hidden one is not', async () => {
  const { keyboard, ask, shown } = desk()
  const name = ask('Name: ')
  keyboard.write('attic\r')
  expect(await name).toBe('attic')
  const secret = ask('Password: ', { hidden: true })
  keyboard.write('correct horse\r')
  expect(await secret).toBe('correct horse')
  const last = ask('More: ')
  keyboard.write('no\r')
  expect(await last).toBe('no')
  expect(shown()).toContain('attic')
  expect(shown()).toContain('Password: ')
  expect(shown()).not.toContain('horse')
})

test('lines pasted at once answer one question after the other', async () => {
  const { keyboard, ask } = desk()
  const first = ask('First: ')
  keyboard.write('1\r2\r')
  expect([await first, await ask('Second: ')]).toEqual(['1', '2'])
})

test.each([
  ['Ctrl-C', '\u0003'],
  ['Ctrl-D', '\u0004'],
])('%s ends all questions', async (_, key) => {
  const { keyboard, ask } = desk()
  const answer = ask('Name: ')
  keyboard.write(key)
  await expect(answer).rejects.toMatchObject({ code: 'denied', message: 'Ended by you.' })
  await expect(ask('More: ')).rejects.toMatchObject({ code: 'denied' })
})
