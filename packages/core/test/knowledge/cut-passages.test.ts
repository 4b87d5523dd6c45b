import { array, assert, constantFrom, oneof, property, string } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cutPassages } from '../../src/knowledge/cut-passages.ts'
import { blocksOf } from '../../src/knowledge/markdown.ts'

const cut = (...lines: string[]) => cutPassages(lines.join('\n')).map(({ headings, text }) => `${headings.join(' › ')} | ${text}`)

describe('headings', () => {
  test('of both kinds say under what a passage stands', () => {
    expect(cut('# Network', 'one', '## VLANs', 'two', '', 'Disks', '=====', 'three', '', 'Old ones', '---', 'four')).toEqual([
      'Network | one',
      'Network › VLANs | two',
      'Disks | three',
      'Disks › Old ones | four',
    ])
  })

  test('that skip a level stand under what there is', () => {
    expect(cut('### Deep', 'a', '# Top', 'b', '### Skipped', 'c', '## Between', 'd')).toEqual([
      'Deep | a',
      'Top | b',
      'Top › Skipped | c',
      'Top › Between | d',
    ])
  })

  test('may be closed by marks, be empty, or be none without a space', () => {
    expect(cut('## Closed ##', 'a', '#', 'b', '#none', '####### seven')).toEqual(['Closed | a', ' | b\n#none\n####### seven'])
  })

  test('that nothing stands under are still found, unless others stand under them', () => {
    expect(cut('# Lab', '## Power', '## Water', 'wet')).toEqual(['Lab › Power | ', 'Lab › Water | wet'])
  })

  test('of thousands of characters are cut', () => {
    const [passage] = cutPassages(`# ${'long '.repeat(1000)}\ntext`)
    expect(passage?.headings[0]).toHaveLength(120)
    expect(passage?.text).toBe('text')
  })

  test('are no rules, lists or front matter', () => {
    expect(cut('---', 'title: Notes', 'tags: [a]', '---', '# One', '- item', '---', 'more')).toEqual([
      ' | ---\ntitle: Notes\ntags: [a]\n---',
      'One | - item\n---\nmore',
    ])
  })
})

describe('what belongs together', () => {
  test('is fenced code, whatever stands in it', () => {
    const code = ['```sh', '# not a heading', '', 'title', '=====', '| a | b |', '|---|---|', '~~~', '```']
    expect(cut('# Run', ...code, 'after')).toEqual([`Run | ${code.join('\n')}\n\nafter`])
  })

  test('is code that is never closed, to the end, and code in a list', () => {
    expect(cut('~~~', '# a', '# b')).toEqual([' | ~~~\n# a\n# b'])
    expect(cut('- step', '      ```', '# comment', '      ```', '# Next', 'x')).toEqual([
      ' | - step\n\n      ```\n# comment\n      ```',
      'Next | x',
    ])
  })

  test('is a table, with what it says above each piece where it is cut', () => {
    const rows = Array.from({ length: 900 }, (_, index) => `| 10.0.${index >> 8}.${index & 255} | host-${index} |`)
    const passages = cutPassages(['# Addresses', '| ip | name |', '|----|:----:|', ...rows].join('\n'))
    expect(passages.length).toBeGreaterThan(1)
    for (const { text, headings } of passages) {
      expect(text.startsWith('| ip | name |\n|----|:----:|\n| 10.0.')).toBe(true)
      expect(text.length).toBeLessThan(9_000)
      expect(headings).toEqual(['Addresses'])
    }
    const small = ['| ip | name |', '|----|------|', ...rows.slice(0, 100)]
    expect(cutPassages(small.join('\n'))).toEqual([{ headings: [], text: small.join('\n') }])
  })

  test('is a line of megabytes, in pieces', () => {
    const passages = cutPassages('x'.repeat(1_000_000))
    expect(passages.length).toBeGreaterThan(100)
    expect(passages.every(({ text }) => text.length <= 1_600)).toBe(true)
  })
})

const line = oneof(
  constantFrom(
    '',
    '',
    '# One',
    '## Two',
    'Title',
    '===',
    '---',
    '```',
    '```js',
    '~~~~',
    '| a | b |',
    '|---|---|',
    '| 1 | 2 |',
    '- item',
    '    code',
  ),
  string({ maxLength: 60, unit: 'grapheme' }).map((text) => text.replaceAll('\n', ' ')),
  string({ minLength: 1_500, maxLength: 4_000 }).map((text) => text.replaceAll('\n', ' ')),
)
const document = array(line, { maxLength: 60 }).map((lines) => lines.join('\n'))

describe('any text', () => {
  test('is in its blocks, every line once and in order', () => {
    assert(
      property(document, (text) => {
        const meant = (lines: readonly string[]) => lines.filter((part) => part.trim() !== '')
        expect(meant(blocksOf(text).flatMap(({ lines }) => lines))).toEqual(meant(text.split('\n')))
      }),
    )
  })

  test('never has its code or its tables cut apart, unless they are too long for an answer', () => {
    assert(
      property(document, (text) => {
        const passages = cutPassages(text)
        const whole = blocksOf(text)
          .filter(({ kind }) => kind === 'fence' || kind === 'table')
          .map(({ lines }) => lines.join('\n'))
          .filter(({ length }) => length <= 8_000)
        for (const part of whole) expect(passages.some((passage) => passage.text.includes(part))).toBe(true)
      }),
    )
  })

  test('says all its words in its passages or their headings', () => {
    assert(
      property(
        array(constantFrom('# One', 'Two', '===', 'three', '```', 'four', '', '| a | b |', '|---|---|'), { maxLength: 40 }),
        (lines) => {
          const said = cutPassages(lines.join('\n'))
            .flatMap(({ headings, text }) => [...headings, text])
            .join('\n')
          for (const word of ['One', 'Two', 'three', 'four']) expect(said.includes(word)).toBe(lines.join('\n').includes(word))
        },
      ),
    )
  })

  test('makes passages of bounded length', () => {
    assert(
      property(document, (text) => {
        for (const passage of cutPassages(text)) expect(passage.text.length).toBeLessThanOrEqual(14_000)
      }),
    )
  })
})
