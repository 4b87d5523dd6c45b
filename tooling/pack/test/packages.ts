import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

/** Writes files under a directory of their own, which goes with the test. */
export function directoryOf(files: Record<string, string | object>): string {
  const directory = mkdtempSync(join(tmpdir(), 'rackwarden-packed-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, file)), { recursive: true })
    writeFileSync(join(directory, file), typeof content === 'string' ? content : JSON.stringify(content))
  }
  return directory
}

/** The same, packed as npm packs. */
export function tarballOf(files: Record<string, string | object>): string {
  const directory = directoryOf(Object.fromEntries(Object.entries(files).map(([file, content]) => [`package/${file}`, content])))
  execFileSync('tar', ['-czf', 'package.tgz', 'package'], { cwd: directory })
  return join(directory, 'package.tgz')
}
