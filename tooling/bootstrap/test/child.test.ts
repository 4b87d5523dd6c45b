import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, test } from 'vitest'
import { runChild } from '../child.mjs'

const directory = mkdtempSync(join(tmpdir(), 'rackwarden-bootstrap-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const runner = new URL('../run.mjs', import.meta.url).pathname
const childModule = new URL('../child.mjs', import.meta.url).href

function isAlive(id: number): boolean {
  return existsSync(`/proc/${id}`) && !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${id}/stat`, 'utf8'))
}

describe('a command run by the bootstrap', () => {
  test('keeps its exit code and its output', async ({ expect }) => {
    const program = 'console.log("out"); console.error("err"); process.exit(7)'
    expect(await runChild(process.execPath, ['-e', program], { cwd: directory, captured: true })).toEqual({ code: 7, output: 'out\nerr\n' })
  })

  test('that does not exist is a failure, not a crash', async ({ expect }) => {
    const { code, output } = await runChild('no-such-command', [], { cwd: directory, captured: true })
    expect(code).toBe(127)
    expect(output).toContain('no-such-command')
  })

  test.skipIf(process.platform !== 'linux').for(['SIGTERM', 'SIGINT'] as const)(
    'ends on %s with everything it started',
    async (signal, { expect }) => {
      const grandchild = `require('node:child_process').spawn(process.execPath, ['-e', 'console.log(process.pid); setInterval(() => {}, 1000)'], { stdio: 'inherit' })`
      const parent = `
        import { runChild } from ${JSON.stringify(childModule)}
        const { code } = await runChild(process.execPath, ['-e', ${JSON.stringify(`${grandchild}; setInterval(() => {}, 1000)`)}], { cwd: '/' })
        process.exitCode = code`
      const outer = spawn(process.execPath, ['--input-type=module', '-e', parent], { stdio: ['ignore', 'pipe', 'inherit'] })
      const [line] = (await once(outer.stdout, 'data')) as [Buffer]
      const grandchildId = Number(line.toString())
      expect(isAlive(grandchildId)).toBe(true)
      outer.kill(signal)
      const [code] = (await once(outer, 'exit')) as [number]
      expect(code).toBe(signal === 'SIGTERM' ? 143 : 130)
      await expect.poll(() => isAlive(grandchildId), { timeout: 5_000 }).toBe(false)
    },
  )
})

test('an unknown task is named with the ones there are', async ({ expect }) => {
  const { code, output } = await runChild(process.execPath, [runner, 'tset'], { cwd: directory, captured: true })
  expect(code).toBe(2)
  expect(output).toMatch(/no task 'tset'.* test /)
})
