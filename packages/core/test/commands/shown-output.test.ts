import { expect, test } from 'vitest'
import { shownOutput } from '../../src/index.ts'

test('how a command ended stands behind all it printed, and what it did not print is left out', () => {
  expect(shownOutput({ stdout: 'a\nb\n', stderr: 'oh\n' }, 'exit code 1')).toBe('a\nb\nstderr:\noh\nexit code 1')
  expect(shownOutput({ stdout: '', stderr: '' }, 'snapshot: x', 'exit code 0')).toBe('snapshot: x\nexit code 0')
})
