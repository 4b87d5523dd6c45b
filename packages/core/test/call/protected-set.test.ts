import { adminAcknowledgement } from '@rackwarden/core'
import { describe, expect, test } from 'vitest'
import { codeOf, openShelves } from '../open-shelves.ts'
import { createShelf } from '../shelf.ts'

const input = { name: 'lamp', value: 'on' }

describe('the protected set', () => {
  const admin = { tier: 'admin' as const, environment: { RACKWARDEN_ADMIN: adminAcknowledgement } }

  test.each(['shelf/entry/lamp', 'shelf@main/entry/lamp', 'SHELF/entry/la*', '*/entry/*'])(
    'refuses the plan of what %s names',
    async (pattern) => {
      const shelf = createShelf()
      const { call } = await openShelves({ main: shelf }, { protect: [pattern] })
      const refused = await call('shelf_add_entry', input)
      expect(codeOf(refused)).toBe('protected')
      expect(refused.text).toContain("'protect' in rackwarden.yaml")
      expect(shelf.writes).toBe(0)
    },
  )

  test('refuses what a write comes to touch beyond its plan, whoever agreed', async () => {
    const shelf = createShelf({ lamp: 'on' })
    const { call } = await openShelves({ main: shelf }, { ...admin, protect: ['shelf/entry/lamp'], approval: { tiers: { admin: 'none' } } })
    expect(codeOf(await call('shelf_delete_shelf', {}, { tier: 'admin' }))).toBe('protected')
    expect(shelf.writes).toBe(0)
  })
})
