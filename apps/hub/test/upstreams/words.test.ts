import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compare } from '../../src/upstreams/acceptance.ts'
import { definitionHash, promptIn, toolIn, type ToolDefinition } from '../../src/upstreams/definitions.ts'
import { definitionLines, differenceLines, shortDifference } from '../../src/upstreams/difference.ts'
import { createLineSplitter } from '../../src/upstreams/line-splitter.ts'
import { listedNames } from '../../src/upstreams/listed-names.ts'
import { nameProblem } from '../../src/upstreams/own-words.ts'
import { shownInput } from '../../src/upstreams/shown-schema.ts'
import { accessOf } from '../../src/upstreams/tool-access.ts'
import { countUnseen, visibleText } from '../../src/upstreams/visible-text.ts'

const prefix = 'pantry_'

describe('listed names', () => {
  test('are safe, short enough, each its own, and the same in whatever order they came', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 128 })), fc.nat(), (names, seed) => {
        const listed = listedNames(names, prefix)
        const values = [...listed.values()]
        expect(new Set(values).size).toBe(names.length)
        for (const name of values) {
          expect(name).toMatch(/^[A-Za-z0-9_-]+$/)
          expect(prefix.length + name.length).toBeLessThanOrEqual(48)
        }
        const shuffled = names.toSorted((first, second) => ((first.length * 31 + seed) % 7) - ((second.length * 31 + seed) % 7))
        expect(listedNames(shuffled, prefix)).toEqual(listed)
      }),
    )
  })

  test('stay as they are where they can, whatever else there is', () => {
    const listed = listedNames(['read', 're/ad', 'read ', 'x'.repeat(60)], prefix)
    expect(listed.get('read')).toBe('read')
    expect(listed.get('re/ad')).toMatch(/^re_ad_[0-9a-f]{6}$/)
    expect(listed.get('read ')).toMatch(/^read_[0-9a-f]{6}$/)
    expect(listed.get('x'.repeat(60))).toMatch(/^x{34}_[0-9a-f]{6}$/)
  })

  test('give way to names that are taken', () => {
    expect(listedNames(['read'], prefix, new Set(['pantry_read'])).get('read')).toMatch(/^read_[0-9a-f]{6}$/)
  })
})

describe('names of upstreams', () => {
  const services = [{ name: 'docker' }, { name: 'home-assistant' }]
  test.each(['docker', 'service', 'find', 'needs-x', 'call', 'rackwarden', 'list-things', 'home-assistant'])(
    'may not read like ours: %s',
    (name) => {
      expect(nameProblem(name, services)?.code).toBe('invalid_config')
    },
  )
  test.each(['panos', 'github', 'docker-hub', 'my-search'])('may be anything else: %s', (name) =>
    expect(nameProblem(name, services)).toBeUndefined(),
  )
})

const words = fc.string({ unit: 'grapheme', maxLength: 40 })
const tools: fc.Arbitrary<ToolDefinition> = fc
  .record({
    name: fc.string({ minLength: 1, maxLength: 20 }),
    description: words,
    inputSchema: fc.record({ type: fc.constant('object'), properties: fc.dictionary(fc.string(), fc.object()) }),
  })
  .map((value) => toolIn(value))
  .filter((tool) => tool !== undefined)

describe('the difference of two definitions', () => {
  test('has every line of both, in order, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c', 'd')), fc.array(fc.constantFrom('a', 'b', 'c', 'd')), (before, now) => {
        const lines = differenceLines(before, now)
        expect(lines.filter((line) => !line.startsWith('+ ')).map((line) => line.slice(2))).toEqual(before)
        expect(lines.filter((line) => !line.startsWith('- ')).map((line) => line.slice(2))).toEqual(now)
      }),
    )
  })

  test('is there exactly where the definitions are not alike', () => {
    fc.assert(
      fc.property(tools, tools, (first, second) => {
        const differs = differenceLines(definitionLines(first), definitionLines(second)).some((line) => !line.startsWith('  '))
        expect(differs).toBe(definitionHash(first) !== definitionHash(second))
      }),
    )
  })

  test('shows what is near it', () => {
    const before = Array.from({ length: 20 }, (_, index) => `line ${index}`)
    expect(shortDifference(differenceLines(before, before.with(10, 'other')))).toEqual([
      '  line 8',
      '  line 9',
      '- line 10',
      '+ other',
      '  line 11',
      '  line 12',
      '  …',
    ])
  })

  test('of what is very long does not take long', () => {
    const [before, now] = ['a', 'b'].map((letter) => Array.from({ length: 20_000 }, (_, index) => `${letter}${index}`)) as [
      string[],
      string[],
    ]
    expect(differenceLines(before, now)).toHaveLength(40_000)
  })
})

