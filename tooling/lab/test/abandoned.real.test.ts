import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { describe, onTestFinished, test } from 'vitest'
import { requireComponent } from '@rackwarden/lab'
import { controlGroupOf, tracesOf } from './traces.ts'

describe.each(['docker', 'host', 'prometheus'])('%s', (what) => {
  const missing = requireComponent(what)

  test.skipIf(missing !== undefined)('goes with a test that is killed, files and all', async ({ expect }) => {
    const directory = mkdtempSync(join(tmpdir(), 'rw-abandoned-'))
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
    const program = join(directory, 'child.mjs')
    const entry = fileURLToPath(new URL('abandoned.child.ts', import.meta.url))
    await build({
      entryPoints: [entry],
      outfile: program,
      bundle: true,
      platform: 'node',
      format: 'esm',
      conditions: ['@rackwarden/source'],
    })
    const child = spawn(process.execPath, [program, what], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
    const group = what === 'host' ? controlGroupOf(join(line, 'nas-2')) : 'none'
    expect(tracesOf(line, group).length).toBeGreaterThan(2)
    child.kill('SIGKILL')
    while (tracesOf(line, group).length > 0) await sleep(50)
  })
})
