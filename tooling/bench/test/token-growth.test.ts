import { describe, expect, test } from 'vitest'
import { difference, moved, unexplained, unmeasured } from '../token-growth.mjs'

const before = { docker: { get_logs: 100, get_stats: 100 }, linux: { get_unit: 50 } }

describe('the growth of the lists', () => {
  test('is told by tool, and by the total of the list', () => {
    expect(difference(before, { docker: { get_logs: 110, list_images: 80 }, linux: { get_unit: 50 } })).toEqual([
      'docker: 200 to 190 tokens',
      '  get_logs changed (+10)',
      '  get_stats removed (-100)',
      '  list_images added (+80)',
    ])
  })

  test('up to 5 % of a list needs no reason', () => {
    expect(unexplained(before, { ...before, docker: { get_logs: 100, get_stats: 110 } }, '')).toEqual([])
  })

  test('beyond that needs a line of a changeset which names the list', () => {
    const after = { ...before, docker: { get_logs: 100, get_stats: 120 } }
    expect(unexplained(before, after, 'tokens: linux +10 %, because it does more.')).toEqual([
      expect.stringContaining('docker grew by 10.0 %, from 200 to 220 tokens'),
    ])
    expect(unexplained(before, after, 'Containers are measured.\n\ntokens: docker +10 %, because it does more.\n')).toEqual([])
    expect(unexplained(before, after, 'tokens: docker +10 %, because ')).toHaveLength(1)
  })

  test('a new list is no growth', () => {
    expect(unexplained(before, { ...before, proxmox: { list_vms: 900 } }, '')).toEqual([])
  })

  test('a new list has to be measured, but for a service whose first release is being written', () => {
    const after = { ...before, proxmox: { list_vms: 900 } }
    expect(unmeasured(before, after, ['plain-descriptions.md'])).toEqual(['proxmox has no baseline: npm run tokens -- --update'])
    expect(unmeasured(before, after, ['first-proxmox.md'])).toEqual([])
  })

  test('the baseline moves for every list, or for those that are named', () => {
    const after = { docker: { get_logs: 90 }, proxmox: { list_vms: 900 } }
    expect(moved(before, after, [])).toEqual(after)
    expect(moved(before, after, ['docker'])).toEqual({ ...before, docker: after.docker })
  })
})
