// Packs every public package and asks publint and attw whether what ships can be used.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { packInto, publicPackages, root } from './public-packages.mjs'
import { report } from './results.mjs'
import { soundnessProblems } from './sound-package.mjs'

const packed = mkdtempSync(join(tmpdir(), 'rackwarden-pack-'))
try {
  for (const candidate of publicPackages()) {
    const { directory, manifest, tarball } = candidate
    const packing = await packInto(packed, candidate)
    const problems = packing.length === 0 ? await soundnessProblems(join(packed, tarball)) : packing
    report(`${manifest.name} (${relative(root, directory)}) is a sound package`, problems)
  }
} finally {
  rmSync(packed, { recursive: true, force: true })
}
