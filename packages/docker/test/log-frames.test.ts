import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { demultiplex, inOrderOfTime, logLines, type LogLine } from '../src/log-frames.ts'

function frame(stream: 'stdout' | 'stderr', payload: Uint8Array): Buffer {
  const header = Buffer.alloc(8)
  header.writeUInt8(stream === 'stdout' ? 1 : 2, 0)
  header.writeUInt32BE(payload.length, 4)
  return Buffer.concat([header, payload])
}

function cutAt(bytes: Buffer, borders: readonly number[]): Buffer[] {
  const cuts = [...new Set(borders.map((border) => border % (bytes.length + 1)))].toSorted((first, second) => first - second)
  return [0, ...cuts].map((start, index) => bytes.subarray(start, cuts[index] ?? bytes.length))
}

const eitherStream = fc.constantFrom('stdout' as const, 'stderr' as const)
const frames = fc.array(fc.record({ stream: eitherStream, payload: fc.uint8Array({ maxLength: 40 }) }))

test('frames come out as they went in, wherever the bytes are cut', () => {
  fc.assert(
    fc.property(frames, fc.array(fc.nat()), (given, borders) => {
      const sent = Buffer.concat(given.map(({ stream, payload }) => frame(stream, payload)))
      const read = demultiplex(cutAt(sent, borders)).map(({ stream, bytes }) => ({ stream, payload: new Uint8Array(bytes) }))
      expect(read).toEqual(given.map(({ stream, payload }) => ({ stream, payload: new Uint8Array(payload) })))
    }),
  )
})

test('a log that breaks off within a frame is read as far as it came', () => {
  const whole = Buffer.concat([frame('stdout', Buffer.from('one\n')), frame('stderr', Buffer.from('two\n'))])
  for (let length = 0; length <= whole.length; length += 1) expect(() => logLines(demultiplex([whole.subarray(0, length)]))).not.toThrow()
  expect(logLines(demultiplex([whole.subarray(0, whole.length - 2)])).map(({ text }) => text)).toEqual(['one', 'tw'])
})

test('lines survive being spread over frames of both streams, characters and all', () => {
  const text = fc.string({ unit: 'grapheme' }).filter((line) => !/[\r\n]/.test(line) && line !== '')
  fc.assert(
    fc.property(fc.array(text, { minLength: 1 }), fc.array(text, { minLength: 1 }), fc.array(fc.nat()), (out, err, borders) => {
      const cut = (name: 'stdout' | 'stderr', lines: string[]) =>
        cutAt(Buffer.from(lines.map((line) => `${line}\n`).join('')), borders).map((bytes) => ({ stream: name, bytes }))
      const [first, second] = [cut('stdout', out), cut('stderr', err)]
      const woven = Array.from({ length: Math.max(first.length, second.length) }, (_, index) => [first[index], second[index]])
      const lines = logLines(woven.flat().filter((chunk) => chunk !== undefined))
      expect(lines.filter((line) => line.stream === 'stdout').map((line) => line.text)).toEqual(out)
      expect(lines.filter((line) => line.stream === 'stderr').map((line) => line.text)).toEqual(err)
    }),
  )
})

test('the timestamp is taken off every line, and off the later pieces of a long one', () => {
  const at = (second: number) => `2026-11-20T07:12:${second}.494244192Z`
  const chunks = [`${at(23)} err\n`, `${at(24)} long `, `${at(25)} line\n`, `${at(26)} \n`].map((text) => ({
    stream: 'stderr' as const,
    bytes: Buffer.from(text),
  }))
  expect(logLines(chunks)).toEqual([
    { stream: 'stderr', at: at(23), text: 'err' },
    { stream: 'stderr', at: at(24), text: 'long line' },
    { stream: 'stderr', at: at(26), text: '' },
  ])
})

test('a terminal’s line ends leave no trace', () => {
  expect(logLines([{ stream: 'stdout', bytes: Buffer.from('tty\r\nmore\r\n') }]).map(({ text }) => text)).toEqual(['tty', 'more'])
})

test('lines are put in order of time, fractions of any length', () => {
  const line = (at: string): LogLine => ({ stream: 'stdout', at, text: at })
  const given = ['2026-11-20T07:12:23.5Z', '2026-11-20T07:12:23.494317682Z', '2026-11-20T07:12:23Z', '2026-11-20T07:12:22.9Z']
  expect(inOrderOfTime(given.map(line)).map(({ at }) => at)).toEqual(given.toReversed())
})
