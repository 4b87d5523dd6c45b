import { describe, expect, test } from 'vitest'
import { judge, leaves } from '../verdict.mjs'

const outcome = (scenario: string, statuses: Record<string, string>, required = true) => ({
  scenario,
  required,
  checks: Object.entries(statuses).map(([id, status]) => ({ id, status, errorMessage: `${id} is wrong` })),
})

describe('the verdict over a run of the suite', () => {
  test('a check that fails outside the baseline is told with what was wrong', () => {
    expect(judge([outcome('ping', { answers: 'SUCCESS', empty: 'FAILURE' })], {})).toEqual({
      passed: 0,
      failed: 1,
      excused: 0,
      others: '0 of 0',
      problems: ['ping:empty: empty is wrong'],
    })
  })

  test('a recommendation that is not kept counts as a failure', () => {
    expect(judge([outcome('ping', { answers: 'SUCCESS', empty: 'WARNING' })], {}).failed).toBe(1)
  })

  test('a line of the baseline excuses its check and no other of the scenario', () => {
    const run = [outcome('ping', { answers: 'FAILURE', empty: 'FAILURE' })]
    expect(judge(run, { 'ping:empty': 'why' }).problems).toEqual(['ping:answers: answers is wrong'])
    expect(judge(run, { 'ping:empty': 'why', 'ping:answers': 'why' })).toMatchObject({ failed: 0, excused: 1, problems: [] })
  })

  test('a line of the baseline whose check passes has to go', () => {
    const { passed, problems } = judge([outcome('ping', { answers: 'SUCCESS' })], { 'ping:answers': 'why' })
    expect(passed).toBe(1)
    expect(problems).toEqual(['ping:answers: passes, or is not checked; take it out of the baseline'])
  })

  test('a required scenario that checked nothing has not passed', () => {
    expect(judge([outcome('ping', { note: 'INFO' }), outcome('list', {})], {})).toMatchObject({ passed: 0, failed: 2 })
  })

  test('what is not required is counted and decides nothing', () => {
    const run = [outcome('ping', { answers: 'SUCCESS' }), outcome('tasks', { exist: 'FAILURE' }, false)]
    expect(judge(run, {})).toMatchObject({ passed: 1, failed: 0, others: '0 of 1', problems: [] })
  })

  test('a kind of scenario that is left out is excused as a whole, and only while there is one', () => {
    const left = { ...outcome('auth/basic', {}), left: true }
    expect(judge([left, outcome('ping', { answers: 'SUCCESS' })], { 'auth/': 'why' })).toMatchObject({
      passed: 1,
      excused: 1,
      problems: [],
    })
    expect(judge([outcome('ping', { answers: 'SUCCESS' })], { 'auth/': 'why' }).problems).toHaveLength(1)
    expect([leaves({ 'auth/': 'why' }, 'auth/basic'), leaves({ 'auth/': 'why', 'ping:a': 'why' }, 'ping')]).toEqual([true, false])
  })
})
