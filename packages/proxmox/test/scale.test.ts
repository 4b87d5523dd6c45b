import { estimateTokens } from '@rackwarden/core/runtime'
import { openSimulatedLab } from '@rackwarden/core/testing'
import { expect, onTestFinished, test } from 'vitest'
import proxmox, { type ProxmoxCrowd } from '../src/index.ts'

async function crowd(world: ProxmoxCrowd) {
  const lab = await openSimulatedLab(proxmox, { world })
  onTestFinished(lab.close)
  return lab
}

test('five thousand guests on twenty nodes are listed page by page, told in one picture, audited and found', async () => {
  const lab = await crowd({ nodeCount: 20, guestCount: 5_000 })
  const first = await lab.call('list_guests')
  expect(first.text.split('\n').filter((line) => /^\d+ \| guest-/.test(line))).toHaveLength(50)
  expect(estimateTokens(first.text)).toBeLessThan(1_900)
  expect(first).toMatchObject({ kind: 'done', output: { total: 5_000, next_cursor: '50' } })
  expect(
    (first.kind === 'done' ? (first.output as { guests: { addresses?: string }[] }).guests : []).filter(
      ({ addresses }) => addresses !== undefined,
    ).length,
  ).toBeGreaterThan(20)
  expect(await lab.call('list_guests', { cursor: '4990', status: 'running' })).toMatchObject({ kind: 'done' })
  expect((await lab.call('get_status')).text).toContain('3333 virtual machines, 1667 containers')
  expect(await lab.call('audit_backups')).toMatchObject({ output: { judged: 5_000, well: 5_000, guests: [] } })
  expect(await lab.call('get_guest', { guest: 'guest-4321' })).toMatchObject({ output: { id: 5_321 } })
  expect(await lab.call('service_health')).toMatchObject({ output: { status: 'ok' } })
})

test('a node that hangs among twenty costs its limit and is named', async () => {
  const lab = await crowd({ nodeCount: 20, guestCount: 400, hangs: true })
  const listed = await lab.call('list_guests', { limit: 400 })
  expect(listed).toMatchObject({ output: { total: 400, unanswered: ['node20: no answer within 2 s'] } })
  expect((await lab.call('needs_attention')).text).toContain('node20 does not answer')
})
