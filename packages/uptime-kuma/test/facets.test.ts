import { openSimulatedLab } from '@rackwarden/core/testing'
import { expect, test } from 'vitest'
import uptimeKuma, { type UptimeKumaWorld } from '../src/index.ts'

test('a failed job needs attention, with the tool to call next', async () => {
  const world: UptimeKumaWorld = { jobs: [{ name: 'index', state: 'failed', since: '2026-06-01T06:00:00Z' }] }
  const lab = await openSimulatedLab(uptimeKuma, { world })
  try {
    const { text } = await lab.call('needs_attention')
    expect(text).toContain('uptime-kuma/job/index')
    expect(text).toContain('list_jobs')
  } finally {
    await lab.close()
  }
})
