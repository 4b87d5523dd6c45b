import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { bundle, mountRefused, onSmallDisk, temporaryDirectory } from './disk.ts'

const refused = mountRefused()
if (refused) process.stderr.write(`journal on a full disk, retention on a read-only one: skipped, ${refused}\n`)

async function ran(job: string): Promise<unknown> {
  const directory = temporaryDirectory(onTestFinished)
  const program = await bundle('./small-disk.child.ts', directory)
  const disk = join(directory, 'disk')
  mkdirSync(disk)
  return onSmallDisk(disk, program, job, disk)
}

test.skipIf(refused)('on a full disk a change is refused whole, and those before it stay whole', async () => {
  expect(await ran('journal')).toEqual({ failed: 'denied', kept: true, allWhole: true })
})

test.skipIf(refused)('on a read-only disk the audit is answered from, and no old file is removed', async () => {
  expect(await ran('retention')).toEqual({ removed: 'denied', found: ['a'], problems: [], files: 1 })
})