describe('text that hides something', () => {
  test('is shown with it', () => {
    expect(visibleText('a\u200bb\u202ec\u001b[31m\u{e0068}\u{e0069}\n')).toBe("a⟨U+200B⟩b⟨U+202E⟩c⟨U+001B⟩[31m⟨U+E0068 'h'⟩⟨U+E0069 'i'⟩\n")
    expect(countUnseen('a\u200b\u{e0068}')).toBe(2)
  })

  test('never differs unseen', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(countUnseen(visibleText(text))).toBe(0)
      }),
    )
  })
})

describe('offers are held against what was accepted', () => {
  test('by every word of them', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(tools, { selector: ({ name }) => name }),
        fc.uniqueArray(tools, { selector: ({ name }) => name }),
        (before, now) => {
          for (const { name, standing } of compare(before, now)) {
            const [was, is] = [before, now].map((list) => list.find((tool) => tool.name === name))
            expect(standing).toBe(
              is === undefined ? 'gone' : was === undefined ? 'new' : definitionHash(was) === definitionHash(is) ? 'accepted' : 'changed',
            )
          }
        },
      ),
    )
  })

  test('and what is no definition is none', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const read of [toolIn, promptIn])
          expect([undefined, 'string']).toContain(typeof read(value)?.name === 'string' ? 'string' : read(value))
      }),
    )
    expect(toolIn({ name: 'x', inputSchema: { type: 'object', properties: { big: { description: 'x'.repeat(70_000) } } } })).toBeUndefined()
  })
})

describe('shown inputs', () => {
  test('come back under the names the server knows', () => {
    const names = fc.uniqueArray(
      fc.oneof(fc.constantFrom('confirm', 'confirm_', 'instance', 'watchers', 'allow_partial'), fc.string({ minLength: 1, maxLength: 8 })),
    )
    fc.assert(
      fc.property(names, (given) => {
        const { schema, original } = shownInput({
          type: 'object',
          properties: Object.fromEntries(given.map((name) => [name, { type: 'string' }])),
          required: given,
        })
        const listed = Object.keys(schema['properties'] as object)
        for (const reserved of ['confirm', 'instance', 'watchers', 'allow_partial']) expect(listed).not.toContain(reserved)
        const back = original(Object.fromEntries(listed.map((name) => [name, name])))
        expect(Object.keys(back).toSorted()).toEqual(given.filter((name) => name !== '__proto__').toSorted())
      }),
    )
  })

  test('are lean, and stay small whatever they were', () => {
    const properties = Object.fromEntries(
      Array.from({ length: 500 }, (_, index) => [
        `field_${index}`,
        { type: 'string', title: 'T', pattern: '(a+)+$', description: 'words '.repeat(100) },
      ]),
    )
    expect(JSON.stringify(shownInput({ $schema: 'x', type: 'object', properties }).schema).length).toBeLessThan(10_000)
    expect(shownInput({ type: 'object', properties: { title: { type: 'string', title: 'Title' } } }).schema).toEqual({
      type: 'object',
      properties: { title: { type: 'string' } },
    })
  })
})

describe('access of a foreign tool', () => {
  const tool = (annotations?: ToolDefinition['annotations']): ToolDefinition => ({
    name: 'get_it',
    inputSchema: {},
    ...(annotations === undefined ? {} : { annotations }),
  })
  test.each([
    [undefined, 'admin'],
    [{ readOnlyHint: true }, 'observe'],
    [{ readOnlyHint: false }, 'admin'],
    [{ destructiveHint: false }, 'configure'],
    [{ destructiveHint: true }, 'admin'],
    [{ readOnlyHint: false, destructiveHint: false }, 'configure'],
  ] as const)('is by its annotations %j: %s', (annotations, access) => expect(accessOf(tool(annotations), { access: [] })).toBe(access))

  test('is by the first pattern that fits', () => {
    const patterns = ['get_*', '*_it', '*'].map((pattern, index) => ({ pattern, access: (['operate', 'observe', 'off'] as const)[index]! }))
    expect(accessOf(tool(), { access: patterns })).toBe('operate')
    expect(accessOf({ ...tool(), name: 'take_it' }, { access: patterns })).toBe('observe')
    expect(accessOf({ ...tool(), name: 'Get_it_' }, { access: patterns })).toBe('off')
  })
})

describe('lines of a stream', () => {
  test('are the same however it comes in pieces, and none is longer than allowed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom('a', 'é', '\r', ' '), maxLength: 30 })),
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
        (lines, sizes) => {
          const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''))
          const found: string[] = []
          const split = createLineSplitter(20, {
            line: (text) => found.push(text),
            tooLong: ({ bytes: length }) => found.push(`too long: ${length}`),
          })
          for (let [at, turn] = [0, 0]; at < bytes.length; turn += 1) {
            const size = sizes[turn % sizes.length]!
            split(bytes.subarray(at, (at += size)))
          }
          expect(found).toEqual(
            lines.map((line) => (Buffer.byteLength(line) > 20 ? `too long: ${Buffer.byteLength(line)}` : line.replace(/\r$/, ''))),
          )
        },
      ),
    )
  })
})
