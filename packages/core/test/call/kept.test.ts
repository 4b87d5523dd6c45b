import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ToolError } from '@rackwarden/core'
import { readAudit, verifyAudit, type AuditEntry } from '@rackwarden/core/runtime'
import { describe, expect, test } from 'vitest'
import { openShelves, tokenOf } from '../open-shelves.ts'
import { createShelf } from '../shelf.ts'

const input = { name: 'lamp', value: 'on' }

describe('what a write leaves', () => {
  test('is kept and told when the call is cancelled while it settles', async () => {
    const shelf = createShelf()
    const { call, catalogue, stateDirectory } = await openShelves({ main: shelf })
    const confirm = tokenOf(await call('shelf_restart_bell'))
    shelf.settlesAfter = 1_000
    const cancel = new AbortController()
    const progress = () => cancel.abort()
    const result = await call('shelf_restart_bell', { confirm }, { signal: cancel.signal, progress })
    expect(result.text).toMatch(/^denied: Restart the bell: done, but nobody waited for it to settle: \d+ to go\.\nThe change is kept as /)
    await catalogue.runtime.audit.flush()
    expect((await readAudit(stateDirectory, { kind: 'outcome' })).map(({ result: how, change }) => [how, change])).toEqual([
      ['unsettled', expect.any(String)],
    ])
    expect(await readdir(join(stateDirectory, 'changes'))).toHaveLength(1)
  })

  test('is waited for as long as it may take even where the clock is set back meanwhile', async () => {
    let now = Date.parse('2026-01-01T00:00:00Z')
    const shelf = createShelf()
    const sleep = () => ((now -= 3_600_000), Promise.resolve())
    const { call } = await openShelves({ main: shelf }, { clock: { now: () => now, sleep, after: () => () => {} } })
    const confirm = tokenOf(await call('shelf_restart_bell'))
    shelf.settlesAfter = 1_000
    expect((await call('shelf_restart_bell', { confirm })).text).toMatch(/^timeout: Restart the bell: done, but not settled/)
  })

  test('must be able to be kept: without a whole key nothing is done and the token stays good', async () => {
    const shelf = createShelf()
    const { call, stateDirectory } = await openShelves({ main: shelf })
    const confirm = tokenOf(await call('shelf_add_entry', input))
    await writeFile(join(stateDirectory, 'seal.key'), 'cut')
    expect((await call('shelf_add_entry', { ...input, confirm })).text).toMatch(
      /^invalid_config: The key file seal\.key in .* is damaged\./,
    )
    expect(shelf.writes).toBe(0)
    await rm(join(stateDirectory, 'seal.key'))
    expect((await call('shelf_add_entry', { ...input, confirm })).kind).toBe('done')
  })

  test('is audited once the disk takes it again', async () => {
    const { call, catalogue, stateDirectory, log } = await openShelves({ main: createShelf() })
    const confirm = tokenOf(await call('shelf_add_entry', input))
    const { audit } = catalogue.runtime
    const commit = audit.commit.bind(audit)
    Object.assign(audit, {
      commit: (entry: AuditEntry) => (entry.kind === 'outcome' ? Promise.reject(new ToolError('denied', 'full')) : commit(entry)),
    })
    expect((await call('shelf_add_entry', { ...input, confirm })).kind).toBe('done')
    expect(log.join()).toContain('The outcome could not be audited yet: full')
    await audit.flush()
    expect(await readAudit(stateDirectory, { kind: 'outcome' })).toMatchObject([{ result: 'done' }])
    expect((await verifyAudit(stateDirectory)).unfinished).toEqual([])
  })

  test('is told as not kept where the journal took it no more', async () => {
    const shelf = createShelf()
    const { call, stateDirectory } = await openShelves({ main: shelf })
    const confirm = tokenOf(await call('shelf_add_entry', input))
    await writeFile(join(stateDirectory, 'changes'), 'in the way')
    const result = await call('shelf_add_entry', { ...input, confirm })
    expect(result).toMatchObject({ kind: 'done', output: input })
    expect(result).not.toHaveProperty('change')
    expect(result.text).toContain('could not be kept in the journal')
  })
})
