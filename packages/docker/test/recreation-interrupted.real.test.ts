import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { verifyAudit } from '@rackwarden/core/runtime'
import { requireComponent } from '@rackwarden/lab'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { forever, openRealEngine } from './real-engine.ts'

const missing = requireComponent('docker')
const child = fileURLToPath(new URL('recreate-in-a-process.mjs', import.meta.url))

describe.skipIf(missing !== undefined)('a recreation whose process is killed', () => {
  let real: Awaited<ReturnType<typeof openRealEngine>>

  beforeAll(async () => {
    real = await openRealEngine()
  })

  afterAll(async () => {
    await real?.close()
  })

  /** Starts a recreation in a process of its own and kills it when it asks the engine for something that matches; gives the targets of what the audit says was begun. */
  async function killedAt(request: RegExp, container: string): Promise<readonly string[]> {
    const directory = await mkdtemp(join(tmpdir(), 'interrupted-'))
    onTestFinished(() => rm(directory, { recursive: true, force: true }))
    const socketPath = join(directory, 'docker.sock')
    let reached = (): void => undefined
    const there = new Promise<void>((resolve) => (reached = resolve))
    const proxy = createServer((socket) => {
      const upstream = connect(real.engine.socketPath)
      socket.on('error', () => upstream.destroy()).on('close', () => upstream.destroy())
      upstream.on('error', () => socket.destroy()).pipe(socket)
      // What is asked for then never reaches the engine, so that it is as it was when the process ended.
      socket.on('data', (bytes) => (request.test(bytes.toString('latin1')) ? reached() : upstream.write(bytes)))
    })
    proxy.listen(socketPath)
    await once(proxy, 'listening')
    const killed = spawn(process.execPath, [child, socketPath, container], { stdio: ['ignore', 'pipe', 'inherit'] })
    const lines = createInterface(killed.stdout)[Symbol.asyncIterator]()
    const stateDirectory = String((await lines.next()).value)
    onTestFinished(() => rm(stateDirectory, { recursive: true, force: true }))
    await there
    killed.kill('SIGKILL')
    await once(killed, 'close')
    proxy.close()
    const { problems, unfinished } = await verifyAudit(stateDirectory)
    expect(problems).toEqual([])
    expect(unfinished).toMatchObject([{ tool: 'recreate_container' }])
    return unfinished[0]?.targets ?? []
  }

  const script = `[ -f /data/first ] || hostname > /data/first; cat /data/first; ${forever}`
  const start = (name: string) => real.run(name, script, { host: { Binds: [`${name}_data:/data`] } })
  const alike = async (name: string) => (await real.names()).filter((other) => other?.startsWith(name))

  test('before the old one was renamed has only stopped it', async () => {
    const id = await start('one')
    expect(await killedAt(/^POST \S+\/rename/, 'one')).toContain(`docker/container/one.replaced-${id.slice(0, 12)}`)
    expect(await real.inspect('one')).toMatchObject({ Id: id, State: { Status: 'exited' } })
    expect((await real.confirmed('start_container', { container: 'one' })).kind).toBe('done')
  })

  for (const [name, when, request] of [
    ['two', 'before the new one was made', /^POST \S+\/containers\/create/],
    ['three', 'before the new one was started', /^POST \S+\/start/],
  ] as const)
    test(`${when} has kept the old one under the name the audit tells, and the next call goes on from there`, async () => {
      const id = await start(name)
      const retired = `${name}.replaced-${id.slice(0, 12)}`
      expect(await killedAt(request, name)).toContain(`docker/container/${retired}`)
      expect(await real.inspect(retired)).toMatchObject({ Id: id, State: { Status: 'exited' } })
      expect((await real.lab.call('prune', {})).text).not.toContain(retired)

      const plan = await real.plan('recreate_container', { container: name })
      expect(plan.warnings?.join('\n')).toContain(`A recreation was interrupted: ${retired}`)
      const done = await real.lab.call('recreate_container', { container: name, confirm: plan.confirm })
      expect(done).toMatchObject({ kind: 'done' })
      expect(await alike(name)).toEqual([name])
      expect(await real.inspect(name)).toMatchObject({ State: { Status: 'running' } })
      const logs = await real.lab.call('get_logs', { container: name })
      expect(logs.text).toContain(id.slice(0, 12))
    })

  test('after the new one was started has left both, and the next call says how to choose', async () => {
    const id = await start('four')
    const retired = `four.replaced-${id.slice(0, 12)}`
    await killedAt(/^DELETE /, 'four')
    expect(await alike('four')).toEqual(['four', retired])
    const refused = await real.failed('recreate_container', { container: 'four' })
    expect(refused).toMatchObject({ code: 'conflict', hint: expect.stringContaining(`delete_container container=${retired}`) })
    expect((await real.confirmed('delete_container', { container: 'four' })).kind).toBe('done')
    const back = await real.confirmed('recreate_container', { container: 'four' })
    expect(back).toMatchObject({ kind: 'done' })
    expect(await alike('four')).toEqual(['four'])
    expect((await real.lab.call('get_logs', { container: 'four' })).text).toContain(id.slice(0, 12))
  })
})
