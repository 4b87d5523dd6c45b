import { expect, test } from 'vitest'
import { tellTime, type Connection } from '../../src/index.ts'

test('the clock of who answers is told with each answer that has it, and the answer is handed on untouched', async () => {
  const dates = ['Mon, 01 Jun 2026 02:00:00 GMT', undefined, 'yesterday']
  const answers = dates.map((date) => new Response('said', { headers: date === undefined ? {} : { date } }))
  const left = [...answers]
  const refuse = () => Promise.reject(new Error('not here'))
  const way: Connection = { fetch: () => Promise.resolve(left.shift()!), exec: refuse, dial: refuse }
  const told: number[] = []
  const timed = tellTime(way, (at) => void told.push(at))
  for (const answer of answers) expect(await timed.fetch('/')).toBe(answer)
  expect(told).toEqual([Date.UTC(2026, 5, 1, 2)])
})
