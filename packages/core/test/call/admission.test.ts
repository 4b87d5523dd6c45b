import { createAdmission, type AdmissionOptions, type Comer } from '@rackwarden/core/runtime'
import { array, assert, asyncProperty, boolean, constantFrom, integer, record } from 'fast-check'
import { describe, expect, test } from 'vitest'

/** A clock whose alarms are rung by hand. */
function handClock() {
  const alarms = new Set<() => void>()
  return {
    alarms,
    after: (_milliseconds: number, then: () => void) => {
      alarms.add(then)
      return () => void alarms.delete(then)
    },
  }
}

function door(limits: Partial<AdmissionOptions> = {}) {
  const clock = handClock()
  return { clock, admission: createAdmission({ place: 'Shelf', callsAtOnce: 1, callsWaiting: 4, waitMs: 30_000, clock, ...limits }) }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('the door of an instance', () => {
  test('lets in so many at once, and the next when one leaves, however often that says so', async () => {
    const { admission } = door({ callsAtOnce: 2 })
    const [first] = [await admission.enter({ principal: 'a' }), await admission.enter({ principal: 'a' })]
    const third = admission.enter({ principal: 'a' })
    expect(admission).toMatchObject({ running: 2, waiting: 1 })
    first()
    first()
    await third
    expect(admission).toMatchObject({ running: 2, waiting: 0 })
  })

  test('takes turns between principals, so that one call of mine does not wait for all of yours', async () => {
    const { admission } = door()
    const leave = await admission.enter({ principal: 'flood' })
    const order: string[] = []
    const come = async (principal: string, name: string) => {
      const gone = await admission.enter({ principal })
      order.push(name)
      gone()
    }
    const all = [come('flood', 'flood 1'), come('flood', 'flood 2'), come('flood', 'flood 3'), come('other', 'other 1')]
    leave()
    await Promise.all(all)
    expect(order).toEqual(['flood 1', 'other 1', 'flood 2', 'flood 3'])
  })

  test('turns away who comes to a full line, or who has the most in it where that is another', async () => {
    const { admission } = door({ callsWaiting: 3 })
    await admission.enter({ principal: 'flood' })
    const waiting = [1, 2, 3].map(() => admission.enter({ principal: 'flood' }))
    await expect(admission.enter({ principal: 'flood' })).rejects.toMatchObject({
      code: 'rate_limited',
      message: 'Shelf is busy: 1 calls are at work and 3 wait.',
      retryAfterSeconds: 5,
    })
    const other = admission.enter({ principal: 'other' })
    await expect(waiting[2]).rejects.toMatchObject({ code: 'rate_limited' })
    expect(admission).toMatchObject({ waiting: 3, refused: 2 })
    void Promise.allSettled([other, ...waiting])
  })

  test('is left by whoever is cancelled, with the reason, and nobody takes their turn twice', async () => {
    const { admission } = door()
    const leave = await admission.enter({ principal: 'a' })
    const cancel = new AbortController()
    const cancelled = admission.enter({ principal: 'a', signal: cancel.signal })
    const patient = admission.enter({ principal: 'a' })
    cancel.abort(new Error('not wanted any more'))
    await expect(cancelled).rejects.toThrow('not wanted any more')
    leave()
    await patient
    expect(admission).toMatchObject({ running: 1, waiting: 0, refused: 0 })
  })

  test('is not waited for longer than for an answer', async () => {
    const { admission, clock } = door()
    await admission.enter({ principal: 'a' })
    const late = admission.enter({ principal: 'a' })
    for (const ring of clock.alarms) ring()
    await expect(late).rejects.toMatchObject({ code: 'rate_limited', message: expect.stringContaining('none ended within 30 s') })
    expect(admission).toMatchObject({ running: 1, waiting: 0 })
    expect(clock.alarms.size).toBe(0)
  })

  test('lets in first what goes on with what was begun, and never turns it away', async () => {
    const { admission } = door({ callsWaiting: 0 })
    const leave = await admission.enter({ principal: 'a' })
    await expect(admission.enter({ principal: 'a' })).rejects.toMatchObject({ code: 'rate_limited' })
    const begun = [1, 2, 3].map(() => admission.enter({ principal: 'b', begun: true }))
    leave()
    const [first] = begun
    ;(await first!)()
    await begun[1]
    expect(admission.running).toBe(1)
  })

  test('holds whatever comes, goes and is cancelled: never more than it may, nobody is forgotten', async () => {
    const visit = record({ principal: constantFrom('a', 'b', 'c'), begun: boolean(), does: constantFrom('leave', 'cancel') })
    await assert(
      asyncProperty(
        array(visit, { maxLength: 40 }),
        integer({ min: 1, max: 3 }),
        integer({ min: 0, max: 6 }),
        async (visits, callsAtOnce, callsWaiting) => {
          const { admission, clock } = door({ callsAtOnce, callsWaiting })
          let [inside, most] = [0, 0]
          const cancels: AbortController[] = []
          const lines: number[] = []
          const come = async (comer: Comer) => {
            const leave = await admission.enter(comer)
            inside += 1
            most = Math.max(most, inside)
            await settled()
            inside -= 1
            leave()
          }
          const all = visits.map(({ principal, begun, does }) => {
            const cancel = new AbortController()
            if (does === 'cancel') cancels.push(cancel)
            const coming = come({ principal, begun, signal: cancel.signal })
            lines.push(admission.waiting)
            return coming
          })
          for (const cancel of cancels) cancel.abort(new Error('gone'))
          await Promise.allSettled(all)
          expect(most).toBeLessThanOrEqual(callsAtOnce)
          expect(Math.max(0, ...lines)).toBeLessThanOrEqual(callsWaiting)
          expect(admission).toMatchObject({ running: 0, waiting: 0 })
          expect(clock.alarms.size).toBe(0)
        },
      ),
      { numRuns: 60 },
    )
  })
})
