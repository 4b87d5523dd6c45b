import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { stringify } from 'yaml'
import { fixture, openForeign, temporaryDirectory } from './open-foreign.ts'

const directory = mkdtempSync(join(tmpdir(), 'rackwarden-hub-'))
const bin = join(directory, 'bin.mjs')

beforeAll(async () => {
  await build({
    entryPoints: [fileURLToPath(new URL('../../src/bin.ts', import.meta.url))],
    outfile: bin,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@rackwarden/source'],
    external: ['*.node'],
    minify: true,
    banner: {
      js: [
        `import { createRequire as requireHere } from 'node:module'`,
        `import { dirname as directoryOfThis } from 'node:path'`,
        `import { fileURLToPath as pathOfThis } from 'node:url'`,
        `const require = requireHere(import.meta.url), __filename = pathOfThis(import.meta.url), __dirname = directoryOfThis(__filename)`,
      ].join(';'),
    },
    logLevel: 'error',
  })
}, 60_000)
afterAll(() => rm(directory, { recursive: true, force: true }))

const isAlive = (pid: number) => {
  try {
    // What has ended and was not waited for yet is no process any more.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

const gone = (pids: readonly number[]) => vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), { timeout: 15_000, interval: 20 })

/** A hub as a process of its own, with a client; what its upstream started, and what guards it. */
async function running(upstream: Record<string, unknown>): Promise<{ hub: number; guards: number[]; started: number[]; client: Client }> {
  const place = temporaryDirectory()
  await (await openForeign({ pantry: upstream }, { directory: place })).catalogue.close(1_000)
  writeFileSync(join(place, 'hub.yaml'), stringify({ upstreams: { pantry: upstream } }))
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [bin, 'serve', '--config', join(place, 'hub.yaml')],
    env: { HOME: place, RACKWARDEN_STATE_DIR: join(place, 'state') },
    stderr: 'ignore',
  })
  const client = new Client({ name: 'test', version: '1' })
  await client.connect(transport)
  onTestFinished(() => client.close())
  const answer = await client.callTool({ name: 'pantry_leave_children', arguments: {} })
  const text = JSON.stringify(answer.content)
  const started = JSON.parse(/\[\d+,\d+,\d+\]/.exec(text)?.[0] ?? '[]') as number[]
  const hub = transport.pid!
  return { hub, guards: childrenOf(hub).filter((pid) => !started.includes(pid)), started, client }
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return []
    try {
      return readFileSync(`/proc/${pid}/status`, 'utf8').includes(`PPid:\t${parent}\n`) ? [Number(pid)] : []
    } catch {
      return []
    }
  })
}

describe.runIf(process.platform === 'linux')('of the programs of upstreams, and what they started, nothing is left', () => {
  test('when the client goes', async () => {
    const { hub, guards, started, client } = await running(fixture('old-pantry'))
    expect([started.length, guards.length]).toEqual([3, 1])
    expect(started.every(isAlive)).toBe(true)
    await client.close()
    await gone([hub, ...guards, ...started])
  })

  test('when the hub is killed', async () => {
    const { hub, guards, started } = await running(fixture('old-pantry'))
    expect(started.every(isAlive)).toBe(true)
    process.kill(hub, 'SIGKILL')
    await gone([hub, ...guards, ...started])
  })

  test('when the hub is killed and they do not end when they are asked to', async () => {
    const place = temporaryDirectory()
    const script = join(place, 'stubborn.sh')
    // A shell in between, as npx has one, and a program that ignores its end.
    writeFileSync(script, `#!/bin/sh\ntrap '' TERM HUP\n"$@"\nsleep 60\n`, { mode: 0o755 })
    const { command, args } = fixture('old-pantry')
    const { hub, guards, started } = await running({ command: script, args: [command, ...args] })
    process.kill(hub, 'SIGKILL')
    await gone([hub, ...guards, ...started])
  })

  test('when the guard was killed before the hub', async () => {
    const { hub, guards, started } = await running(fixture('old-pantry'))
    for (const guard of guards) process.kill(guard, 'SIGKILL')
    const next = () => childrenOf(hub).filter((pid) => ![...started, ...guards].includes(pid) && isAlive(pid))
    await vi.waitFor(() => expect(next()).toHaveLength(1), { timeout: 15_000 })
    const anew = next()
    // It is told what there was before it when it has come up.
    process.kill(hub, 'SIGKILL')
    await gone([hub, ...anew, ...started])
  })

  test('when a program of an upstream dies and leaves others behind', async () => {
    const { guards, started } = await running(fixture('old-pantry'))
    const [leader = 0, ...others] = started
    process.kill(leader, 'SIGKILL')
    await gone(others)
    expect(guards.every(isAlive)).toBe(true)
  })
})

test('a hub with no upstream over stdio has no guard', async () => {
  const hub: ChildProcess = spawn(process.execPath, [bin, 'serve'], {
    env: { HOME: directory, RACKWARDEN_STATE_DIR: join(directory, 'state') },
    cwd: directory,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  onTestFinished(() => void hub.kill('SIGKILL'))
  await new Promise((resolve) => setTimeout(resolve, 600))
  expect(childrenOf(hub.pid!)).toEqual([])
})
