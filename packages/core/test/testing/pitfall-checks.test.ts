import { expect, test } from 'vitest'
import { pitfallViolations } from '../../src/testing/pitfall-checks.ts'

const right = {
  title: 'Up is not working',
  text: 'A pod that runs may serve nobody: list_pods says what is ready, and pod_priority is its own.',
}

test('pitfalls that are short and name tools there are have nothing wrong with them', () => {
  expect(pitfallViolations([right], ['list_pods'])).toEqual([])
})

test('everything that is wrong with them is said at once', () => {
  const wrong = [right, { ...right, text: 'x'.repeat(301) }, { title: 'A sentence.', text: 'No end' }]
  expect(pitfallViolations(wrong, [])).toEqual([
    "'Up is not working' names list_pods, which is no tool of the service.",
    "'Up is not working' stands there twice.",
    "What 'Up is not working' says must be sentences of at most 300 characters in all.",
    "'A sentence.' must be a title of at most 60 characters, without a full stop.",
    "What 'A sentence.' says must be sentences of at most 300 characters in all.",
  ])
})
