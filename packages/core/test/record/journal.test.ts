import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createId, createJournal, type Change, type ChangeQuery, type ChangeSummary, type Journal } from '../../src/record/journal.ts'
import type { JournalLimits } from '../../src/record/journal-limits.ts'
import { createSealer } from '../../src/record/seal.ts'
import { createFileStore } from '../../src/record/state-store.ts'
import { bundle, temporaryDirectory } from './disk.ts'

const change = (id: string, more: Partial<Change> = {}): Change => ({
  targets: ['pihole/record/nas.lan'],
  summary: 'Point nas.lan at 10.0.0.4',
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

function open(more: { limits?: JournalLimits } = {}) {
  const store = createFileStore(temporaryDirectory(onTestFinished))
  return { store, journal: createJournal(store, createSealer(store, randomBytes), { random: randomBytes, ...more }) }
}

async function listed(journal: Journal, query: ChangeQuery = {}): Promise<ChangeSummary[]> {
  const found: ChangeSummary[] = []
  for await (const summary of journal.list(query)) found.push(summary)
  return found
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
    expect(await listed(journal)).toEqual([])
    const ids = ['2026-11-20T07:15:00Z', '2026-11-20T07:15:01Z', '2027-01-01T00:00:00Z'].map((at) => createId(clock(at), randomBytes))
    await journal.record(change(ids[1] ?? '', { undo: 'transient' }))
    await journal.record(change(ids[2] ?? '', { undo: 'irreversible' }))
    await journal.record(change(ids[0] ?? ''))
    await store.write('changes/notes.txt', 'not a change')
    const all = await listed(journal)
    expect(all.map(({ id, undo }) => [id, undo])).toEqual([
      [ids[2], 'irreversible'],
      [ids[1], 'transient'],
      [ids[0], 'inverse'],
    ])
    expect(Object.keys(all[0] ?? {})).not.toContain('before')
    expect(Object.keys(all[0] ?? {})).not.toContain('sealed')
    expect((await listed(journal, { after: ids[1] })).map(({ id }) => id)).toEqual([ids[0]])
    await expect(listed(journal, { after: 'nonsense' })).rejects.toMatchObject({ code: 'invalid_input' })
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

  test('what several changes share is kept once, compressed, and tells nothing on disk', async () => {
    const { store, journal } = open()
    const versions = Array.from({ length: 6 }, (_, index) => `${'secret line of a long file\n'.repeat(400)}version ${index}`)
    for (let index = 0; index < 5; index += 1) {
      const [before, after] = [{ content: versions[index] }, { content: versions[index + 1] }]
      const id = createId(clock(`2026-11-20T07:15:0${index}Z`), randomBytes)
      const given = { path: '/etc/exports', content: versions[index + 1] }
      const recorded = change(id, { before, after, given, undo: { tool: 'write_file', input: { ...given, content: versions[index] } } })
      await journal.record(recorded)
      expect(await journal.get(id)).toEqual(recorded)
    }
    const names = await store.list('changes/content')
    expect(names).toHaveLength(6)
    const texts = await Promise.all(names.map((name) => store.read(`changes/content/${name}`)))
    const bytes = texts.reduce((sum, text) => sum + (text?.length ?? 0), 0)
    expect(bytes).toBeLessThan(6 * 1_000)
    expect(texts.join('')).not.toContain('secret')
    expect(names.every((name) => /^[0-9a-f]{64}$/.test(name))).toBe(true)
  })

  test('a value keeps its shape, whatever its keys are called and wherever its long texts stand', async () => {
    const { journal } = open()
    const long = 'x'.repeat(2_000)
    const before = JSON.parse(`{"__proto__": {"a": "${long}"}, "long": [["${long}", 1], null, ""], "content": "short"}`) as unknown
    const id = createId(clock('2026-11-20T07:15:00Z'), randomBytes)
    await journal.record(change(id, { before, after: long, given: [long] }))
    const found = await journal.get(id)
    expect(JSON.stringify([found?.before, found?.after, found?.given])).toBe(JSON.stringify([before, long, [long]]))
  })

  test('the oldest contents of a target are dropped beyond its versions; their changes stay, and say so', async () => {
    const { store, journal } = open({ limits: { versionsPerTarget: 2, bytes: 1_000_000 } })
    const ids = await versionsOf(journal, 'a', 4)
    const [other] = await versionsOf(journal, 'b', 1)
    await journal.tidy()
    const ways = new Map((await listed(journal)).map(({ id, undo }) => [id, undo]))
    expect([...ids, other ?? ''].map((id) => ways.get(id))).toEqual(['evicted', 'evicted', 'inverse', 'inverse', 'inverse'])
    expect(await journal.get(ids[0] ?? '')).toMatchObject({ undo: 'evicted', before: undefined, summary: 'Point nas.lan at 10.0.0.4' })
    expect(await journal.get(ids[3] ?? '')).toMatchObject({ before: textOf('a', 2), after: textOf('a', 3) })
    expect(await store.list('changes/outgoing')).toEqual([])
  })

  test('beyond the room for all of them old contents go first, and the newest version of a target never', async () => {
    const { store, journal } = open({ limits: { versionsPerTarget: 50, bytes: 1 } })
    const kept = await Promise.all(['a', 'b', 'c'].map((target) => versionsOf(journal, target, 3)))
    await journal.tidy()
    const inverse = (await listed(journal)).filter(({ undo }) => undo === 'inverse').map(({ id }) => id)
    expect(new Set(inverse)).toEqual(new Set(kept.map((ids) => ids[2])))
    expect(await store.list('changes/content')).toHaveLength(6)
  })

  test('what a crash left between contents and record is swept, and what it left on its way out is put back', async () => {
    const { store, journal } = open()
    const [id = ''] = await versionsOf(journal, 'a', 1)
    await store.create(`changes/content/${'0'.repeat(64)}`, 'of a change that was never recorded')
    const [content = ''] = (await store.list('changes/content')).filter((name) => !name.startsWith('000'))
    await store.claim(`changes/content/${content}`, `changes/outgoing/${content}`)
    expect(await journal.get(id)).toMatchObject({ undo: 'evicted' })
    await journal.tidy()
    expect(await journal.get(id)).toMatchObject({ before: textOf('a', -1), after: textOf('a', 0) })
    expect(await store.list('changes/content')).toHaveLength(2)
    expect(await store.list('changes/outgoing')).toEqual([])
  })

  test('changes recorded while others drop contents lose none of theirs', async () => {
    const { journal } = open({ limits: { versionsPerTarget: 1, bytes: 1 } })
    const recording = (async () => {
      const ids: string[] = []
      for (let round = 0; round < 12; round += 1) ids.push(...(await versionsOf(journal, `t${round}`, 1, 'shared')))
      return ids
    })()
    const [ids] = await Promise.all([recording, ...Array.from({ length: 8 }, () => journal.tidy())])
    for (const id of ids) expect(await journal.get(id)).toMatchObject({ before: textOf('shared', -1) })
  })

  test('a process killed at any moment leaves whole changes, or none', async () => {
    const directory = temporaryDirectory(onTestFinished)
    const program = await bundle('./journal.child.ts', directory)
    for (let round = 0; round < 3; round += 1) {
      const child = spawn(process.execPath, [program, directory], { stdio: ['ignore', 'pipe', 'inherit'] })
      onTestFinished(() => void child.kill('SIGKILL'))
      for (let counted = 0; counted < 5 + round * 3; counted += 1) await once(child.stdout, 'data')
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    const store = createFileStore(directory)
    const journal = createJournal(store, createSealer(store, randomBytes), { random: randomBytes })
    await journal.tidy()
    const all = await listed(journal)
    expect(all.length).toBeGreaterThan(9)
    for (const { id } of all) expect(await journal.get(id)).toMatchObject({ undo: { tool: 'write_file' }, before: expect.any(String) })
  })
})

function textOf(target: string, version: number): string {
  return `${target} ${version} `.repeat(300)
}

/** Records versions of a target, one after the other. */
async function versionsOf(journal: Journal, target: string, count: number, text = target): Promise<string[]> {
  const ids: string[] = []
  for (let version = 0; version < count; version += 1) {
    const id = createId(clock(`2026-11-20T07:15:${String(version).padStart(2, '0')}Z`), randomBytes)
    await journal.record(
      change(id, {
        at: `2026-11-20T07:15:${String(version).padStart(2, '0')}.000Z`,
        targets: [`pihole/record/${target}`],
        before: textOf(text, version - 1),
        after: textOf(text, version),
      }),
    )
    ids.push(id)
  }
  return ids
}
