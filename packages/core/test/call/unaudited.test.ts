import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readAudit } from '@rackwarden/core/runtime'
import { expect, test } from 'vitest'
import { openShelves, tokenOf } from '../open-shelves.ts'
import { createShelf } from '../shelf.ts'

test('a write that is refused because its intent cannot be written down is told of as soon as it can', async () => {
  const shelf = createShelf()
  const { call, catalogue, stateDirectory } = await openShelves({ main: shelf })
  const input = { name: 'a', value: 'b' }
  const confirm = tokenOf(await call('shelf_add_entry', input))
  await catalogue.runtime.audit.flush()
  const folder = join(stateDirectory, 'audit')
  await rename(folder, `${folder}.away`)
  await writeFile(folder, 'in the way')
  expect((await call('shelf_add_entry', { ...input, confirm })).text).toMatch(/^denied: The audit cannot be written: /)
  expect(shelf.writes).toBe(0)
  await rm(folder)
  await rename(`${folder}.away`, folder)
  await catalogue.runtime.audit.flush()
  expect(await readAudit(stateDirectory, { tool: 'shelf_add_entry', result: 'error' })).toMatchObject([
    { kind: 'read', error: expect.stringMatching(/^denied: The audit cannot be written: /), targets: ['shelf/entry/a'] },
  ])
})
