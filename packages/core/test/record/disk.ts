import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A directory of its own, gone when the test ends. */
export function temporaryDirectory(onEnd: (clean: () => void) => void): string {
  const directory = mkdtempSync(join(tmpdir(), 'rackwarden-'))
  onEnd(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** Makes a child program of a TypeScript file: Node 20 runs no TypeScript by itself. */
export async function bundle(source: string, directory: string): Promise<string> {
  const outfile = join(directory, 'child.mjs')
  await build({
    entryPoints: [new URL(source, import.meta.url).pathname],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    outfile,
    logLevel: 'silent',
  })
  return outfile
}

/** Runs a program and gives what it printed, as JSON. */
export async function printed(file: string, argv: readonly string[]): Promise<unknown> {
  const { stdout } = await run(file, argv, { timeout: 20_000 })
  return JSON.parse(stdout)
}

/** Why a file system of its own cannot be mounted here, or false. */
export function mountRefused(): string | false {
  try {
    execFileSync('unshare', ['-m', 'sh', '-c', 'mount -t tmpfs -o size=64k none "$1"', 'sh', tmpdir()], {
      stdio: 'ignore',
      timeout: 10_000,
    })
    return false
  } catch {
    return 'unshare and mount are not permitted here'
  }
}

/** Runs a Node program on a small file system that only it sees; its first argument is where that is. */
export async function onSmallDisk(directory: string, program: string, ...argv: string[]): Promise<unknown> {
  const script = 'mount -t tmpfs -o size=64k,mode=700 none "$1" && exec "$2" "$3" "$@"'
  return printed('unshare', ['-m', '--propagation', 'private', 'sh', '-c', script, 'sh', directory, process.execPath, program, ...argv])
}
