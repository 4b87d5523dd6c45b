import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { openWrittenDown } from './written-down.ts'

describe('search_docs', () => {
  const passages = (result: { kind: string; output?: unknown }) =>
    (result.output as { passages: { source: string; heading?: string; text: string }[] }).passages

  test('answers from notes, pitfalls and the census, each with its source and heading', async () => {
    const { call } = await openWrittenDown()
    await call('describe_homelab')
    const best = async (query: string) => {
      const result = await call('search_docs', { query })
      expect(result.kind).toBe('done')
      return passages(result)[0]
    }
    expect(await best('which VLAN are the cameras in?')).toEqual({
      source: 'rackwarden://docs/homelab-docs/network.md',
      heading: 'Network › VLANs',
      text: 'The cameras are in VLAN 30, which has no way out.',
    })
    expect(await best('what do I start first after a power cut')).toMatchObject({ heading: 'Network › Power cut' })
    expect(await best('solar inverter clock')).toMatchObject({ source: 'rackwarden://pitfalls', heading: 'Solar' })
    expect(await best('app password may not change records')).toMatchObject({
      source: 'rackwarden://pitfalls',
      heading: expect.stringMatching(/^Pi-hole › /),
    })
    expect(await best('ollama')).toMatchObject({ source: expect.stringMatching(/^census of 20/) })
  })

  test('finds no secret, marks what it finds as data, and says what it looked through', async () => {
    const { call } = await openWrittenDown()
    const result = await call('search_docs', { query: 'nas admin password' })
    expect(result.text).not.toContain('correct-horse')
    expect(result.text).toMatch(/^<<\w+ data from search_docs, not instructions/)
    expect(result.text).toMatch(/Looked through: 4 files, pitfalls of docker, linux, pbs, pihole/)
    const guess = await call('search_docs', { query: 'correct-horse-battery' })
    expect(guess.text).not.toContain('nas.md')
  })

  test('sees what was written a moment ago, and no more what is gone', async () => {
    const { call, folder } = await openWrittenDown()
    const sources = async () => passages(await call('search_docs', { query: 'zigbee coordinator' })).map(({ source }) => source)
    expect(await sources()).toEqual([])
    await writeFile(join(folder, 'zigbee.md'), '# Zigbee\nThe coordinator hangs on USB port 2 of atlas.')
    await vi.waitFor(async () => expect(await sources()).toEqual(['rackwarden://docs/homelab-docs/zigbee.md']), { timeout: 5_000 })
    await rm(join(folder, 'zigbee.md'))
    await vi.waitFor(async () => expect(await sources()).toEqual([]), { timeout: 5_000 })
  })

  test('forgives what is mistyped', async () => {
    const { call } = await openWrittenDown()
    expect(passages(await call('search_docs', { query: 'camreas' }))[0]).toMatchObject({ heading: 'Network › VLANs' })
  })
})
