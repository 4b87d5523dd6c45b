import { randomBytes } from 'node:crypto'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createId, createJournal, type Change } from '../../src/record/journal.ts'
import { createSealer } from '../../src/record/seal.ts'
import { createFileStore } from '../../src/record/state-store.ts'
import { temporaryDirectory } from './disk.ts'

const change = (id: string, more: Partial<Change> = {}): Change => ({
  id,
  at: '2026-11-20T07:15:00.000Z',
  principal: 'local:me',
  service: 'pihole',
  instance: 'primary',
  tool: 'add_record',
  input: { domain: 'nas.lan', password: '[redacted]' },
  given: { domain: 'nas.lan', password: 'raw-secret-value' },
  before: { address: '10.0.0.9', password: 'raw-secret-value' },
  after: { address: '10.0.0.4' },
  left: 'f00d',
  undo: { tool: 'add_record', input: { domain: 'nas.lan', address: '10.0.0.9' } },
  approval: 'token',
  version: '0.1.0',
  ...more,
})

function open() {
  const store = createFileStore(temporaryDirectory(onTestFinished))
  return { store, journal: createJournal(store, createSealer(store, randomBytes)) }
}

const clock = (text: string) => ({ now: () => Date.parse(text) })

describe('journal', () => {
  test('a change comes back whole, and its raw facts do not show on disk', async () => {
    const { store, journal } = open()
    const id = createId(clock('2026-11-20T07:15:00Z'), randomBytes)
    expect(id).toMatch(/^20261120T071500-[a-z2-7]{6}$/)
    const recorded = change(id, { group: 'g' })
    expect(await journal.record(recorded)).toBe(id)
    expect(await journal.get(id)).toEqual(recorded)
    const text = (await store.read(`changes/${id}.json`)) ?? ''
    expect(text).toContain('nas.lan')
    expect(text).not.toContain('raw-secret-value')
    expect(text).not.toContain('10.0.0.9')
  })

  test('changes are listed newest first, without what is sealed', async () => {
    const { store, journal } = open()
    expect(await journal.list()).toEqual([])
    const ids = ['2026-11-20T07:15:00Z', '2026-11-20T07:15:01Z', '2027-01-01T00:00:00Z'].map((at) => createId(clock(at), randomBytes))
    await journal.record(change(ids[1] ?? '', { undo: 'transient' }))
    await journal.record(change(ids[2] ?? '', { undo: 'irreversible' }))
    await journal.record(change(ids[0] ?? ''))
    await store.write('changes/notes.txt', 'not a change')
    const listed = await journal.list()
    expect(listed.map(({ id, undo }) => [id, undo])).toEqual([
      [ids[2], 'irreversible'],
      [ids[1], 'transient'],
      [ids[0], 'inverse'],
    ])
    expect(Object.keys(listed[0] ?? {})).not.toContain('before')
    expect(Object.keys(listed[0] ?? {})).not.toContain('sealed')
    expect((await journal.list({ limit: 1 })).map(({ id }) => id)).toEqual([ids[2]])
  })

  test('what is no id finds nothing and touches nothing', async () => {
    const { journal } = open()
    for (const id of ['', '../seal', '20261120T071500-abcdef', 'x'.repeat(9_999)]) expect(await journal.get(id)).toBeUndefined()
    await expect(journal.record(change('../x'))).rejects.toMatchObject({ code: 'invalid_input' })
  })

  test('a change given the way back of another is refused', async () => {
    const { store, journal } = open()
    const [one, other] = [createId(clock('2026-11-20T07:15:00Z'), randomBytes), createId(clock('2026-11-20T07:15:00Z'), randomBytes)]
    await journal.record(change(one))
    await journal.record(change(other))
    const read = async (id: string) => JSON.parse((await store.read(`changes/${id}.json`)) ?? '') as Record<string, unknown>
    await store.write(`changes/${one}.json`, JSON.stringify({ ...(await read(one)), sealed: (await read(other))['sealed'] }))
    await expect(journal.get(one)).rejects.toMatchObject({ code: 'denied', message: expect.stringContaining(one) })
    await store.write(`changes/${other}.json`, JSON.stringify({ ...(await read(other)), tool: 'delete_everything' }))
    await expect(journal.get(other)).rejects.toMatchObject({ code: 'denied' })
    await store.write(`changes/${other}.json`, '{')
    await expect(journal.get(other)).rejects.toMatchObject({ code: 'denied' })
  })
})
