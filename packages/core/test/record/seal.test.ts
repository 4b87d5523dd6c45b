import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createSealer } from '../../src/record/seal.ts'
import { createFileStore } from '../../src/record/state-store.ts'
import { temporaryDirectory } from './disk.ts'

const newStore = () => createFileStore(temporaryDirectory(onTestFinished))

describe('sealer', () => {
  test('any value of JSON comes back as it was, and does not show', async () => {
    const store = newStore()
    const sealer = createSealer(store, randomBytes)
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        expect(await sealer.open(await sealer.seal(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
      { numRuns: 50 },
    )
    expect(await sealer.open(await sealer.seal(undefined))).toBeUndefined()
    const sealed = await sealer.seal({ password: 'hunter2-hunter2' })
    expect(sealed).toMatch(/^sealed-1\.[0-9a-f]{8}\.[\w-]+$/)
    expect(Buffer.from(sealed.split('.')[2] ?? '', 'base64url').toString('latin1')).not.toContain('hunter2')
    expect(await sealer.seal(1)).not.toBe(await sealer.seal(1))
  })

  test('sealers that start at once agree on one key', async () => {
    const { directory } = newStore()
    const sealers = Array.from({ length: 20 }, () => createSealer(createFileStore(directory), randomBytes))
    const sealed = await Promise.all(sealers.map((sealer, index) => sealer.seal(index)))
    const reader = createSealer(createFileStore(directory), randomBytes)
    expect(await Promise.all(sealed.map((text) => reader.open(text)))).toEqual(sealed.map((_, index) => index))
  })

  test('a change of any character is refused', async () => {
    const sealer = createSealer(newStore(), randomBytes)
    const sealed = await sealer.seal({ a: 'some value' })
    for (let index = 0; index < sealed.length; index += 1) {
      const altered = sealed.slice(0, index) + (sealed[index] === 'A' ? 'B' : 'A') + sealed.slice(index + 1)
      await expect(sealer.open(altered)).rejects.toMatchObject({ code: 'denied' })
    }
    for (const broken of ['', 'x', sealed.slice(0, 30), `${sealed}.`, `${sealed}A`, sealed.slice(0, -4)])
      await expect(sealer.open(broken)).rejects.toMatchObject({ code: 'denied', message: 'A sealed record was altered or is damaged.' })
  })

  test('another key, a missing and a damaged one are told apart', async () => {
    const [store, other] = [newStore(), newStore()]
    const sealed = await createSealer(store, randomBytes).seal('x')
    await createSealer(other, randomBytes).seal('y')
    const wrongKey = { code: 'denied', message: expect.stringContaining('another key'), hint: expect.stringContaining('seal.key') }
    await expect(createSealer(other, randomBytes).open(sealed)).rejects.toMatchObject(wrongKey)
    const empty = newStore()
    await expect(createSealer(empty, randomBytes).open(sealed)).rejects.toMatchObject(wrongKey)
    expect(await empty.read('seal.key')).toBeUndefined()
    await store.write('seal.key', 'short')
    await expect(createSealer(store, randomBytes).open(sealed)).rejects.toMatchObject({
      code: 'invalid_config',
      message: `The key file seal.key in ${join(store.directory)} is damaged.`,
    })
  })
})
