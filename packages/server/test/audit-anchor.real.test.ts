import { requireComponent, startSyslog, type Syslog } from '@rackwarden/lab'
import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { bundled } from './bundle.ts'
import { clients } from './clients.ts'
import { shell, type Shell } from './shell.ts'

const missing = requireComponent('rsyslog')
const bin = await bundled('lamp-bin')

describe.skipIf(missing !== undefined)('the audit, anchored in the log of a machine', () => {
  let syslog: Syslog
  beforeAll(async () => {
    syslog = await startSyslog()
  })
  afterAll(() => syslog?.down())

  /** Serves a lamp over standard input and output as configured for syslog, until its level was asked for some times. */
  async function served({ directory }: Shell, calls: number): Promise<void> {
    const configuration = join(directory, 'rackwarden.yaml')
    await writeFile(configuration, 'audit: { anchor: { syslog: true } }\n')
    const environment = { PATH: syslog.path, HOME: directory, RACKWARDEN_STATE_DIR: join(directory, 'state') }
    const argv = [bin, 'serve', '--demo', '--config', configuration]
    const client = await clients['the v2 client']?.({ command: process.execPath, args: argv, env: environment })
    if (client === undefined) throw new Error('no such client')
    for (let call = 0; call < calls; call += 1) expect(await client.call('get_level', {})).toMatchObject({ isError: false })
    await client.close()
  }

  const logged = async () => (existsSync(syslog.file) ? await readFile(syslog.file, 'utf8') : '')

  /** Waits until the head as it is now is in the log: logger does not wait for the daemon to write. */
  async function arrived(run: Shell): Promise<void> {
    const head = (await run('audit', '--heads')).output
    expect(head).toMatch(/^\{.*\}$/)
    await vi.waitUntil(async () => (await logged()).includes(head), { timeout: 20_000 })
  }

  /** The file of the audit that holds the others' heads, the newest. */
  async function newestFile({ directory }: Shell): Promise<string> {
    const folder = join(directory, 'state', 'audit')
    const names = (await readdir(folder)).filter((name) => name.endsWith('.jsonl')).toSorted()
    return join(folder, names.at(-1) ?? '')
  }

  test('arrives whole, and lines cut off its end are missed by what the log kept alone', async () => {
    const run = await shell()
    await served(run, 2)
    await served(run, 3)
    await arrived(run)
    for (const line of (await logged()).trimEnd().split('\n'))
      expect(line).toMatch(/^\w{3} [ \d]\d [\d:]{8} \S+ rackwarden-audit: \{"name":"[^"]+","bytes":\d+,"head":"[0-9a-f]{64}"\}$/)
    expect(await run('audit', '--verify', '--anchors', syslog.file)).toMatchObject({
      code: 0,
      output: expect.stringMatching(/every chain is whole\. Compared with \d+ kept heads\./),
    })

    const file = await newestFile(run)
    const lines = (await readFile(file, 'utf8')).split('\n')
    await writeFile(file, lines.slice(0, -2).join('\n') + '\n')
    expect(await run('audit', '--verify')).toMatchObject({ code: 0, output: expect.stringContaining('every chain is whole') })
    expect(await run('audit', '--verify', '--anchors', syslog.file)).toMatchObject({
      code: 1,
      output: expect.stringContaining('NOT as it was written'),
    })
  })

  test('counts as kept only where somebody listens, and says so where nobody does', async () => {
    const run = await shell()
    await syslog.stop()
    await served(run, 1)
    expect((await run('audit', '--json')).output).toMatch(
      /could not be kept elsewhere: upstream: It ended with 1: logger: socket \/dev\/log/,
    )
    await syslog.start()
    await served(run, 1)
    await arrived(run)
  })
})
