import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { estimateTokens, fitToBudget } from '../../src/present/budget.ts'
import { markUntrusted } from '../../src/present/clean.ts'
import { renderOutput } from '../../src/present/render.ts'

const container = (index: number) => ({ name: `container-${index}`, state: 'running', image: 'registry.lan/app:1.2.3' })
const containers = Array.from({ length: 500 }, (_, index) => container(index))
const narrowing = 'narrow with name, state, or page with limit and cursor'

/** Halves of characters beyond the basic plane that stand alone. */
const brokenPairs = (text: string): number => Array.from(text).filter((sign) => /^[\uD800-\uDFFF]$/.test(sign)).length

describe('estimating', () => {
  test.each([
    ['', 0],
    ['web', 1],
    ['hello world', 4],
    ['12345678', 4],
    ['a: 1\n', 5],
    ['web | 8 d', 5],
    ['東京', 2],
    ['\u{1F600}', 2],
  ])('%j costs %i', (text, tokens) => {
    expect(estimateTokens(text)).toBe(tokens)
  })

  test('a part never costs more than the whole, and the whole no more than its parts', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (one, other) => {
        const whole = estimateTokens(one + other)
        expect(whole).toBeGreaterThanOrEqual(Math.max(estimateTokens(one), estimateTokens(other)))
        expect(whole).toBeLessThanOrEqual(estimateTokens(one) + estimateTokens(other) + 1)
      }),
    )
  })
})

describe('fitting', () => {
  test('what fits is left alone', () => {
    const output = { containers: containers.slice(0, 3) }
    expect(fitToBudget(output, renderOutput, { narrowing })).toBe(renderOutput(output))
  })

  test('rows are dropped from the end, and the last line says how many and how to narrow', () => {
    const text = fitToBudget({ total: 500, containers }, renderOutput, { tokens: 300, narrowing })
    const lines = text.split('\n')
    expect(lines.slice(0, 3)).toEqual(['total: 500', 'name | state | image', 'container-0 | running | registry.lan/app:1.2.3'])
    const shown = lines.length - 3
    expect(lines.at(-1)).toBe(`${shown} of 500 rows shown; ${narrowing}`)
    const more = renderOutput({ total: 500, containers: containers.slice(0, shown + 1) })
    expect(estimateTokens(more)).toBeGreaterThan(300)
  })

  test('the latest rows are kept where the tail matters', () => {
    const lines = fitToBudget(containers, renderOutput, { tokens: 100, keep: 'tail' }).split('\n')
    expect(lines.at(-2)).toContain('container-499')
    expect(lines.at(-1)).toMatch(/^\d+ of 500 rows shown$/)
  })

  test('several lists are capped alike, and each is named', () => {
    const text = fitToBudget({ images: containers.slice(0, 40), containers }, renderOutput, { tokens: 200, narrowing })
    expect(text.split('\n').at(-1)).toMatch(/^(\d+) of 500 containers shown, \1 of 40 images shown; narrow/)
  })

  test('a list the text does not speak of stays whole', () => {
    const render = (output: unknown) => `${(output as { containers: unknown[] }).containers.length} containers`
    expect(fitToBudget({ containers }, render, { tokens: 50 })).toBe('500 containers')
  })

  test('long text is cut at a line, from the end that matters', () => {
    const text = Array.from({ length: 1_000 }, (_, index) => `line ${index}`).join('\n')
    const head = fitToBudget(text, renderOutput, { tokens: 100, narrowing: 'narrow with tail' }).split('\n')
    expect(head[0]).toBe('line 0')
    expect(head.at(-1)).toBe(`first ${head.length - 1} of 1000 lines shown; narrow with tail`)
    const tail = fitToBudget(text, renderOutput, { tokens: 100, keep: 'tail' }).split('\n')
    expect(tail.at(-2)).toBe('line 999')
    expect(tail.at(-1)).toBe(`last ${tail.length - 1} of 1000 lines shown`)
  })

  test('text of one line is cut between characters', () => {
    expect(fitToBudget('\u{1F600}'.repeat(100), renderOutput, { tokens: 5 })).toBe('\u{1F600}\u{1F600}\nfirst 4 of 200 characters shown')
    expect(fitToBudget('\u{1F600}'.repeat(100), renderOutput, { tokens: 5, keep: 'tail' })).toBe(
      '\u{1F600}\u{1F600}\nlast 4 of 200 characters shown',
    )
  })

  test('what is put around the text does not enclose the note', () => {
    const text = fitToBudget('word '.repeat(9_000), renderOutput, { wrap: (inner) => markUntrusted(inner, 'logs') })
    expect(text).toMatch(/>> end of data\nfirst \d+ of 45000 characters shown$/)
  })

  test('no budget goes beyond 10,000 tokens', () => {
    for (const output of [
      'x'.repeat(1_000_000),
      { containers: Array.from({ length: 20_000 }, (_, index) => container(index)) },
      '\n'.repeat(50_000),
    ])
      expect(estimateTokens(fitToBudget(output, renderOutput, { tokens: 1_000_000, narrowing: 'y'.repeat(9_000) }))).toBeLessThanOrEqual(
        10_000,
      )
  })

  test('a budget is never exceeded, and the text says so exactly when something was left out', () => {
    const row = fc.dictionary(
      fc.stringMatching(/^[a-z]{1,5}$/),
      fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer(), fc.array(fc.string())),
      { maxKeys: 4 },
    )
    const output = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.array(row, { maxLength: 40 }),
      fc.record({
        rows: fc.array(row, { maxLength: 40 }),
        more: fc.array(row, { maxLength: 10 }),
        text: fc.string({ maxLength: 200 }),
        total: fc.nat(),
      }),
    )
    fc.assert(
      fc.property(output, fc.integer({ min: 1, max: 300 }), fc.constantFrom('head' as const, 'tail' as const), (value, tokens, keep) => {
        const whole = renderOutput(value)
        const text = fitToBudget(value, renderOutput, { tokens, keep, narrowing: 'NARROW' })
        const at = text.lastIndexOf('\n')
        const isCut = text.slice(Math.max(0, at)).endsWith('shown; NARROW')
        expect(isCut).toBe(estimateTokens(whole) > tokens)
        expect(estimateTokens(isCut ? text.slice(0, at) : text)).toBeLessThanOrEqual(tokens)
        expect(isCut || text === whole).toBe(true)
        expect(brokenPairs(text) > 0 && brokenPairs(whole) === 0).toBe(false)
      }),
      { numRuns: 500 },
    )
  })
})
