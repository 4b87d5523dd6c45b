import { build } from 'esbuild'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'

/** Bundles a program of the tests for the Node that runs them, and takes it away after the file's last test. */
export async function bundled(name: string): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'rackwarden-bin-'))
  afterAll(() => rm(directory, { recursive: true, force: true }))
  const outfile = join(directory, `${name}.mjs`)
  await build({
    entryPoints: [fileURLToPath(new URL(`${name}.ts`, import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@rackwarden/source'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'error',
  })
  return outfile
}
