import { describe, expect, test } from 'vitest'
import { measureTasks } from '../measure/lab-tasks.mjs'

describe('a task on the pretend lab', () => {
  test('is solved in search mode with half the tokens it takes with every tool listed, or fewer', async () => {
    const played = await measureTasks()
    expect(played.filter(({ all, search }) => search.calls - search.searches !== all.calls)).toEqual([])
    expect(played.filter(({ all, search }) => search.tokens >= all.tokens / 2)).toEqual([])
    expect(played.length).toBeGreaterThan(2)
  })
})
