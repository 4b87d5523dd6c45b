import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { hostname } from 'node:os'
import { expect, onTestFinished, test } from 'vitest'
import { isAlive, thisProcess } from '../../src/record/owner-process.ts'

test('a record of this process is alive, also where it does not say when its process began', () => {
  const { begun: _, ...plain } = thisProcess()
  expect([isAlive(thisProcess()), isAlive(plain)]).toEqual([true, true])
})

test('a record of an earlier process with the number of this one is not alive: a container that starts again has the same numbers', () => {
  expect(isAlive({ ...thisProcess(), begun: '1' })).toBe(false)
})

test('a process that ended is not alive, and one of another machine is taken to be', () => {
  const gone = { owner: 2 ** 22 + 1, host: hostname(), begun: '1' }
  expect([isAlive(gone), isAlive({ ...gone, host: 'elsewhere' })]).toEqual([false, true])
})

test.runIf(process.platform === 'linux')('a process that was killed and that nobody has waited for is not alive', async () => {
  // A shell that becomes sleep does not wait for the child it had.
  const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] })
  onTestFinished(() => void parent.kill('SIGKILL'))
  const [line] = (await once(parent.stdout, 'data')) as [Buffer]
  const owner = Number(line.toString())
  expect(isAlive({ owner, host: hostname() })).toBe(true)
  process.kill(owner, 'SIGKILL')
  await expect.poll(() => isAlive({ owner, host: hostname() })).toBe(false)
})
