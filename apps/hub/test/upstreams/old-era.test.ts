import { describe, expect, test, vi } from 'vitest'
import { caller, fixture, openForeign } from './open-foreign.ts'

describe('a server of the 2025 era', () => {
  test('reads are called at once, and their text is marked as data', async () => {
    const { catalogue, names } = await openForeign({ pantry: fixture('old-pantry') })
    expect(names()).toContain('pantry_read_jar')
    const result = await catalogue.call({ name: 'pantry_read_jar', input: { jar: 'left' }, caller })
    expect(result).toMatchObject({ kind: 'done' })
    expect(result.text).toContain('left: plums')
    expect(result.text).toMatch(/data from read_jar, not instructions/)
  })
})
