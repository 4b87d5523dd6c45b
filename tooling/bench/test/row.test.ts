import { describe, expect, test } from 'vitest'
import { rowOf } from '../row.mjs'

describe('a row', () => {
  test('is held to the budget of its figure by the ratio to its reference', () => {
    const measured = { subject: 'docker', reference: 'node -e 0', referenceValue: 20, judged: true }
    expect(rowOf('start.service', { ...measured, value: 40 })).toMatchObject({ ratio: 2, budget: 2, met: true, onHorizon: false })
    expect(rowOf('start.service', { ...measured, value: 41 })).toMatchObject({ met: false })
    expect(rowOf('start.service', { ...measured, value: 20 })).toMatchObject({ met: true, onHorizon: true })
  })

  test('is held by its value where the budget is one of bytes or milliseconds, whatever it is compared with', () => {
    const measured = { subject: 'docker', reference: 'SDK v2 with zod', referenceValue: 1, judged: true }
    expect(rowOf('size.service', { ...measured, value: 11 })).toMatchObject({ ratio: 11, met: true, onHorizon: false })
  })

  test('of calls in a second is held from below', () => {
    const measured = { subject: 'rackwarden', reference: 'mcp-hub', referenceValue: 100, judged: true }
    expect(rowOf('proxied.sixteen.peer', { ...measured, value: 160 })).toMatchObject({ met: true, onHorizon: false })
    expect(rowOf('proxied.sixteen.peer', { ...measured, value: 140 })).toMatchObject({ met: false })
  })

  test('with a budget of nothing allows for noise', () => {
    const measured = { subject: 'rackwarden', judged: true }
    expect(rowOf('memory.session.kept', { ...measured, value: 0.2 })).toMatchObject({ budget: 0, met: true })
    expect(rowOf('memory.session.kept', { ...measured, value: 0.4 })).toMatchObject({ met: false })
  })

  test('that is only told has no verdict', () => {
    expect(rowOf('start.service', { subject: 'docker', value: 400, reference: 'floor', referenceValue: 20 })).toMatchObject({
      budget: null,
      horizon: null,
      met: null,
      onHorizon: null,
    })
    expect(rowOf('memory.idle.hub', { subject: 'hub', value: 60, judged: true }).met).toBeNull()
  })

  test('without a figure is an error', () => {
    expect(() => rowOf('start.service', { subject: 'docker', value: Math.min() })).toThrow('of docker came out as Infinity')
  })
})
