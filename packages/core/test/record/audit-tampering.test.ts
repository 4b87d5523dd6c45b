import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { verifyAudit, type AuditHead } from '../../src/record/audit.ts'
import { entry, filesOf, openAudit } from './audit-file.ts'
import { temporaryDirectory } from './disk.ts'

describe('tampering with the audit', () => {
  let master = ''
  let anchors: readonly AuditHead[] = []

  beforeAll(async () => {
    let clean = (): void => {}
    master = temporaryDirectory((action) => (clean = action))
    for (const start of [1, 2]) {
      const log = openAudit(master, { start: Date.UTC(2026, 10, start), maxFileBytes: 1_500 })
      for (let index = 0; index < 6; index += 1) await log.commit(entry(index % 2 === 0 ? 'intent' : 'outcome', `${start}-${index >> 1}`))
      await log.close()
    }
    anchors = (await verifyAudit(master)).heads
    return clean
  })

  /** Changes the audit, counts what is found wrong with it and puts everything back. */
  const tampered = async (change: (folder: string, files: string[]) => boolean, known = anchors): Promise<number> => {
    const folder = join(master, 'audit')
    const files = filesOf(master)
    const before = files.map((file) => readFileSync(join(folder, file)))
    try {
      return change(folder, files) ? (await verifyAudit(master, { anchors: known })).problems.length : -1
    } finally {
      for (const [index, file] of files.entries()) writeFileSync(join(folder, file), before[index] ?? '')
    }
  }

  test('nothing is wrong with what nobody touched', async () => {
    expect(await tampered(() => true)).toBe(0)
    expect(anchors.length).toBeGreaterThan(3)
  })

  test('a change of any byte is found', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), async (which, where, mask) => {
        const problems = await tampered((folder, files) => {
          const path = join(folder, files[which % files.length] ?? '')
          const bytes = readFileSync(path)
          const at = where % bytes.length
          bytes[at] = (bytes[at] ?? 0) ^ mask
          writeFileSync(path, bytes)
          return true
        })
        expect(problems).toBeGreaterThan(0)
      }),
      { numRuns: 150 },
    )
  })

  test('taking lines away, doubling or swapping them is found', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(), fc.constantFrom('delete', 'double', 'swap', 'cut'), async (which, where, how) => {
        const problems = await tampered((folder, files) => {
          const path = join(folder, files[which % files.length] ?? '')
          const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
          const at = where % lines.length
          if (how === 'delete') lines.splice(at, 1)
          if (how === 'double') lines.splice(at, 0, lines[at] ?? '')
          if (how === 'cut') lines.length = at
          if (how === 'swap') lines.splice(at, 2, ...lines.slice(at, at + 2).toReversed())
          const text = lines.map((line) => `${line}\n`).join('')
          if (text === readFileSync(path, 'utf8')) return false
          writeFileSync(path, text)
          return true
        })
        expect(problems).not.toBe(0)
      }),
      { numRuns: 100 },
    )
  })

  test('taking whole files away is found, and without an anchor all but the latest', async () => {
    for (const [index, { name }] of anchors.entries()) {
      const drop = (folder: string): boolean => (rmSync(join(folder, name)), true)
      expect(await tampered(drop)).toBeGreaterThan(0)
      expect((await tampered(drop, [])) > 0).toBe(index < anchors.length - 1)
    }
  })
})
