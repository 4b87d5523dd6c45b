import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { codeOf, openShelves, tokenOf } from '../open-shelves.ts'
import { createShelf } from '../shelf.ts'

const input = { name: 'lamp', value: 'on' }

test('plans nobody confirmed and records somebody damaged are swept, and no plan waits or fails for them', async () => {
  const shelf = createShelf()
  const { call, stateDirectory, log } = await openShelves({ main: shelf })
  for (const directory of ['plans', 'claimed']) {
    await mkdir(join(stateDirectory, directory), { recursive: true })
    for (const [index, text] of ['', '{"expires":', 'null', '{"expires":1,"basis":{}}'].entries())
      await writeFile(join(stateDirectory, directory, `${index}.json`), text)
  }
  const confirm = tokenOf(await call('shelf_add_entry', input))
  await vi.waitFor(async () => expect(await readdir(join(stateDirectory, 'plans'))).toHaveLength(1))
  await vi.waitFor(async () => expect(await readdir(join(stateDirectory, 'claimed'))).toHaveLength(0))
  expect((await call('shelf_add_entry', { ...input, confirm })).kind).toBe('done')
  expect(log).toEqual([])
})

test('of thousands of old plans some are swept at a time', async () => {
  const { call, stateDirectory } = await openShelves({ main: createShelf() })
  await mkdir(join(stateDirectory, 'plans'), { recursive: true })
  await Promise.all(
    Array.from({ length: 1_000 }, (_, index) =>
      writeFile(join(stateDirectory, 'plans', `${String(index).padStart(64, '0')}.json`), '{"expires":1,"basis":{}}'),
    ),
  )
  expect((await call('shelf_add_entry', input)).kind).toBe('plan')
  expect(await readdir(join(stateDirectory, 'plans'))).toHaveLength(801)
})

test('a replay of what failed says that nothing was done again, to programs too', async () => {
  const shelf = createShelf()
  const { call } = await openShelves({ main: shelf })
  const confirm = tokenOf(await call('shelf_restart_bell'))
  shelf.settlesAfter = -1
  await call('shelf_restart_bell', { confirm })
  expect(await call('shelf_restart_bell', { confirm })).toMatchObject({
    kind: 'error',
    text: expect.stringMatching(/^Already tried at .*; nothing was done again\. What came of it then:\nupstream: /),
    error: { code: 'upstream', hint: expect.stringMatching(/^Already tried at .*; nothing was done again\. The change is kept as /) },
  })
})

test('a plan whose record was damaged does not run, and says so', async () => {
  const shelf = createShelf()
  const { call, stateDirectory } = await openShelves({ main: shelf })
  const confirm = tokenOf(await call('shelf_add_entry', input))
  const [name = ''] = await readdir(join(stateDirectory, 'plans'))
  for (const text of ['', '{"principal":"local:tester"', '{}', 'null', '[1]']) {
    await writeFile(join(stateDirectory, 'plans', name), text)
    const result = await call('shelf_add_entry', { ...input, confirm })
    expect(codeOf(result)).toBe('denied')
    // The sweep may have taken it away already.
    expect(result.text).toMatch(/is damaged|is not known/)
  }
  expect(shelf.writes).toBe(0)
})
