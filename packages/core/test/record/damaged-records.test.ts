import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openShelves, tokenOf } from '../open-shelves.ts'
import { createShelf } from '../shelf.ts'

const whole = { id: 'one', at: '2026-01-01T00:00:00Z', owner: 2 ** 30, host: hostname(), begun: '1' }
const pause = { ...whole, until: '2026-01-01T01:00:00Z', reason: 'Restart' }
const begun = {
  ...whole,
  call: 'one',
  principal: 'local:tester',
  service: 'shelf',
  instance: 'left',
  tool: 'add_entry',
  summary: 'Put',
  approval: 'token',
}
const partial = { ...whole, group: 'one', principal: 'local:tester', service: 'shelf', tool: 'add_entry', summary: 'Put', targets: [] }

test.each<[what: string, directory: string, record: unknown]>([
  ['a pause', 'pauses', { ...pause, parts: [null] }],
  ['a pause', 'pauses', { ...pause, parts: [{ service: 'shelf', instance: 'left' }] }],
  ['a pause', 'pauses', { ...pause, id: '../plans/one', parts: [] }],
  ['a partial write', 'partial', { ...partial, instances: null }],
  ['a partial write', 'partial', { ...partial, instances: { left: 7 } }],
  ['a write an upstream works on', 'begun', { ...begun, targets: [], task: 7, sealed: '' }],
  ['a write an upstream works on', 'begun', { ...begun, targets: null, task: 'one', sealed: '' }],
  ['a partial write', 'partial', { ...partial, targets: 'none', instances: ['left'] }],
])('the record of %s in %s that is %j holds up nothing', async (_, directory, record) => {
  const { call, catalogue, stateDirectory, log } = await openShelves({ left: createShelf(), right: createShelf() }, { mirrored: true })
  await mkdir(join(stateDirectory, directory), { recursive: true })
  await writeFile(join(stateDirectory, directory, 'one.json'), JSON.stringify(record))
  await expect(catalogue.resumeWatchers()).resolves.toBeUndefined()
  await expect(catalogue.followBegun()).resolves.toBeUndefined()
  expect((await call('needs_attention')).text).toContain('Nothing needs attention')
  const input = { name: 'lamp', value: 'on' }
  expect((await call('shelf_add_entry', { ...input, confirm: tokenOf(await call('shelf_add_entry', input)) })).kind).toBe('done')
  expect(await readdir(join(stateDirectory, directory))).toEqual(['one.json'])
  expect(log).toEqual([])
})
