import { array, assert, asyncProperty, constantFrom, oneof, string } from 'fast-check'
import { expect, test } from 'vitest'
import { access, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { failure } from '../../src/testing/failure.ts'
import { connect, directory } from './loopback.ts'

const node = process.execPath

test('arguments arrive as they were given, whatever is in them', async () => {
  const { exec } = connect({})
  const text = string({ unit: 'binary', maxLength: 30 }).filter((value) => !value.includes('\0') && Buffer.from(value).toString() === value)
  const hostile = constantFrom('$(id)', '`id`', "'", '"', '\\', ';ls', '*', '~', '', ' ', '\n', '|', '&&')
  await assert(
    asyncProperty(array(oneof(text, hostile), { maxLength: 6 }), async (given) => {
      const result = await exec([node, '-e', 'process.stdout.write(JSON.stringify(process.argv.slice(1)))', '--', ...given])
      expect(JSON.parse(result.stdout)).toEqual(given)
    }),
    { numRuns: 12 },
  )
})

test('standard input, both outputs and the exit code', async () => {
  const { exec } = connect({})
  const script =
    'process.stdin.on("data", (data) => process.stdout.write(data)).on("end", () => { console.error("done"); process.exitCode = 3 })'
  expect(await exec([node, '-e', script], { stdin: 'hällo' })).toEqual({ exitCode: 3, stdout: 'hällo', stderr: 'done\n', truncated: false })
  expect(await exec([node, '-e', 'process.kill(process.pid, "SIGKILL")'])).toMatchObject({ exitCode: 137 })
  expect(await exec([node, '-e', ''], { stdin: 'x'.repeat(1_000_000) })).toMatchObject({ exitCode: 0 })
})

test('output over the cap is cut between characters and said, and the program still ends', async () => {
  const { exec } = connect({})
  const result = await exec([node, '-e', 'process.stdout.write("é".repeat(500000)); process.stderr.write("short")'], { maxBytes: 1_001 })
  expect(result).toEqual({
    exitCode: 0,
    stdout: 'é'.repeat(500),
    stderr: 'short',
    truncated: true,
    written: { stdout: 1_000_000, stderr: 5 },
  })
})

test('where the end of the output matters, the end is kept, from a whole character on, and what came in all is said', async () => {
  const { exec } = connect({})
  const script =
    'for (let i = 0; i < 500; i++) process.stdout.write("é".repeat(1000)); process.stdout.write("end"); process.stderr.write("short")'
  const result = await exec([node, '-e', script], { maxBytes: 1_000, keep: 'tail' })
  expect(result).toEqual({
    exitCode: 0,
    stdout: `${'é'.repeat(498)}end`,
    stderr: 'short',
    truncated: true,
    written: { stdout: 1_000_003, stderr: 5 },
  })
})

test('a program that is not there and a file that may not run are told apart', async () => {
  const { exec } = connect({})
  expect(await failure(exec(['rackwarden-no-such-program']))).toMatchObject({
    code: 'not_found',
    message: expect.stringContaining('rackwarden-no-such-program'),
  })
  const path = join(await directory(), 'plain')
  await writeFile(path, 'x', { mode: 0o600 })
  expect(await failure(exec([path]))).toMatchObject({ code: 'forbidden' })
  expect(await failure(exec([]))).toMatchObject({ code: 'invalid_input' })
  const error = await failure(exec([node, 's3cr3t\0']))
  expect(error.code).toBe('invalid_input')
  expect(error.message).not.toContain('s3cr3t')
})

/** A program that ignores SIGTERM and has a child that does, too; both write their process id. */
async function stubborn() {
  const path = await directory()
  const stay = (file: string) =>
    `process.on("SIGTERM", () => {}); require("fs").writeFileSync(${JSON.stringify(join(path, file))}, String(process.pid)); setInterval(() => {}, 1000);`
  const child = `require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(stay('child'))}], { stdio: "ignore" });`
  const file = join(path, 'program.cjs')
  await writeFile(file, stay('parent') + child)
  const pids = () => Promise.all(['parent', 'child'].map(async (name) => Number(await readFile(join(path, name), 'utf8'))))
  const started = () =>
    expect
      .poll(
        () =>
          access(join(path, 'child')).then(
            () => true,
            () => false,
          ),
        { timeout: 10_000 },
      )
      .toBe(true)
  return { argv: [node, file], pids, started }
}

/** Gone, or a zombie nobody has reaped yet. */
async function isGone(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return stat === '' || /\) Z /.test(stat)
}

test('a timeout ends the whole process group, even what ignores SIGTERM', async () => {
  const { exec } = connect({})
  const { argv, pids } = await stubborn()
  expect(await failure(exec(argv, { timeoutMs: 2_000 }))).toMatchObject({ code: 'timeout', message: expect.stringContaining('2000 ms') })
  for (const pid of await pids()) await expect.poll(() => isGone(pid), { timeout: 5_000 }).toBe(true)
})

test("an abort ends the whole process group and is the caller's own reason", async () => {
  const { exec } = connect({})
  const { argv, pids, started } = await stubborn()
  const controller = new AbortController()
  const reason = new Error('The caller left')
  const work = exec(argv, { signal: controller.signal }).catch((error: unknown) => error)
  await started()
  controller.abort(reason)
  expect(await work).toBe(reason)
  for (const pid of await pids()) await expect.poll(() => isGone(pid), { timeout: 5_000 }).toBe(true)
  await expect(exec(argv, { signal: controller.signal })).rejects.toBe(reason)
})

test('closing the connection ends what still runs', async () => {
  const connection = connect({})
  const { argv, pids, started } = await stubborn()
  const work = failure(connection.exec(argv))
  await started()
  await connection.close?.()
  expect(await work).toMatchObject({ code: 'unreachable' })
  for (const pid of await pids()) await expect.poll(() => isGone(pid), { timeout: 5_000 }).toBe(true)
})
