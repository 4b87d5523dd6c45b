import { describe, expect, test } from 'vitest'
import { createSecretFilter } from '../../src/present/redact.ts'
import { publishedShapes, ruleSets, sampleOf, type PublishedShape } from './published-shapes.ts'

const shapes = publishedShapes()
const of = (kind: string) => shapes.filter((shape) => shape.kind === kind)
/** Nothing is known by its value here. */
const unknowing = createSecretFilter()

/** Places that tell nothing about what stands there. */
const places: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => `started with ${text}, took 4 ms`,
  (text) => JSON.stringify({ note: text, size: 12 }),
  (text) => `LINE="${text}"`,
]

const samples = 10

/** Says whether any secret of any sample is left in any place. */
function passes(shape: PublishedShape, index: number): boolean {
  const around = shape.kind === 'form' ? places : places.slice(0, 1)
  return Array.from({ length: samples }, (_, sample) => sampleOf(shape, 1_000 * (index + 1) + sample)).some(({ text, secrets }) =>
    around.some((place) => {
      const left = unknowing.text(place(text))
      return secrets.some((secret) => left.includes(secret))
    }),
  )
}

/** What is known to pass: without a name these look like what is no secret, and a name may hide what it is about. */
const missed = [
  // A method of an object, a cache's key, and an identifier in three parts
  '«s.{alnum:24}»',
  '«key-{hex:32}»',
  '«{hex:32}-{hex:8}-{hex:8}»',
  // What a value is depends on lines far away, or a user's key is a name
  'apiVersion: v1⏎kind: Secret⏎data:⏎  config.json: «{base64:60}»',
  'PUSHOVER_USER_KEY=«{lower:30}»',
]

describe('the shapes of published rules', () => {
  test('are found in every place, but for those that are known to pass', () => {
    const passing = [...of('form'), ...of('name')].filter(passes)
    for (const [letter, name] of Object.entries(ruleSets)) {
      const told = ['form', 'name'].map((kind) => {
        const all = of(kind).filter(({ sets }) => sets.includes(letter))
        return `${all.filter((shape) => !passing.includes(shape)).length} of ${all.length} by their ${kind}`
      })
      process.stdout.write(`${name}: ${told.join(', ')}\n`)
    }
    expect(passing.map(({ template }) => template)).toEqual(missed)
  })

  test('are read from a file that holds enough of each set to mean something, and each once', () => {
    const secret = shapes.filter(({ kind }) => kind !== 'innocent')
    for (const letter of Object.keys(ruleSets)) expect(secret.filter(({ sets }) => sets.includes(letter)).length).toBeGreaterThan(20)
    expect(new Set(shapes.map(({ template }) => template)).size).toBe(shapes.length)
    expect(secret.filter((shape) => sampleOf(shape, 0).secrets.length === 0)).toEqual([])
  })

  test('are not seen in what is innocent', () => {
    const texts = of('innocent').flatMap((shape, index) =>
      Array.from({ length: samples }, (_, sample) => sampleOf(shape, 1_000_000 + 1_000 * index + sample).text),
    )
    process.stdout.write(`innocent: ${texts.filter((text) => unknowing.text(text) !== text).length} of ${texts.length} taken for secrets\n`)
    expect(texts.filter((text) => unknowing.text(text) !== text).map((text) => unknowing.text(text))).toEqual([])
  })
})
