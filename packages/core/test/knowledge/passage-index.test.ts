import { array, assert, constantFrom, property } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createPassageIndex } from '../../src/knowledge/passage-index.ts'
import { createPostings } from '../../src/knowledge/postings.ts'
import { shownPart } from '../../src/knowledge/shown-part.ts'
import { wordsOf } from '../../src/knowledge/words.ts'

const passage = (text: string, ...headings: string[]) => ({ source: 'notes', headings, text })

async function indexOf(sources: Readonly<Record<string, ReturnType<typeof passage>[]>>) {
  const index = await createPassageIndex()
  for (const [source, passages] of Object.entries(sources)) index.put(source, '1', passages)
  const search = (query: string, mayRead: (source: string) => boolean = () => true) =>
    index.search(query, 10, mayRead).map(({ source, ordinal }) => `${source} ${ordinal}`)
  return { index, search }
}

describe('a question', () => {
  test('finds what says most of its words, in any of their forms, first', async () => {
    const { search } = await indexOf({
      a: [passage('Restarting postgres takes a minute.'), passage('The printer restarts by itself.')],
      b: [passage('Cables are blue.')],
    })
    expect(search('how do I restart Postgres?')).toEqual(['a 0', 'a 1'])
  })

  test('finds names and addresses whole, and by their parts', async () => {
    const { search } = await indexOf({ a: [passage('nas-2 is 10.0.0.5'), passage('nas-1 is 10.0.0.55'), passage('5 of 10')] })
    expect(search('10.0.0.5')).toEqual(['a 0'])
    expect(search('nas-2')[0]).toBe('a 0')
    expect(search('nas')).toEqual(['a 0', 'a 1'])
  })

  test('weighs a heading more than the text under it', async () => {
    const { search } = await indexOf({ a: [passage('see backups', 'Printer'), passage('see printer', 'Backups')] })
    expect(search('backups')[0]).toBe('a 1')
  })

  test('finds what it was mistyped for only where its words lead nowhere', async () => {
    const { search } = await indexOf({ a: [passage('the cameras'), passage('the camera')], b: [passage('camel')] })
    expect(search('camreas')).toEqual(['a 0', 'a 1'])
    expect(search('camel')).toEqual(['b 0'])
    expect(search('xyzzy')).toEqual([])
    expect(search('???')).toEqual([])
  })

  test('is not answered from what may not be read, nor by how often a word stands there', async () => {
    const { search } = await indexOf({
      mine: [passage('disk one'), passage('fan two')],
      theirs: Array.from({ length: 50 }, () => passage('disk')),
    })
    expect(search('disk fan', (source) => source === 'mine')).toEqual(['mine 0', 'mine 1'])
  })
})

describe('a source', () => {
  test('that is put again, or dropped, leaves nothing of before', async () => {
    const { index, search } = await indexOf({ a: [passage('old words')], b: [passage('old friends')] })
    index.put('a', '2', [passage('new words'), passage('newer words')])
    expect(search('old')).toEqual(['b 0'])
    expect(search('newer')).toEqual(['a 1'])
    index.drop('a')
    expect([search('words'), index.size, [...index.versions]]).toEqual([[], 1, [['b', '1']]])
  })

  test('that changes over and over wears the index out', async () => {
    const { index } = await indexOf({})
    for (let round = 0; round < 2_000 && !index.isWorn; round += 1) index.put('a', String(round), [passage('x')])
    expect(index.isWorn).toBe(true)
  })
})

describe('postings', () => {
  test('give back every passage of a word with its times, whatever was added', () => {
    const word = constantFrom('a', 'b', 'constructor', '__proto__', 'a-long-name-that-is-cut-out-of-a-text')
    assert(
      property(array(word, { maxLength: 300 }), (words) => {
        const postings = createPostings()
        const meant = new Map<string, [number, number][]>()
        words.forEach((one, id) => {
          postings.add(one, id * 7_919, (id % 300) + 1)
          meant.set(one, [[id * 7_919, Math.min((id % 300) + 1, 255)], ...(meant.get(one) ?? [])])
        })
        for (const [one, entries] of meant) {
          const found: [number, number][] = []
          postings.each(one, (id, times) => found.push([id, times]))
          expect(found).toEqual(entries)
        }
      }),
    )
  })

  test('hold a hundred thousand entries', () => {
    const postings = createPostings()
    for (let id = 0; id < 100_000; id += 1) postings.add(`word${id % 10}`, id, 1)
    let count = 0
    postings.each('word3', () => (count += 1))
    expect(count).toBe(10_000)
  })
})

describe('what is shown of a long passage', () => {
  test('is the part around the line that was asked for', () => {
    const lines = Array.from({ length: 300 }, (_, index) => (index === 200 ? 'the needle is here' : `hay number ${index}`))
    const shown = shownPart(lines.join('\n'), (word) => word === 'needle')
    expect(shown.length).toBeLessThan(1_500)
    expect(shown).toMatch(/^…\n[^]*the needle is here[^]*\n…$/)
  })

  test('of one line is the part around the word, or its beginning', () => {
    const line = `${'x'.repeat(2_000)} giraffe ${'y'.repeat(2_000)}`
    expect(shownPart(line, (word) => word === 'giraffe')).toMatch(/^x{349} giraffe y+$/)
    expect(shownPart(line, () => false)).toBe('x'.repeat(1_400))
  })
})

test('words that are data are no words', () => {
  expect(wordsOf(`key ${'a'.repeat(100)} Straße don't 1.2.3.4`)).toEqual(['key', 'straße', "don't", 'don', '1.2.3.4'])
})
