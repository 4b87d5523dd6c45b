import { expect, test } from 'vitest'
import { createSlots } from '../src/slots.ts'

test('places are given in order, to no more than there are', async () => {
  const slots = createSlots(2)
  const [first, second] = [await slots.take(), await slots.take()]
  const order: number[] = []
  const waiting = [1, 2, 3].map(async (number) => {
    const release = await slots.take()
    order.push(number)
    return release
  })
  await Promise.resolve()
  expect(order).toEqual([])
  first()
  first()
  ;(await waiting[0])?.()
  ;(await waiting[1])?.()
  await waiting[2]
  expect(order).toEqual([1, 2, 3])
  second()
})

test('who gives up leaves the line, and nobody else loses a place by it', async () => {
  const slots = createSlots(1)
  const release = await slots.take()
  const controller = new AbortController()
  const leaving = slots.take(controller.signal)
  const staying = slots.take()
  controller.abort(new Error('enough'))
  await expect(leaving).rejects.toThrow('enough')
  release()
  ;(await staying)()
  ;(await slots.take(new AbortController().signal))()
  await expect(slots.take(AbortSignal.abort(new Error('never')))).rejects.toThrow('never')
})

test('there are no more places than were taken when that was learnt, and never none', async () => {
  const slots = createSlots(8)
  expect(slots.narrow()).toBe(false)
  const releases = [await slots.take(), await slots.take()]
  expect(slots.narrow()).toBe(true)
  let entered = false
  const third = slots.take().then((release) => {
    entered = true
    return release
  })
  await Promise.resolve()
  expect(entered).toBe(false)
  releases[0]?.()
  ;(await third)()
})
