import { openSimulatedLab } from '@rackwarden/core/testing'
import { expect, test } from 'vitest'
import quietLantern, { type QuietLanternWorld } from '../src/index.ts'

test('a failed job needs attention, with the tool to call next', async () => {
  const world: QuietLanternWorld = { jobs: [{ name: 'index', state: 'failed', since: '2026-06-01T06:00:00Z' }] }
  const lab = await openSimulatedLab(quietLantern, { world })
  try {
    const { text } = await lab.call('needs_attention')
    expect(text).toContain('quiet-lantern/job/index')
    expect(text).toContain('list_jobs')
  } finally {
    await lab.close()
  }
})
