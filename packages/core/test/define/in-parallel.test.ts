import * as fc from 'fast-check'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { inParallel } from '../../src/index.ts'

test('results are in the order of the items, however long each takes, and no more are under way than may be', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat({ max: 5 }), { maxLength: 30 }), fc.integer({ min: 1, max: 8 }), async (turns, bound) => {
      let [underWay, most] = [0, 0]
      const results = await inParallel(turns, bound, async (count) => {
        most = Math.max(most, (underWay += 1))
        for (let index = 0; index < count; index += 1) await turn()
        underWay -= 1
        return count * 2
      })
      expect(results).toEqual(turns.map((count) => count * 2))
      expect(most).toBeLessThanOrEqual(bound)
    }),
  )
})

test('where one fails its failure is told, and nothing more is begun', async () => {
  const begun: number[] = []
  const failing = inParallel([0, 1, 2, 3, 4, 5], 2, async (item) => {
    begun.push(item)
    await turn()
    if (item === 1) throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  const soFar = [...begun]
  for (let index = 0; index < 20; index += 1) await turn()
  expect(begun).toEqual(soFar)
  expect(begun.length).toBeLessThan(6)
})
