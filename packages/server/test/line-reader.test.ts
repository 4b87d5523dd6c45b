import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLineReader } from '../src/stdio/line-reader.ts'

function read(limitBytes: number, chunks: readonly Buffer[]): { lines: string[]; overlong: number } {
  const lines: string[] = []
  let overlong = 0
  const reader = createLineReader(
    limitBytes,
    (line) => lines.push(line),
    () => (overlong += 1),
  )
  for (const chunk of chunks) reader.push(chunk)
  reader.end()
  return { lines, overlong }
}

test('lines come out whole, however the stream was cut', () => {
  const line = fc.string({ unit: 'binary', maxLength: 20 }).map((text) => text.replaceAll('\n', ' '))
  fc.assert(
    fc.property(fc.array(line, { maxLength: 20 }), fc.array(fc.nat(200), { maxLength: 10 }), (lines, cuts) => {
      const bytes = Buffer.from(lines.join('\n'))
      const at = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).toSorted((first, second) => first - second), bytes.length]
      const chunks = at.slice(1).map((end, index) => bytes.subarray(at[index], end))
      const expected = bytes
        .toString()
        .split('\n')
        .filter((text) => text !== '')
      expect(read(1000, chunks)).toEqual({ lines: expected, overlong: 0 })
    }),
  )
})

test('a line beyond the limit is let go of and told once, and the next one is read', () => {
  const long = Buffer.alloc(30, 'x')
  expect(read(10, [Buffer.from('one\n'), long, long, Buffer.from('\ntwo\n'), long])).toEqual({ lines: ['one', 'two'], overlong: 2 })
})
