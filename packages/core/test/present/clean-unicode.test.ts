import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cleanText } from '../../src/present/clean.ts'

/** Told by Unicode's own properties, apart from the list that does the work. */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\p{Bidi_Control}]/u
/** Signs of numbers that stand before digits and are seen, though they are called format controls. */
const seen = /[\u0600-\u0605\u06DD\u070F\u0890\u0891\u08E2\u{110BD}\u{110CD}]/u
const kept = /[\t\n]/

const isUnwanted = (sign: string) => unseen.test(sign) && !seen.test(sign) && !kept.test(sign)
/** A note without a head: a symbol, and nothing to be seen. */
const nullNote = 0x1d159
const emojiSelectors = new Set([0xfe0e, 0xfe0f])

function* codePoints(): Iterable<number> {
  for (let point = 0; point <= 0x10ffff; point += 1) yield point
}

const contexts: readonly (readonly [before: string, after: string])[] = [
  ['', ''],
  ['a', 'é'],
  ['שלום', 'ا'],
  ['\u001B[3', 'm'],
  ['e\u0301', '\u0301'],
]

describe('every code point there is', () => {
  test.each(contexts)('between %j and %j is kept where it is seen, and gone where it is not', (before, after) => {
    const around = cleanText(before + after)
    const wrong: string[] = []
    for (const point of codePoints()) {
      // Within a sequence for terminals the rest of it is what counts.
      if (before.includes('\u001B') && point < 0x100) continue
      if (emojiSelectors.has(point)) continue
      const sign = String.fromCodePoint(point)
      const cleaned = cleanText(before + sign + after)
      const isHalf = point >= 0xd800 && point <= 0xdfff
      const isLine = point === 0x0d || point === 0x2028 || point === 0x2029
      const [head, tail] = [cleanText(before), before.includes('\u001B') ? after : cleanText(after)]
      const expected = isHalf ? `${head}\uFFFD${tail}` : isLine ? `${head}\n${tail}` : `${head}${sign}${tail}`
      const gone = point === nullNote || (isUnwanted(sign) && !isHalf && !isLine)
      if (cleaned !== (gone ? (before.includes('\u001B') ? head + tail : around) : expected)) wrong.push(point.toString(16))
    }
    expect(wrong).toEqual([])
  })

  test('leaves nothing unseen, all of them at once, and cleaning again changes nothing', () => {
    let text = ''
    for (const point of codePoints()) text += String.fromCodePoint(point)
    const once = cleanText(text)
    expect(Array.from(once).filter((sign) => isUnwanted(sign) && !emojiSelectors.has(sign.codePointAt(0) ?? 0))).toEqual([])
    expect(cleanText(once)).toBe(once)
  })

  test('in any order leaves nothing unseen, and cleaning again changes nothing', () => {
    const sign = fc.oneof(
      fc.nat(0x10ffff),
      fc.constantFrom(0x1b, 0x5b, 0x5d, 0x9b, 0x9c, 0x9d, 0x07, 0x50, 0xfe0f, 0x200d, 0x2764, 0xd83d, 0xde00),
    )
    fc.assert(
      fc.property(fc.array(sign, { maxLength: 30 }), (points) => {
        const once = cleanText(String.fromCodePoint(...points))
        expect(cleanText(once)).toBe(once)
        expect(once).not.toMatch(/\p{Surrogate}/u)
        const left = Array.from(once).filter(
          (found, index, all) => isUnwanted(found) && !(/[\uFE0E\uFE0F]/.test(found) && /\p{Emoji}/u.test(all[index - 1] ?? '')),
        )
        expect(left).toEqual([])
      }),
      { numRuns: 3_000 },
    )
  })
})

describe('ordinary text', () => {
  test.each([
    'Ünïcödé, naïve, e\u0301 and Z\u0351\u036B\u0343a\u0328l\u0348',
    'Ελληνικά, Кириллица, Հայերեն, ქართული',
    'עִבְרִית, العَرَبِيَّة \u0661\u0662, فارسی, اردو',
    'हिन्दी, বাংলা, தமிழ், తెలుగు, ಕನ್ನಡ, മലയാളം, සිංහල',
    'ไทย, ລາວ, မြန်မာ, ខ្មែរ, བོད་ཡིག',
    '東京、서울, 北京, ひらがな, カタカナ, ㄅㄆㄇ',
    '한글 and \u1112\u1161\u11AB',
    'አማርኛ, ᏣᎳᎩ, ᐃᓄᒃᑎᑐᑦ, ᚠᚢᚦ, 𐍈, 𒀀, 𓀀, 𝄞',
    '❤\uFE0F ✔\uFE0E 1\uFE0F\u20E3 👍🏽 🇨🇭 😀',
    '\u00A0\u2003\u3000 spaces, ½ ² № ™ € ∑ → ░',
    '\uE0B0 of an icon font, \uFFFD, \uFFFC',
  ])('%s stays as it is', (text) => {
    expect(cleanText(text)).toBe(text)
  })

  test.each([
    ['a family is its members', '👨\u200D👩\u200D👧', '👨👩👧'],
    ['words that were kept apart are one', 'می\u200Cخواهم', 'میخواهم'],
    ['a flag of a region is a flag', '🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}', '🏴'],
    ['a selector behind a letter is gone', 'p\uFE0Fa\uFE0Es\uFE0Fs', 'pass'],
    ['a second selector is gone', '❤\uFE0F\uFE0F', '❤\uFE0F'],
    ['half a character is a broken one', 'a\uD83Db\uDE00c', 'a\uFFFDb\uFFFDc'],
  ])('of joiners and selectors: %s', (_, text, expected) => {
    expect(cleanText(text)).toBe(expected)
  })
})

describe('terminals', () => {
  test.each([
    ['a link', '\u001B]8;id=1;https://evil.lan\u001B\\click\u001B]8;;\u001B\\', 'click'],
    ['a link in 8-bit form', '\u009D8;;https://evil.lan\u009Cclick\u009D8;;\u009C', 'click'],
    ['a clipboard that would be filled', 'a\u001B]52;c;ZXZpbA==\u0007b', 'ab'],
    ['a device control string', 'a\u001BP+q544e\u001B\\b\u0090$q\u009Cc', 'abc'],
    ['a screen that would be cleared', 'a\u001B[2J\u001B[H\u009B3Jb', 'ab'],
    ['every 8-bit control', String.fromCodePoint(...Array.from({ length: 32 }, (_, index) => 0x80 + index)), ''],
    ['a sequence across a joiner', '\u001B\u200B[31mx', '[31mx'],
  ])('are not told %s', (_, text, expected) => {
    expect(cleanText(text)).toBe(expected)
  })

  test.each([[0xc0, 0x9b], [0xe0, 0x80, 0x9b], [0xf0, 0x80, 0x80, 0x9b], [0xed, 0xa0, 0xbd], [0xf4, 0x90, 0x80, 0x80], [0xff]])(
    'bytes %j, which are no UTF-8, come out as broken characters only',
    (...bytes) => {
      expect(cleanText(Buffer.from([0x61, ...bytes, 0x62]).toString())).toMatch(/^a\uFFFD+b$/)
    },
  )
})
