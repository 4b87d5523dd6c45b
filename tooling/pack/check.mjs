// Packs every public package and asks publint and attw whether what ships can be used.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { runCommand } from './command.mjs'
import { publicPackages, root } from './public-packages.mjs'
import { report } from './results.mjs'

const packed = mkdtempSync(join(tmpdir(), 'rackwarden-pack-'))
try {
  for (const { directory, manifest, tarball } of publicPackages()) {
    const file = join(packed, tarball)
    const packing = await runCommand('pnpm', ['pack', '--pack-destination', packed], { cwd: directory })
    const checks =
      packing.code === 0
        ? await Promise.all([
            runCommand('publint', ['run', file, '--strict'], { cwd: root }),
            runCommand('attw', [file, '--profile', 'esm-only', '--no-emoji', '--no-color'], { cwd: root }),
          ])
        : [packing]
    report(
      `${manifest.name} (${relative(root, directory)}) is a sound package`,
      checks.flatMap(({ code, output }) => (code === 0 ? [] : [output])),
    )
  }
} finally {
  rmSync(packed, { recursive: true, force: true })
}
