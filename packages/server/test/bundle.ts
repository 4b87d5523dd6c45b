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
  await build({
    entryPoints: [fileURLToPath(new URL(`${name}.ts`, import.meta.url))],
    outdir: directory,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // As the programs are: what is imported lazily is evaluated when it is asked for.
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@rackwarden/source'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'error',
  })
  return join(directory, `${name}.mjs`)
}
