import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { presentable } from '../../src/call/respond.ts'
import { cleanText } from '../../src/present/clean.ts'
import { createSecretFilter } from '../../src/present/redact.ts'

describe('known values', () => {
  const known = (...values: string[]) => {
    const filter = createSecretFilter()
    for (const value of values) filter.add(value)
    return filter
  }

  const encodings: ((secret: string) => string)[] = [
    (secret) => secret,
    (secret) => encodeURIComponent(secret),
    (secret) => new URLSearchParams({ q: secret }).toString().slice(2),
    (secret) => encodeURIComponent(secret).replaceAll(/%../g, (code) => code.toLowerCase()),
    (secret) => JSON.stringify(secret).slice(1, -1),
    (secret) => JSON.stringify(JSON.stringify({ secret })),
    (secret) => Buffer.from(secret).toString('base64'),
    (secret) => Buffer.from(secret).toString('base64url'),
    (secret) => Buffer.from(`admin:${secret}`).toString('base64'),
    (secret) => Buffer.from(`a:${secret}@host`).toString('base64url'),
    (secret) => Buffer.from(`ab:${secret}`).toString('base64'),
    (secret) => Buffer.from(JSON.stringify({ secret })).toString('base64'),
    (secret) => Buffer.from(secret).toString('hex'),
    (secret) => encodeURIComponent(encodeURIComponent(secret)),
    (secret) => secret.replaceAll("'", String.raw`'\''`),
    (secret) => secret.replaceAll("'", "''"),
    (secret) =>
      secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&#34;').replaceAll("'", '&#39;'),
    (secret) =>
      JSON.stringify(secret)
        .slice(1, -1)
        .replaceAll('<', String.raw`\u003c`)
        .replaceAll('>', String.raw`\u003e`)
        .replaceAll('&', String.raw`\u0026`),
  ]
  const secrets = fc
    .oneof(fc.string({ minLength: 8, maxLength: 40 }), fc.string({ minLength: 8, maxLength: 40, unit: 'grapheme' }))
    .filter((value) => value.trim().length >= 8 && !'[redacted]'.includes(value.trim()))

  test('a known value never survives in a text, whatever its form and whatever is around it', () => {
    fc.assert(
      fc.property(secrets, fc.string(), fc.string(), fc.constantFrom(...encodings), (secret, before, after, encode) => {
        const filter = known(secret)
        const form = encode(secret)
        const text = filter.text(`${before}${form}${after}`)
        expect(text).not.toContain(secret)
        expect(text.includes(form) && form.length >= 8).toBe(false)
        expect(text).toContain('[redacted]')
      }),
      { numRuns: 1_000 },
    )
  })

  test('a known value never survives in data, in values, keys or numbers', () => {
    fc.assert(
      fc.property(secrets, fc.jsonValue({ maxDepth: 3 }), fc.constantFrom(...encodings), (secret, rest, encode) => {
        const form = encode(secret)
        const shown = JSON.stringify(known(secret).data({ rest, text: `see ${form}`, list: [form], deep: { [form]: [{ form }] } }))
        for (const trace of [form, JSON.stringify(form).slice(1, -1)]) expect(shown.includes(trace) && trace.length >= 8).toBe(false)
      }),
      { numRuns: 500 },
    )
    expect(known('12345678').data({ pin: 12_345_678, count: 12_345, at: 912_345_678 })).toEqual({
      pin: '[redacted]',
      count: 12_345,
      at: '[redacted]',
    })
  })

  test('a known value never survives on its way out, whatever invisible parts its letters', () => {
    const splits = [
      '\u001B[31m',
      '\u001B]8;;http://x\u0007',
      '\u200B',
      '\u2060',
      '\u00AD',
      '\0',
      '\b',
      '\u202E',
      '\uFEFF',
      '\u{E0041}',
      '\u009B1m',
    ]
    // What can be seen of a value is what has to go.
    const seen = secrets.filter((secret) => cleanText(secret) === secret)
    fc.assert(
      fc.property(
        seen,
        fc.constantFrom(...encodings),
        fc.array(fc.tuple(fc.nat(), fc.constantFrom(...splits)), { minLength: 1, maxLength: 6 }),
        (secret, encode, cuts) => {
          const form = encode(secret)
          let split = form
          for (const [at, sign] of cuts) split = split.slice(0, at % (split.length + 1)) + sign + split.slice(at % (split.length + 1))
          // A cut into a pair of surrogates or into another cut leaves something else.
          fc.pre(cleanText(split) === form && form.length >= 8)
          const shown = JSON.stringify(presentable({ text: `see ${split}.`, rows: [{ [split]: split }] }, known(secret)))
          expect(shown.includes(JSON.stringify(form).slice(1, -1))).toBe(false)
          expect(shown).toContain('[redacted]')
        },
      ),
      { numRuns: 1_000 },
    )
  })

  test.each(['\n', '\r\n', '\n    ', String.raw`\n`])('a known value is found in base64 that was broken into lines by %j', (lineEnd) => {
    fc.assert(
      fc.property(
        secrets,
        fc.string({ maxLength: 200 }),
        fc.string({ maxLength: 200 }),
        fc.constantFrom(64, 76),
        (secret, before, after, width) => {
          const encoded = Buffer.from(before + secret + after).toString('base64')
          const lines = encoded.match(new RegExp(`.{1,${width}}`, 'g')) ?? []
          const shown = known(secret).text(`data:\n${lines.join(lineEnd)}\n`)
          const left = Buffer.from(
            shown
              .split('data:\n')[1]
              ?.replaceAll(/\\n|\s/g, '')
              .replaceAll('[redacted]', '') ?? '',
            'base64',
          ).toString()
          expect(left.includes(secret)).toBe(false)
          expect(shown).toContain('[redacted]')
        },
      ),
      { numRuns: 300 },
    )
  })

  test('values that overlap or contain one another go together', () => {
    const filter = known('abcdefgh', 'efghijkl', 'abcdefghijklmnop')
    expect(filter.text('1 abcdefghijkl 2')).toBe('1 [redacted] 2')
    expect(filter.text('1 abcdefghijklmnop 2 abcdefgh 3')).toBe('1 [redacted] 2 [redacted] 3')
    expect(filter.text('abcdefghabcdefgh')).toBe('[redacted]')
  })

  test('values under 8 characters are not filtered by value', () => {
    expect(known('admin12', '').text('user admin12 is here')).toBe('user admin12 is here')
  })

  test('the lines of a multi-line value are known by themselves', () => {
    const filter = known('first-line-of-something\nsecond-line-of-something\n')
    expect(filter.text('log: second-line-of-something')).toBe('log: [redacted]')
  })

  test('a value learned later is known from then on', () => {
    const filter = known('first-value')
    expect(filter.text('second-value')).toBe('second-value')
    filter.add('second-value')
    expect(filter.text('first-value second-value')).toBe('[redacted] [redacted]')
  })
})
